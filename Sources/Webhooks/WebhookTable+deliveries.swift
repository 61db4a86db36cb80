import Jobs
import Posix
import Postgres
import SQLText
import Time

/// What operators ask of the outbox.
extension WebhookTable {
    /// What became of a message.
    package struct StoredDelivery: Sendable {
        package let id: UUID
        package let job: UUID
        package let tenant: String
        package let event: String
        package let happenedAt: Timestamp
        package let attempts: Int
        /// When it is tried next; nil when it is over.
        package let dueAt: Timestamp?
        package let deliveredAt: Timestamp?
        package let lastStatus: Int?
        package let lastError: String?

        package var state: String { deliveredAt != nil ? "delivered" : dueAt != nil ? "waiting" : "given up" }
    }

    /// Messages, newest first.
    /// - Parameters:
    ///   - tenant: nil for all.
    ///   - failed: only those that have not arrived, and were tried or given up.
    package func deliveries(tenant: String?, failed: Bool, atMost: Int) throws -> [StoredDelivery] {
        try connection.query(
            "select * from list_deliveries(\(bind: tenant), \(bind: failed), \(bind: atMost))", "list deliveries"
        ).all.map { row in
            guard let id = row.string("id").flatMap({ UUID($0) }), let job = row.string("job_id").flatMap({ UUID($0) }),
                let tenant = row.string("tenant_id"), let event = row.string("event")
            else { throw JobsError.unreadableRow("id") }
            return StoredDelivery(
                id: id, job: job, tenant: tenant, event: event, happenedAt: row.timestamp("happened_at") ?? .earliest,
                attempts: Int(row.integer("attempts") ?? 0), dueAt: row.timestamp("due_at"),
                deliveredAt: row.timestamp("delivered_at"), lastStatus: row.integer("last_status").map { Int($0) },
                lastError: row.string("last_error"))
        }
    }

    /// A tenant's endpoint as its administrators see it, without secrets.
    package struct Overview: Sendable {
        /// Scheme and host.
        package let origin: String
        package let changedAt: Timestamp?
        package let disabledAt: Timestamp?
        package let waiting: Int64
        package let delivered: Int64
        package let givenUp: Int64
    }

    /// - Returns: nil where there is none.
    /// - Throws: `PostgresError`.
    package func endpoint(of tenant: String) throws -> Overview? {
        try connection.query("select * from show_endpoint(\(bind: tenant))", "show endpoint", preparing: true).first.map
        {
            Overview(
                origin: $0.string("origin") ?? "", changedAt: $0.timestamp("changed_at"),
                disabledAt: $0.timestamp("disabled_at"), waiting: $0.integer("waiting") ?? 0,
                delivered: $0.integer("delivered") ?? 0, givenUp: $0.integer("given_up") ?? 0)
        }
    }

    package enum Resending: String, Sendable {
        case queued
        case noEndpoint = "no_endpoint"
        case unknown
    }

    /// Sends a message once more, whatever became of it.
    package func resend(_ message: UUID) throws -> Resending {
        let answer = try connection.query(
            "select resend_webhook(\(bind: message.description)) as answer", "resend message"
        ).first?.string("answer")
        guard let resending = answer.flatMap(Resending.init) else { throw JobsError.unreadableRow("answer") }
        return resending
    }
}
