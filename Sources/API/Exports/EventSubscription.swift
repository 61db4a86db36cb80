import HTTP

/// A tenant's event stream that is asked for: checked by a responder and handed to the process that holds all streams.
package struct EventSubscription: Sendable, Equatable {
    package let tenant: String
    /// The stream resumes after this event; nil when it begins with the next one.
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
