import SQLText

/// The temporary table that holds an uploaded list of keys on each connection of an export, and its queries.
///
/// A temporary table lives in the session alone, so nothing is left behind when a process dies; it needs the TEMPORARY
/// privilege, and a standby cannot have one. The rows reach it by COPY and stand in no statement.
package struct FilterKeysTable: Equatable, Sendable {
    /// How many unmatched keys are named.
    package static let namedKeys = 5

    /// Two columns: `key`, of the type of the column that it is compared with, and the number of its line in the list.
    package let create: SQL
    /// One row, to be asked when the export's rows have been read, in their snapshot: `distinct_keys`;
    /// `unmatched_keys`, those of them that no row of the export has; and of these the first, `first_keys` and, beside
    /// them, `first_lines`.
    package let count: SQL
    /// A semi-join: a key that is listed twice multiplies no row, and the order is the report's.
    let condition: SQL

    /// - Parameter numbered: false for a list that an earlier version has stored, without the lines.
    package static func copy(numbered: Bool) -> String {
        "COPY pg_temp.penstock_filter_keys (\(numbered ? "key, line" : "key")) FROM STDIN"
    }

    /// Without it the planner assumes ten pages for each temporary table.
    package static let analyze = "ANALYZE pg_temp.penstock_filter_keys"

    /// - Parameters:
    ///   - column: the report's column, as `t."number"`.
    ///   - condition: the export's rows without the list.
    init(column: SQL, type: KeyType, table: SQL, condition: SQL, comparison: ColumnComparison) {
        let isListed = comparison.isAny(column, in: "select k.key from pg_temp.penstock_filter_keys k")
        let key = comparison.operand(column)
        // An integer key is a bigint for columns of any width, as everywhere, so that one too large for the column
        // is unmatched and no error. Other keys have the column's own type, without its length (which elements of an
        // array lack) and without a domain's constraints.
        create =
            type == .integer
            ? "create temporary table penstock_filter_keys (key bigint, line integer)"
            : """
            create temporary table penstock_filter_keys as
            select (array_agg(\(key)))[1] as key, null::integer as line from \(table) t with no data
            """
        count = """
            with k as (select key, min(line) as line from pg_temp.penstock_filter_keys group by key),
            u as (
                select k.key, k.line
                from k
                left join (
                    select distinct \(key) as key from \(table) t where \(condition) and \(isListed)
                ) m on \(comparison.compareOperands("m.key", "k.key"))
                where m.key is null
            ),
            f as (select key::text as key, line from u order by line limit \(bind: Self.namedKeys)::bigint)
            select (select count(*) from k) as distinct_keys, (select count(*) from u) as unmatched_keys,
                array(select key from f order by line) as first_keys,
                array(select line from f order by line) as first_lines
            """
        self.condition = isListed
    }
}
