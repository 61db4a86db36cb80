import Catalog
import Postgres

/// Which rows an export reads, and for whom: what is known of them before the first statement.
package struct TableQuery {
    private let export: CheckedExport
    /// Where the days of the request's period begin and end, when that is not the request's own `timezone`.
    private let daysZone: String?
    /// How long one statement may take.
    private let seconds: Int
    /// The keys that the statements look into, when the request has a list.
    let filter: FilterKeys?

    package init(
        _ export: CheckedExport, daysIn zone: String? = nil, seconds: Int, filter: FilterKeys? = nil
    ) {
        self.export = export
        daysZone = zone
        self.seconds = seconds
        self.filter = filter
    }

    /// Begins a transaction that keeps its snapshot, and compiles the statements in it.
    /// - Parameter exporting: whether other sessions shall be able to join.
    /// - Returns: the rows, with what the types of their columns say.
    /// - Throws: `ExportFailure`, `CompileError`, `PostgresError`.
    func begin(
        _ session: SourceSession, exporting: Bool
    ) throws -> (source: TableSource, snapshot: SourceSession.Snapshot) {
        let snapshot = try beginning { access throws(PostgresError) in
            try session.begin(
                tenant: export.tenant, zone: export.request.timezone, seconds: seconds, exporting: exporting,
                access: access)
        }
        let compiled = try session.compile(export, daysIn: daysZone)
        try load(compiled, into: session)
        return (TableSource(self, try session.typed(compiled), conninfo: session.conninfo), snapshot)
    }

    /// Another session, in a transaction on a snapshot that the first one keeps.
    /// - Throws: `ExportFailure`, which is to wait when no connection could be had.
    func join(
        _ snapshot: String, _ compiled: CompiledExport, conninfo: String, purpose: String
    ) throws -> SourceSession {
        do {
            return try ExportFailure.reaching {
                let session = try SourceSession(conninfo, purpose: purpose)
                try beginning { access throws(PostgresError) in
                    try session.begin(
                        tenant: export.tenant, zone: export.request.timezone, seconds: seconds, sharing: snapshot,
                        access: access)
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

    /// The SQLSTATEs of SET TRANSACTION SNAPSHOT for a snapshot that cannot be had any more: up to PostgreSQL 16, since
    /// 17, and while the transaction is ending.
    private static let snapshotGone: Set = ["22023", "42704", "55000"]

    /// Begins a transaction that can take a table of keys when the request has a list.
    private func beginning<Value>(
        _ begin: (SourceSession.Access) throws(PostgresError) -> Value
    ) throws -> Value {
        guard export.request.filterFile != nil else { return try begin(.readOnly) }
        return try FilterKeys.explaining { () throws(PostgresError) in try begin(.preparing) }
    }

    private func load(_ compiled: CompiledExport, into session: SourceSession) throws {
        guard let table = compiled.filter else { return }
        guard let filter else { throw ExportFailure("filter_file_missing", "The filter file is not there any more") }
        try filter.load(into: session, table)
    }
}
