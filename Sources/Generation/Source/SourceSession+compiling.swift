import Catalog
import Postgres

extension SourceSession {
    /// An export as SQL, for this database as it is now.
    /// Called outside a transaction. Names lead where they will in the export's own, which has the same settings.
    /// - Parameter zone: where the days of the request's date range begin and end, when that is not its own `timezone`.
    /// - Throws: `PostgresError`, `CompileError`.
    package func compile(_ export: CheckedExport, daysIn zone: String? = nil) throws -> CompiledExport {
        let comparisons = try inspecting { try ColumnComparisons.read(export.comparedColumns, on: $0) }
        return try export.compiled(daysIn: zone, comparing: comparisons)
    }
}
