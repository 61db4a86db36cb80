import Catalog
import Postgres

/// How new a tenant's rows are: the greatest value of the column that the catalog names, as text.
package enum Watermark {
    /// - Parameters:
    ///   - session: outside a transaction. After an error it is good for nothing but being closed.
    ///   - seconds: how long it may take.
    /// - Returns: nil when the catalog names no column for it; empty when there are no rows.
    /// - Throws: `PostgresError`, `CompileError`.
    package static func take(
        _ session: SourceSession, of report: Report, tenant: String, seconds: Int
    ) throws -> String? {
        _ = try session.begin(tenant: tenant, zone: "UTC", seconds: seconds)
        let comparisons = try ColumnComparisons.read(
            Set(report.columnsOfCallers), on: session.connection)
        guard let statement = try Compiler.watermark(of: report, tenant: tenant, comparing: comparisons) else {
            try session.end()
            return nil
        }
        let value = try session.connection.query(statement, "read watermark").first?.string(at: 0)
        try session.end()
        return value ?? ""
    }
}
