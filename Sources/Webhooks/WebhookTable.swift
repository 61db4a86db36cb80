import JSON
import Jobs
import Posix
import Postgres
import SQLText
import Time

/// The endpoints and the outbox as stored: one method a named function of `sql/functions`.
package struct WebhookTable {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// A tenant's endpoint, and the results of its last deliveries.
    package struct Endpoint: Sendable {
        package let tenant: String
        package let url: String
        /// Nil when what is stored cannot be read.
        package let secret: WebhookSecret?
        /// Signs beside the present one, for a day after the change.
        package let previousSecret: WebhookSecret?
        /// Since when the endpoint wants no more.
        package let disabledAt: Timestamp?
        package let waiting: Int64
        package let delivered: Int64
        package let givenUp: Int64
        package let lastError: String?
    }

    /// A message to be taken to its endpoint, for as long as its lease lasts.
    package struct Message: Sendable {
        package let id: UUID
        package let job: UUID
        package let tenant: String
        package let event: String
        package let happenedAt: Timestamp
        /// Nil before the first attempt.
        package let payload: String?
        /// 1 for the first.
        package let attempt: Int
        package let url: String
        package let secrets: [WebhookSecret]
        /// Where the job's request stood in its caller's trace, as a `traceparent`; nil without one.
        package var trace: String?
        /// Why it cannot be sent as it is stored; nil when it can.
        package var fault: String?
    }

    /// How an attempt ended.
    package enum Ending: Sendable {
        case delivered(status: Int)
        /// Tried again after so many seconds; given up without.
        case failed(status: Int?, String, retryAfter: Int?)
        /// The endpoint wants no more of anything.
        case gone(status: Int)
        /// Not tried: the attempt is not counted.
        case released
    }

    // MARK: Endpoints

    /// - Parameter secret: nil keeps the one that is there, or makes one.
    /// - Returns: the secret as stored; nil when the one that was kept cannot be read.
    package func set(tenant: String, _ destination: Destination, secret: WebhookSecret?) throws -> WebhookSecret? {
        let row = try connection.query(
            """
            select secret from set_webhook(tenant => \(bind: tenant), to_url => \(bind: destination.url), \
            new_secret => \(bind: secret?.text), fresh_secret => \(bind: WebhookSecret.generate().text))
            """, "set webhook"
        ).first
        guard let stored = row?.string("secret") else { throw JobsError.unreadableRow("secret") }
        return WebhookSecret(stored)
    }

    /// - Returns: whether there was one.
    package func remove(tenant: String) throws -> Bool {
        try connection.query("select remove_webhook(\(bind: tenant)) as removed", "remove webhook").first?
            .boolean("removed") ?? false
    }

    /// - Parameter tenant: nil for all.
    package func endpoints(tenant: String?) throws -> [Endpoint] {
        try connection.query("select * from show_webhooks(\(bind: tenant))", "show webhooks").all.map { row in
            guard let tenant = row.string("tenant_id"), let url = row.string("url") else {
                throw JobsError.unreadableRow("tenant_id")
            }
            return Endpoint(
                tenant: tenant, url: url, secret: row.string("secret").flatMap(WebhookSecret.init),
                previousSecret: row.string("previous_secret").flatMap(WebhookSecret.init),
                disabledAt: row.string("disabled_at").flatMap(Timestamp.init(postgres:)),
                waiting: row.integer("waiting") ?? 0, delivered: row.integer("delivered") ?? 0,
                givenUp: row.integer("given_up") ?? 0, lastError: row.string("last_error"))
        }
    }

    // MARK: The outbox

    /// Milliseconds until a message is due; nil when no message waits.
    package func millisecondsUntilNext() throws -> Int64? {
        try connection.query("select next_webhook() as wait", "look for messages", preparing: true).first?
            .integer("wait")
    }

    package func claim(
        atMost: Int, perTenant: Int, busy: [String], leaseSeconds: Int
    ) throws -> [Message] {
        try connection.query(
            """
            select * from claim_webhooks(at_most => \(bind: atMost), per_tenant => \(bind: perTenant), \
            busy => \(bind: busy), lease => make_interval(secs => \(bind: leaseSeconds)))
            """, "claim messages", preparing: true
        ).all.map(Self.message)
    }

    /// A message that cannot be read as a whole has a fault: it is one of many that were claimed together.
    private static func message(_ row: Rows.Row) throws(JobsError) -> Message {
        guard let id = row.string("id").flatMap({ UUID($0) }), let job = row.string("job_id").flatMap({ UUID($0) }),
            let tenant = row.string("tenant_id"), let event = row.string("event"), let url = row.string("url")
        else { throw .unreadableRow("id") }
        let happened = row.string("happened_at").flatMap(Timestamp.init(postgres:))
        let secret = row.string("secret").flatMap(WebhookSecret.init)
        let fault: String? =
            if secret == nil { "the endpoint's secret cannot be read" } else if happened == nil {
                "the message's time cannot be read"
            } else { nil }
        return Message(
            id: id, job: job, tenant: tenant, event: event, happenedAt: happened ?? Timestamp(microseconds: 0),
            payload: row.string("payload"), attempt: Int(row.integer("attempts") ?? 0), url: url,
            secrets: [secret, row.string("previous_secret").flatMap(WebhookSecret.init)].compactMap { $0 },
            trace: row.string("traceparent"), fault: fault)
    }

    /// Stores a message's body before it is sent for the first time.
    /// - Returns: the body that is stored.
    package func keep(payload: String, of message: UUID) throws -> String? {
        try connection.query(
            "select keep_payload(\(bind: message.description), \(bind: payload)) as payload", "keep payload",
            preparing: true
        ).first?.string("payload")
    }

    package func settle(_ message: Message, _ ending: Ending) throws {
        if case .released = ending { return try release(message) }
        let (delivered, status, failure, delay, gone): (Bool, Int?, String?, Int?, Bool) =
            switch ending {
            case .delivered(let status): (true, status, nil, nil, false)
            case .failed(let status, let failure, let delay): (false, status, failure, delay, false)
            case .gone(let status): (false, status, "answered \(status)", nil, true)
            case .released: (false, nil, nil, nil, false)
            }
        try connection.query(
            """
            select settle_webhook(message => \(bind: message.id.description), attempt => \(bind: message.attempt), \
            delivered => \(bind: delivered), status => \(bind: status.map(String.init)), \
            failure => \(bind: failure), delay => make_interval(secs => \(bind: delay.map(String.init))), \
            gone => \(bind: gone), to_url => \(bind: message.url))
            """, "settle message", preparing: true)
    }

    private func release(_ message: Message) throws {
        try connection.query(
            "select release_webhook(\(bind: message.id.description), \(bind: message.attempt))", "release message",
            preparing: true)
    }

    /// Forgets messages that have been over for so long.
    package func prune(keepDays: Int) throws {
        try connection.query("select prune_webhooks(make_interval(days => \(bind: keepDays)))", "prune messages")
    }
}
