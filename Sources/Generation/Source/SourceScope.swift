import Catalog
import Postgres

/// Whose rows an export's transactions read, and how: what all sessions of one export have in common.
struct SourceScope {
    let tenant: String
    /// The IANA zone in which timestamps are written.
    let zone: String
    /// How long one statement may take.
    let seconds: Int
    /// Whether the request has a list of keys, for which a transaction makes a table.
    let hasFilter: Bool
    /// The list; nil when it could not be found.
    let filter: FilterKeys?

    /// Begins a transaction that keeps its snapshot.
    /// - Parameter exporting: whether other sessions shall be able to join.
    /// - Throws: `ExportFailure`, `PostgresError`.
    func begin(_ session: SourceSession, exporting: Bool) throws -> SourceSession.Snapshot {
        try beginning { access throws(PostgresError) in
            try session.begin(tenant: tenant, zone: zone, seconds: seconds, exporting: exporting, access: access)
        }
    }

    /// Another session, in a transaction on a snapshot that the first one keeps.
    /// - Parameter address: of the server that has the snapshot.
    /// - Throws: `ExportFailure`, which is to wait when no connection could be had.
    func join(
        _ snapshot: String, _ compiled: CompiledExport, at address: ServerAddress, purpose: String
    ) throws -> SourceSession {
        do {
            return try ExportFailure.reaching {
                let session = try SourceSession(to: address, purpose: purpose)
                try beginning { access throws(PostgresError) in
                    try session.begin(
                        tenant: tenant, zone: zone, seconds: seconds, sharing: snapshot, access: access)
                }
                try load(compiled, into: session)
                return session
            }
        } catch let failure as ExportFailure where Self.snapshotGone.contains(failure.sqlState ?? "") {
            // Its transaction has ended, and the keeper knows why.
            throw ExportFailure(
                "source_unavailable", "The database interrupted the export", .resume, sqlState: failure.sqlState,
                detail: failure.detail)
        }
    }

    /// The SQLSTATEs of SET TRANSACTION SNAPSHOT for a snapshot that cannot be had any more: up to PostgreSQL 16,
    /// since 17, and while the transaction is ending.
    private static let snapshotGone: Set = ["22023", "42704", "55000"]

    /// Begins a transaction that can take a table of keys when the request has a list.
    private func beginning<Value>(_ begin: (SourceSession.Access) throws(PostgresError) -> Value) throws -> Value {
        guard hasFilter else { return try begin(.readOnly) }
        return try FilterKeys.explaining { () throws(PostgresError) in try begin(.preparing) }
    }

    /// Makes the table of keys in a session's transaction, when the statements look into one.
    /// - Throws: `ExportFailure`, `PostgresError`.
    func load(_ compiled: CompiledExport, into session: SourceSession) throws {
        guard let table = compiled.filter else { return }
        guard let filter else { throw ExportFailure("filter_file_missing", "The filter file is not there any more") }
        try filter.load(into: session, table)
    }
}
