import Catalog
import Postgres

/// The rows that an export reads, and its tenant, as they are known before the first statement.
package struct TableQuery {
    private let export: CheckedExport
    /// Where the days of the request's period begin and end, when that is not the request's own `timezone`.
    private let daysZone: String?
    private let scope: SourceScope

    /// - Parameters:
    ///   - seconds: how long one statement may take.
    ///   - filter: the keys that the statements look into, when the request has a list.
    package init(
        _ export: CheckedExport, daysIn zone: String? = nil, seconds: Int, filter: FilterKeys? = nil
    ) {
        self.export = export
        daysZone = zone
        scope = SourceScope(
            tenant: export.tenant, zone: export.request.timezone, seconds: seconds,
            hasFilter: export.request.filterFile != nil, filter: filter)
    }

    /// Begins a transaction that keeps its snapshot, and compiles the statements in it.
    /// - Parameter exporting: whether other sessions shall be able to join.
    /// - Returns: the rows, completed with the types of their columns.
    /// - Throws: `ExportFailure`, `CompileError`, `PostgresError`.
    func begin(
        _ session: SourceSession, exporting: Bool
    ) throws -> (source: TableSource, snapshot: SourceSession.Snapshot) {
        let snapshot = try scope.begin(session, exporting: exporting)
        let compiled = try session.compile(export, daysIn: daysZone)
        try scope.load(compiled, into: session)
        return (TableSource(scope, try session.typed(compiled), at: session.connection.address), snapshot)
    }
}

extension SourceSession {
    /// An export as SQL, for this database as it is now. Called in the transaction that will run it: names lead to the
    /// same tables there, and no other transaction has to be opened for it.
    /// - Parameter zone: where the days of the request's date range begin and end, when that is not its own `timezone`.
    /// - Throws: `PostgresError`, `CompileError`.
    fileprivate func compile(_ export: CheckedExport, daysIn zone: String? = nil) throws -> CompiledExport {
        let comparisons = try ColumnComparisons.read(export.comparedColumns, on: connection)
        return try export.compiled(daysIn: zone, comparing: comparisons)
    }
}
