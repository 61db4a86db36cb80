import JSON
import Posix
import Postgres
import SQLText
import Time

/// The audit as the program uses it: the attempts to download, and the transfers that nginx has reported.
package struct AuditTable {
    package let connection: Connection

    /// - Parameter connection: of a session that `Queue.connect` has set up.
    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Adds one row to the download audit, committed when this returns.
    package func record(_ download: DownloadAttempt) throws {
        try connection.query(
            """
            select record_download(tenant => \(bind: download.tenant), job => \(bind: download.job?.description), \
            who => \(bind: download.subject), path => \(bind: download.via.rawValue), \
            result => \(bind: download.outcome), answered => \(bind: download.status), \
            address => \(bind: download.remoteAddress), agent => \(bind: download.userAgent), \
            asked_range => \(bind: download.range), gateway_request_id => \(bind: download.requestID))
            """, "record download", preparing: true)
    }

    /// The newest attempts first.
    package func downloads(tenant: String?, job: UUID?, limit: Int) throws -> [AuditedDownload] {
        try connection.query(
            "select * from list_downloads(\(bind: tenant), \(bind: job?.description), \(bind: limit))", "list downloads"
        ).all.map(AuditedDownload.init)
    }

    /// A page of one tenant's attempts, newest first.
    /// - Throws: `PostgresError`.
    package func downloads(_ filter: AuditFilter, limit: Int, offset: Int64) throws -> [AuditedDownload] {
        try connection.query(
            """
            select * from find_downloads(tenant => \(bind: filter.tenant), job => \(bind: filter.job?.description), \
            who => \(bind: filter.subject), result => \(bind: filter.outcome), \
            since => \(bind: filter.since?.exactRFC3339), until => \(bind: filter.until?.exactRFC3339), \
            page_limit => \(bind: limit), page_offset => \(bind: offset))
            """, "find downloads"
        ).all.map(AuditedDownload.init)
    }

    /// Sends the transfers that nginx has reported, and does not wait; one that was recorded before changes nothing.
    /// - Parameter transfers: as `record_transfers` takes them.
    package func send(transfers: [JSON]) throws(PostgresError) -> PendingQuery {
        try connection.send("select record_transfers(\(bind: JSON.array(transfers).text))", "record transfers")
    }

    /// The ends of all chains.
    package func heads() throws -> [AuditHead] {
        try connection.query("select * from audit_heads() order by chain", "read audit heads").all.map {
            AuditHead(
                chain: $0.string("chain") ?? "", links: $0.integer("link") ?? 0, hash: $0.string("hash") ?? "")
        }
    }

    /// The checkpoints of chains whose beginning was removed.
    package func checkpoints() throws -> [AuditCheckpoint] {
        try connection.query(
            "select chain, link, encode(hash, 'hex') as hash, kid, signature from report_audit_checkpoints order by chain",
            "read checkpoints"
        ).all.map { row in
            AuditCheckpoint(
                head: AuditHead(
                    chain: row.string("chain") ?? "", links: row.integer("link") ?? 0, hash: row.string("hash") ?? ""),
                kid: row.string("kid") ?? "", signature: row.string("signature") ?? "")
        }
    }

    /// Whether this role may remove rows.
    package func mayRemove() throws -> Bool {
        try connection.query(
            """
            select has_table_privilege('report_download_audit', 'delete')
                and has_table_privilege('report_audit_checkpoints', 'insert, update') as may
            """, "look up rights"
        ).first?.boolean("may") ?? false
    }

    /// The beginning of the next chain whose rows are older than so many days, as far as one batch goes.
    func prefix(_ kind: String, after chain: String, days: Int, atMost: Int) throws -> AuditHead? {
        try connection.query(
            """
            select * from audit_prefix(\(bind: kind), \(bind: chain), \
            clock_timestamp() - make_interval(days => \(bind: days)), \(bind: atMost))
            """, "find old audit"
        ).first.map {
            AuditHead(
                chain: $0.string("chain") ?? "", links: $0.integer("link") ?? 0, hash: $0.string("hash") ?? "")
        }
    }

    /// Removes the rows that a checkpoint stands for.
    /// - Returns: how many there were.
    func remove(_ kind: String, _ checkpoint: AuditCheckpoint) throws -> Int64 {
        try connection.query(
            """
            select remove_audit(\(bind: kind), \(bind: checkpoint.head.chain), \(bind: checkpoint.head.links), \
            \(bind: checkpoint.head.hash), \(bind: checkpoint.kid), \(bind: checkpoint.signature)) as removed
            """, "remove old audit"
        ).first?.integer("removed") ?? 0
    }

    /// A page of rows in the order of their chains.
    /// - Parameter kind: "downloads" or "transfers".
    func links(
        _ kind: String, after: (chain: String, number: Int64), limit: Int
    ) throws -> [AuditChain.Link] {
        let rows = try connection.query(
            """
            select chain, link, hash, fields from audit_links(\(bind: kind), \(bind: after.chain), \
            \(bind: after.number), \(bind: limit))
            """, "read audit", preparing: true)
        return try rows.all.map { row in
            guard let text = row.string("fields"), let fields = try? JSON.parse(Array(text.utf8), limits: .stored).array
            else { throw AuditError.unreadableRow("fields") }
            return AuditChain.Link(
                chain: row.string("chain") ?? "", number: row.integer("link") ?? 0, hash: row.string("hash") ?? "",
                fields: fields.map(\.string))
        }
    }
}

/// An error of the audit's own, besides the database's own failures.
package enum AuditError: Error {
    /// A row of the audit that this program does not understand; the column is named.
    case unreadableRow(String)
}
