import Catalog
import Postgres

extension SourceSession {
    /// A request as SQL, for this database as it is now.
    /// Called outside a transaction. Names lead where they will in the export's own, which has the same settings.
    /// - Parameter zone: where the days of the request's date range begin and end, when that is not its own `timezone`.
    /// - Throws: `PostgresError`, `CompileError`.
    package func compile(
        _ request: ExportRequest, of report: Report, tenant: String, language: String, daysIn zone: String? = nil
    ) throws -> CompiledExport {
        let comparisons = try inspecting { try ColumnComparisons.read(report.comparedColumns(by: request), on: $0) }
        return try Compiler.compile(
            request, of: report, tenant: tenant, language: language, daysIn: zone, comparing: comparisons)
    }
}
