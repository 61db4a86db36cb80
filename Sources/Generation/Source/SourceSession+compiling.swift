import Catalog
import Postgres

extension SourceSession {
    /// An export as SQL, for this database as it is now. Called in the transaction that will run it: names lead to the
    /// same tables there, and no other transaction has to be opened for it.
    /// - Parameter zone: where the days of the request's date range begin and end, when that is not its own `timezone`.
    /// - Throws: `PostgresError`, `CompileError`.
    func compile(_ export: CheckedExport, daysIn zone: String? = nil) throws -> CompiledExport {
        let comparisons = try ColumnComparisons.read(export.comparedColumns, on: connection)
        return try export.compiled(daysIn: zone, comparing: comparisons)
    }
}
