import JSON
import Posix
import Postgres

extension Queue {
    /// An attempt as the audit keeps it.
    package struct AuditedDownload: Sendable {
        package let at: Instant
        package let attempt: DownloadAttempt
        /// What nginx has sent for it; nil when nginx has not told (yet).
        package let transfer: Transfer?
    }

    /// What nginx has sent for a download that was granted.
    package struct Transfer: Sendable {
        package let method: String
        /// nginx's answer.
        package let status: Int
        package let bytes: Int64
        package let milliseconds: Int64
        /// Whether the client has taken all of the answer.
        package let isCompleted: Bool

        /// One word for people: `complete`, `range`, `cut`, `head`, `not_modified`, `precondition_failed`, `range_refused`, or the
        /// status. Only what is sent of a file can be cut; nginx closes the connection after an error of its own.
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
                    subject: row.string("subject"), via: row.string("via").map(DownloadAttempt.Via.init) ?? .link,
                    outcome: row.string("outcome") ?? "", status: Int(row.integer("status") ?? 0),
                    remoteAddress: row.string("remote_addr"), userAgent: row.string("user_agent"),
                    range: row.string("range"), requestID: row.string("request_id")),
                transfer: row.integer("sent_status").map {
                    Transfer(
                        method: row.string("sent_method") ?? "", status: Int($0),
                        bytes: row.integer("sent_bytes") ?? 0, milliseconds: row.integer("sent_ms") ?? 0,
                        isCompleted: row.boolean("sent_completed") ?? false)
                })
        }
    }

    /// Sends what nginx has told of transfers, and does not wait; one that was recorded before changes nothing.
    /// - Parameter transfers: as `record_transfers` takes them.
    package func send(transfers: [JSON]) throws(PostgresError) -> PendingQuery {
        try connection.send("select record_transfers(\(bind: JSON.array(transfers).text))", "record transfers")
    }

    /// The ends of all chains.
    package func auditHeads() throws -> [AuditHead] {
        try connection.query("select * from audit_heads() order by chain", "read audit heads").all.map {
            AuditHead(
                chain: $0.string("chain") ?? "", links: $0.integer("link") ?? 0, hash: $0.string("hash") ?? "")
        }
    }

    /// A page of rows in the order of their chains.
    /// - Parameter kind: "downloads" or "transfers".
    func auditLinks(
        _ kind: String, after: (chain: String, number: Int64), limit: Int
    ) throws -> [AuditChain.Link] {
        let rows = try connection.query(
            """
            select chain, link, hash, fields from audit_links(\(bind: kind), \(bind: after.chain), \
            \(bind: after.number), \(bind: limit))
            """, "read audit", preparing: true)
        return try rows.all.map { row in
            guard let text = row.string("fields"), let fields = try? JSON.parse(Array(text.utf8), limits: .stored).array
            else { throw JobsError.unreadableRow("fields") }
            return AuditChain.Link(
                chain: row.string("chain") ?? "", number: row.integer("link") ?? 0, hash: row.string("hash") ?? "",
                fields: fields.map(\.string))
        }
    }

    /// Lets a role run the service without owning anything. It is there already.
    package func grantService(to role: String) throws {
        try connection.query("select grant_service(\(bind: role))", "grant service")
    }
}
