import HTTP

/// GET /report/exports/events
enum SubscribeToEvents {
    static func answer(_ call: Call, _ caller: Caller) throws -> EventSubscription {
        let ids = call.request.headers.all("last-event-id")
        guard let id = ids.first, !id.isEmpty else { return EventSubscription(tenant: caller.tenant, after: nil) }
        guard ids.count == 1, let number = Int64(id), number >= 0 else {
            throw APIError.invalid("Last-Event-ID", "Last-Event-ID is not the id of an event")
        }
        return EventSubscription(tenant: caller.tenant, after: number)
    }
}
