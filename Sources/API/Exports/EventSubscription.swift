import HTTP
import Identity
import Posix

/// A tenant's event stream that is asked for: checked by a responder and handed to the process that holds all streams.
package struct EventSubscription: Sendable, Equatable {
    package let tenant: String
    /// The stream resumes after this event; nil when it begins with the next one.
    package let after: Int64?
    /// The stored user or key that the stream ends with; nil for a caller who is not stored.
    package var holder: Holder?
    /// Milliseconds until the caller's token ends; nil for a caller without one.
    package var endsIn: Int64?
    /// The seat among the open streams; nil where they are not counted.
    package var seat: SharedSeats.Seat?

    package struct Holder: Sendable, Hashable {
        /// A key's prefix where `isKey` says so, else a user's name.
        package let name: String
        package let isKey: Bool
        package let tenant: String

        package init(name: String, isKey: Bool, tenant: String) {
            self.name = name
            self.isKey = isKey
            self.tenant = tenant
        }
    }

    static let access = Access.permission(.viewReports)
    /// Longer than any stream is open.
    static let longestSeconds: Int64 = 86_400

    package init(
        tenant: String, after: Int64?, holder: Holder? = nil, endsIn: Int64? = nil, seat: SharedSeats.Seat? = nil
    ) {
        self.tenant = tenant
        self.after = after
        self.holder = holder
        self.endsIn = endsIn
        self.seat = seat
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

extension EventSubscription.Holder {
    /// Whether the user or key may still listen: it is there, not revoked and not disabled, and the tenant and the
    /// permission are still its own.
    /// - Throws: the errors of the store.
    package func isAllowed(by store: some IdentityStore) throws -> Bool {
        let identity = isKey ? try store.apiKey(prefix: name)?.identity : try store.user(named: name)?.identity
        return identity.map { $0.mayAct(for: tenant) && EventSubscription.access.allows($0) } ?? false
    }
}
