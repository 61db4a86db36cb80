import JSON
import Postgres
import SQLText

/// How many there are in all: counted up to a bound, beyond it what the planner expects.
package struct Total: Equatable, Sendable {
    package let count: Int64
    package let isEstimated: Bool

    package init(_ count: Int64, isEstimated: Bool = false) {
        self.count = count
        self.isEstimated = isEstimated
    }
}

extension Connection {
    /// How many rows a statement has.
    /// - Parameters:
    ///   - count: counts one more than `bound`, at most.
    ///   - rows: what to select from, without a limit.
    ///   - preparing: whether the count is a statement whose plan is good for other conditions too.
    /// - Throws: `PostgresError`.
    func total(counting count: SQL, upTo bound: Int, of rows: SQL, preparing: Bool = false) throws(PostgresError)
        -> Total
    {
        let counted = try query("select \(count) as total", "count", preparing: preparing).first?.integer("total") ?? 0
        guard counted > Int64(bound) else { return Total(counted) }
        return Total(
            max(counted, try expectedRows("explain (format json) select from \(rows)") ?? 0), isEstimated: true)
    }

    /// How many rows the planner expects; costs no look at them.
    /// - Parameter explain: an `explain (format json)`.
    /// - Throws: `PostgresError` when the statement cannot be planned.
    package func expectedRows(_ explain: SQL) throws(PostgresError) -> Int64? {
        // EXPLAIN takes parameters in a plan of its own only; literals make it a plain statement.
        let text = try literalText(explain)
        guard let plan = try query(SQL(unsafeText: text), "estimate rows").first?.string(at: 0),
            let nodes = try? JSON.parse(Array(plan.utf8), limits: .stored).array
        else { return nil }
        return nodes.first?.object?["Plan"]?.object?["Plan Rows"]?.int.map { Int64($0) }
    }
}
