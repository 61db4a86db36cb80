import HTTP
import Identity
import JSON

/// A wish for the event stream of a tenant, checked by a responder and handed to the process that holds all streams.
package struct EventSubscription: Sendable, Equatable {
    package let tenant: String
    /// Resume after this event; nil begins with what comes next.
    package let after: Int64?

    package init(tenant: String, after: Int64?) {
        self.tenant = tenant
        self.after = after
    }

    /// The head of the answer; its body comes from the other process.
    package static func head(_ subscription: EventSubscription) -> Response {
        var response = Response(
            status: 200,
            headers: [
                ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"),
                // For an nginx whose location forgot to turn its buffer off.
                ("X-Accel-Buffering", "no"),
            ])
        response.isStreamed = true
        return response
    }
}

/// GET /report/exports/events
extension Application {
    func subscribe(_ request: Request) throws -> EventSubscription {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        let ids = request.headers.all("last-event-id")
        guard let id = ids.first, !id.isEmpty else { return EventSubscription(tenant: caller.tenant, after: nil) }
        guard ids.count == 1, let number = Int64(id), number >= 0 else {
            throw APIError.invalid("Last-Event-ID", "Last-Event-ID is not the id of an event")
        }
        return EventSubscription(tenant: caller.tenant, after: number)
    }
}
