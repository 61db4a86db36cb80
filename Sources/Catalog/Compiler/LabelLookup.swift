import SQLText

/// The labels that one column of an export shows of related rows, by the key that points there: the values that a join
/// would add to each row, as one short list.
///
///     rows      select …, r1."name", …  left join "public"."airlines" r1 on r1."code" = t."carrier"
///     becomes   select …, t."carrier", …
///     and       select r1."code", r1."name" from "public"."airlines" r1
package struct LabelLookup: Equatable, Sendable {
    /// Which of the export's columns, from 0.
    package let column: Int
    let pointer: SQL
    /// Whether two keys are equal exactly when they are written alike. So it is with integers of any width, UUIDs and
    /// texts of deterministic collations; `numeric` 1.0 and 1 are equal and differ.
    package let isExact: Bool
    private let labels: SQL

    /// - Parameter label: the value to show, of the table with an alias.
    init(
        of path: ReferencePath, _ label: (_ alias: SQL) -> SQL, from column: Column, at index: Int, of report: Report,
        tenant: String, comparing comparisons: ColumnComparisons
    ) throws(CompileError) {
        let (relation, nested) = try report.target(of: path)
        func isTenant(_ alias: SQL, _ table: TableName, _ column: String) -> SQL {
            comparisons[table, column].isTenant("\(alias).\(identifier: column)", tenant, report.tenant.type)
        }
        var labels: SQL = "select r1.\(identifier: relation.key), \(label(nested == nil ? "r1" : "r2"))"
        labels += "\nfrom \(relation.table.sql) r1"
        if let nested {
            let isKey = comparisons[nested.table, nested.key].isKey(
                "r2.\(identifier: nested.key)", of: "r1.\(identifier: nested.column)",
                comparisons[relation.table, nested.column])
            labels += "\nleft join \(nested.table.sql) r2 on \(isKey)"
            if let column = nested.tenantColumn { labels += " and \(isTenant("r2", nested.table, column))" }
        }
        if let column = relation.tenantColumn { labels += "\nwhere \(isTenant("r1", relation.table, column))" }
        self.labels = labels
        self.column = index
        pointer = "t.\(identifier: column.column)"
        let kind = comparisons[report.table, column.column].exactKind
        isExact = kind != nil && kind == comparisons[relation.table, relation.key].exactKind
    }

    /// Key and label of the related rows; one row more than `limit` says that there are too many.
    package func labels(limit: Int) -> SQL { labels + "\nlimit \(bind: limit + 1)::bigint" }
}
