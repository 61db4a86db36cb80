import Catalog
import Postgres

/// A page of the values of a scope that match what somebody types, with their names, in the names' order.
package struct ScopeChoices {
    /// How many are shown at once.
    package static let limit = 20

    package let values: [(value: String, label: String)]
    /// Whether there are more than these.
    package let hasMore: Bool

    /// - Parameters:
    ///   - session: outside a transaction. After an error it is good for nothing but being closed.
    ///   - search: a part of the name, or a whole value; empty for all.
    ///   - page: from 1.
    ///   - seconds: how long it may take.
    /// - Throws: `ExportFailure`.
    package static func take(
        _ session: SourceSession, of scope: Scope, _ report: Report, tenant: String, search: String, page: Int,
        seconds: Int
    ) throws(ExportFailure) -> ScopeChoices {
        do {
            _ = try session.begin(tenant: tenant, zone: "UTC", seconds: seconds)
            let names = ScopeNames(of: scope, in: report)
            let comparisons = try ColumnComparisons.read(names.comparedColumns, on: session.connection)
            let statement = try names.statement(
                tenant: tenant, search: search, limit: limit + 1, offset: (page - 1) * limit, comparing: comparisons)
            let rows = try session.connection.query(statement, "list scope values").all
            try session.end()
            let values = rows.prefix(limit).map { (value: $0.string(at: 0) ?? "", label: $0.string(at: 1) ?? "") }
            return ScopeChoices(values: Array(values), hasMore: rows.count > limit)
        } catch {
            throw ExportFailure(error)
        }
    }
}
