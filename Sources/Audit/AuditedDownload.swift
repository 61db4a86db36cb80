import Posix
import Postgres
import Time

/// Which of a tenant's attempts are looked for; nil for any.
package struct AuditFilter: Sendable {
    package let tenant: String
    package let job: UUID?
    package let subject: String?
    package let outcome: String?
    package let since: Timestamp?
    /// Excluded.
    package let until: Timestamp?

    package init(
        tenant: String, job: UUID?, subject: String?, outcome: String?, since: Timestamp?, until: Timestamp?
    ) {
        self.tenant = tenant
        self.job = job
        self.subject = subject
        self.outcome = outcome
        self.since = since
        self.until = until
    }
}

/// An attempt as the audit keeps it.
package struct AuditedDownload: Sendable {
    package let at: Timestamp
    package let attempt: DownloadAttempt
    /// The bytes that nginx has sent for it; nil as long as nginx has not reported them.
    package let transfer: SentTransfer?

    init(_ row: Rows.Row) {
        at = row.timestamp("at") ?? .earliest
        attempt = DownloadAttempt(
            tenant: row.string("tenant_id"), job: row.string("job_id").flatMap { UUID($0) },
            subject: row.string("subject"), via: row.string("via").map(DownloadAttempt.Via.init) ?? .link,
            outcome: row.string("outcome") ?? "", status: Int(row.integer("status") ?? 0),
            remoteAddress: row.string("remote_addr"), userAgent: row.string("user_agent"),
            range: row.string("range"), requestID: row.string("request_id"))
        transfer = row.integer("sent_status").map {
            SentTransfer(
                method: row.string("sent_method") ?? "", status: Int($0), bytes: row.integer("sent_bytes") ?? 0,
                milliseconds: row.integer("sent_ms") ?? 0, isCompleted: row.boolean("sent_completed") ?? false)
        }
    }
}

/// The answer that nginx has sent to a download that was granted.
package struct SentTransfer: Sendable {
    package let method: String
    /// nginx's answer.
    package let status: Int
    package let bytes: Int64
    package let milliseconds: Int64
    /// Whether the client has taken all of the answer.
    package let isCompleted: Bool

    /// One word for people: `complete`, `range`, `cut`, `head`, `not_modified`, `precondition_failed`, `range_refused`,
    /// or the status. Only what is sent of a file can be cut; nginx closes the connection after an error of its own.
    package var kind: String {
        switch status {
        case 304: return "not_modified"
        case 412: return "precondition_failed"
        case 416: return "range_refused"
        default: break
        }
        if !isCompleted { return "cut" }
        if method == "HEAD" { return "head" }
        return switch status {
        case 200: "complete"
        case 206: "range"
        default: "\(status)"
        }
    }
}
