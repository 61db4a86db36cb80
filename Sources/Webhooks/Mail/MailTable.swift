import JSON
import Jobs
import Mail
import Posix
import Postgres
import SQLText
import Time

/// The outbox of e-mail as stored: one method a named function of `sql/functions`.
package struct MailTable {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// A message to be sent, for as long as its lease lasts.
    package struct Message: OutboxMessage {
        package enum Event: String, Sendable { case ready, failed }

        package let id: UUID
        package let job: UUID
        package let tenant: String
        package let event: Event
        /// nil for one that cannot be read.
        package let recipient: MailAddress?
        package let happenedAt: Timestamp
        package let attempt: Int
        /// What the requester may see of the catalogs now; nil for one who is not there any more.
        package let access: JSON?
    }

    /// Milliseconds until a message is due; nil when no message waits.
    package func millisecondsUntilNext() throws -> Int64? {
        try connection.query("select next_mail() as wait", "look for e-mail", preparing: true).first?.integer("wait")
    }

    package func claim(atMost: Int, perTenant: Int, busy: [String], leaseSeconds: Int) throws -> [Message] {
        try connection.query(
            """
            select * from claim_mails(at_most => \(bind: atMost), per_tenant => \(bind: perTenant), \
            busy => \(bind: busy), lease => make_interval(secs => \(bind: leaseSeconds)))
            """, "claim e-mail", preparing: true
        ).all.map { row in
            guard let id = row.string("id").flatMap({ UUID($0) }), let job = row.string("job_id").flatMap({ UUID($0) }),
                let tenant = row.string("tenant_id"), let event = row.string("event").flatMap(Message.Event.init)
            else { throw JobsError.unreadableRow("id") }
            return Message(
                id: id, job: job, tenant: tenant, event: event,
                recipient: row.string("recipient").flatMap { MailAddress($0) },
                happenedAt: row.timestamp("happened_at") ?? .earliest, attempt: Int(row.integer("attempts") ?? 0),
                access: row.string("access").flatMap { try? JSON.parse(Array($0.utf8), limits: .stored) })
        }
    }

    package func settle(_ message: Message, _ ending: WebhookTable.Ending) throws {
        let (delivered, status, failure, delay): (Bool, Int?, String?, Int?) =
            switch ending {
            case .delivered(let status): (true, status, nil, nil)
            case .failed(let status, let failure, let delay): (false, status, failure, delay)
            case .gone(let status): (false, status, nil, nil)
            case .released: (false, nil, nil, nil)
            }
        if case .released = ending {
            try connection.query(
                "select release_mail(\(bind: message.id.description), \(bind: message.attempt))", "release e-mail",
                preparing: true)
            return
        }
        try connection.query(
            """
            select settle_mail(message => \(bind: message.id.description), attempt => \(bind: message.attempt), \
            delivered => \(bind: delivered), status => \(bind: status.map(String.init)), \
            failure => \(bind: failure), delay => make_interval(secs => \(bind: delay.map(String.init))))
            """, "settle e-mail", preparing: true)
    }

    /// Writes down what goes along before anything leaves, in the message's row and in the audit.
    /// - Parameters:
    ///   - content: what the message has of the file.
    ///   - until: when its link ends.
    /// - Throws: `PostgresError`; without the row nothing is sent.
    package func announce(_ message: Message, _ content: Content, until: Timestamp? = nil) throws {
        try connection.query(
            """
            select announce_mail(message => \(bind: message.id.description), content => \(bind: content.rawValue), \
            link_end => \(bind: until?.exactRFC3339))
            """, "announce e-mail", preparing: true)
    }

    package enum Content: String, Sendable { case link, file, notice }

    /// Forgets messages that have been over for so long, and gives up those that nobody has sent for days.
    package func prune(keepDays: Int) throws {
        try connection.query("select prune_mails(make_interval(days => \(bind: keepDays)))", "prune e-mail")
    }

    // MARK: For people

    package struct Stored: Sendable {
        package let id: UUID
        package let job: UUID
        package let tenant: String
        package let event: String
        package let recipient: String
        package let happenedAt: Timestamp
        package let attempts: Int
        package let dueAt: Timestamp?
        package let deliveredAt: Timestamp?
        /// `link`, `file` or `notice`; nil before the first attempt.
        package let content: String?
        package let linkEndsAt: Timestamp?
        package let lastStatus: Int?
        package let lastError: String?
        private let isSkipped: Bool

        package var state: String {
            isSkipped ? "skipped" : deliveredAt != nil ? "delivered" : dueAt != nil ? "waiting" : "given up"
        }

        init(_ row: Rows.Row) throws(JobsError) {
            guard let id = row.string("id").flatMap({ UUID($0) }), let job = row.string("job_id").flatMap({ UUID($0) }),
                let tenant = row.string("tenant_id"), let event = row.string("event"),
                let recipient = row.string("recipient")
            else { throw .unreadableRow("id") }
            self.id = id
            self.job = job
            self.tenant = tenant
            self.event = event
            self.recipient = recipient
            happenedAt = row.timestamp("happened_at") ?? .earliest
            attempts = Int(row.integer("attempts") ?? 0)
            dueAt = row.timestamp("due_at")
            deliveredAt = row.timestamp("delivered_at")
            content = row.string("content")
            linkEndsAt = row.timestamp("link_ends_at")
            lastStatus = row.integer("last_status").map { Int($0) }
            lastError = row.string("last_error")
            isSkipped = row.boolean("skipped") ?? false
        }
    }

    /// Messages, newest first.
    /// - Parameters:
    ///   - tenant: nil for all.
    ///   - job: nil for those of all exports.
    ///   - failed: only those that have not arrived, and were tried or given up.
    package func list(
        tenant: String?, job: UUID? = nil, failed: Bool = false, id: UUID? = nil, atMost: Int
    ) throws -> [Stored] {
        try connection.query(
            """
            select * from list_mails(only_tenant => \(bind: tenant), only_job => \(bind: job?.description), \
            only_failed => \(bind: failed), only_id => \(bind: id?.description), page => \(bind: atMost))
            """, "list e-mail"
        ).all.map { row throws(JobsError) in try Stored(row) }
    }

    /// Sends a message once more, whatever became of it.
    /// - Returns: whether there is such a message.
    package func resend(_ message: UUID) throws -> Bool {
        try connection.query("select resend_mail(\(bind: message.description)) as found", "resend e-mail").first?
            .boolean("found") ?? false
    }
}
