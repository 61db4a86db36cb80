import Posix
import Postgres

extension Queue {
    /// An attempt as the audit keeps it.
    package struct AuditedDownload: Sendable {
        package let at: Instant
        package let attempt: DownloadAttempt
    }

    /// The newest attempts first.
    package func downloads(tenant: String?, job: UUID?, limit: Int) throws -> [AuditedDownload] {
        let rows = try connection.query(
            "select * from list_downloads(\(bind: tenant), \(bind: job?.description), \(bind: limit))", "list downloads"
        )
        return rows.all.map { row in
            AuditedDownload(
                at: Instant(postgres: row.string("at") ?? ""),
                attempt: DownloadAttempt(
                    tenant: row.string("tenant_id"), job: row.string("job_id").flatMap { UUID($0) },
                    subject: row.string("subject"), via: row.string("via").flatMap(DownloadAttempt.Via.init) ?? .link,
                    outcome: row.string("outcome") ?? "", status: Int(row.integer("status") ?? 0),
                    remoteAddress: row.string("remote_addr"), userAgent: row.string("user_agent"),
                    range: row.string("range"), requestID: row.string("request_id")))
        }
    }
}
