import Postgres

/// The labels that one column of an export shows of related rows, by the key that points there: what a join would bring
/// to each row, as one short list.
///
///     rows      select …, r1."name", …  left join "public"."airlines" r1 on r1."code" = t."carrier"
///     becomes   select …, t."carrier", …
///     and       select r1."code", r1."name" from "public"."airlines" r1
package struct LabelLookup: Equatable, Sendable {
    /// Which of the export's columns, from 0.
    package let column: Int
    let pointer: SQL
    /// One row with one boolean: whether two keys are equal exactly when they are written alike. So it is with
    /// integers of any width, UUIDs and texts of deterministic collations; `numeric` 1.0 and 1 are equal and differ.
    package let isExact: SQL
    private let labels: SQL

    /// - Parameter label: the value to show, of the table with an alias.
    init(
        of path: ReferencePath, _ label: (_ alias: SQL) -> SQL, from column: Column, at index: Int, of report: Report,
        tenant: String
    ) throws(CompileError) {
        let (relation, nested) = try report.target(of: path)
        let tenant = report.tenant.type.sql(tenant)
        var labels: SQL = "select r1.\(identifier: relation.key), \(label(nested == nil ? "r1" : "r2"))"
        labels += "\nfrom \(relation.table.sql) r1"
        if let nested {
            labels +=
                "\nleft join \(nested.table.sql) r2 on r2.\(identifier: nested.key) = r1.\(identifier: nested.column)"
            if let column = nested.tenantColumn { labels += " and r2.\(identifier: column) = \(tenant)" }
        }
        if let column = relation.tenantColumn { labels += "\nwhere r1.\(identifier: column) = \(tenant)" }
        self.labels = labels
        self.column = index
        pointer = "t.\(identifier: column.column)"
        isExact = Self.isExact((report.table, column.column), (relation.table, relation.key))
    }

    /// Key and label of the related rows; one row more than `limit` says that there are too many.
    package func labels(limit: Int) -> SQL { labels + "\nlimit \(bind: limit + 1)::bigint" }

    private static func isExact(
        _ pointer: (table: TableName, column: String), _ key: (table: TableName, column: String)
    ) -> SQL {
        """
        select bool_and(integers) or bool_and(uuids) or bool_and(texts) as exact
        from (
            select a.atttypid = any ('{smallint,integer,bigint}'::regtype[]) as integers,
                a.atttypid = 'uuid'::regtype as uuids,
                a.atttypid = any ('{text,varchar}'::regtype[]) and c.collisdeterministic as texts
            from pg_attribute a left join pg_collation c on c.oid = a.attcollation
            where \(isColumn(pointer)) or \(isColumn(key))
        ) columns
        having count(*) = \(bind: pointer == key ? 1 : 2)::bigint
        """
    }

    private static func isColumn(_ place: (table: TableName, column: String)) -> SQL {
        "a.attrelid = \(bind: place.table.quoted)::regclass and a.attname = \(bind: place.column)::name"
    }
}
