import SQLText

/// The values that a scope may be narrowed to, with the names that people know them by.
///
///     where a column of the report leads from the scope's column to a related table, that table's rows:
///         select r1."id", r1."name" from "public"."zones" r1 where r1."tenant_id" = …
///     else the values that the report's own rows have:
///         select distinct t."zone" from "public"."orders" t where t."tenant_id" = …
package struct ScopeNames {
    private let scope: Scope
    private let report: Report
    /// The way to the name; nil when the report knows none.
    private let path: ReferencePath?

    package init(of scope: Scope, in report: Report) {
        self.scope = scope
        self.report = report
        let paths = report.columns.filter { $0.column == scope.column }.flatMap(\.relationOptions).compactMap {
            if case .referenceValue(let path) = $0.output { path } else { nil }
        }
        // The name that the application itself shows comes first.
        path = paths.first { $0.referenceField == scope.valueSource?.labelField } ?? paths.first
    }

    /// Every column that the statement compares.
    package var comparedColumns: Set<ColumnPlace> {
        var places = Set(report.columnsOfCallers)
        places.insert(ColumnPlace(report.table, scope.column))
        if let path, let relation = report.relation(path.relation) { places.formUnion(relation.comparedColumns) }
        return places
    }

    /// Value and name, both as text.
    /// - Parameters:
    ///   - search: a part of the name, or the whole value; empty for all.
    ///   - comparisons: of `comparedColumns`, in the database that will run the statement.
    package func statement(
        tenant: String, search: String, limit: Int, offset: Int, comparing comparisons: ColumnComparisons
    ) throws(CompileError) -> SQL {
        try report.tenant.check(tenant)
        guard let path else {
            let value: SQL = "t.\(identifier: scope.column)::text"
            return """
                select distinct \(value) as value, \(value) as label
                from \(report.table.sql) t
                where \(report.isTenant(tenant, comparing: comparisons))
                  and \(value) is not null\(Self.matches(search, value: value, label: value))
                order by 2
                limit \(bind: limit)::bigint offset \(bind: offset)::bigint
                """
        }
        let (relation, nested) = try report.target(of: path)
        func isTenant(_ alias: SQL, _ table: TableName, _ column: String) -> SQL {
            comparisons[table, column].isTenant("\(alias).\(identifier: column)", tenant, report.tenant.type)
        }
        var from: SQL = "\(relation.table.sql) r1"
        if let nested {
            let isNested = comparisons[nested.table, nested.key].isKey(
                "r2.\(identifier: nested.key)", of: "r1.\(identifier: nested.column)",
                comparisons[relation.table, nested.column])
            from += "\nleft join \(nested.table.sql) r2 on \(isNested)"
            if let column = nested.tenantColumn { from += " and \(isTenant("r2", nested.table, column))" }
        }
        let value: SQL = "r1.\(identifier: relation.key)::text"
        let label: SQL = "coalesce((\(Compiler.value(path)(nested == nil ? "r1" : "r2")))::text, \(value))"
        let isKey = comparisons[relation.table, relation.key].isKey(
            "r1.\(identifier: relation.key)", of: "t.\(identifier: scope.column)",
            comparisons[report.table, scope.column])
        // Of a table that all tenants share, and for a caller who gets some rows only, those that the rows lead to.
        let isTenants = relation.tenantColumn.map { isTenant("r1", relation.table, $0) }
        let own =
            (report.rows ?? []).isEmpty && isTenants != nil
            ? isTenants ?? "false"
            : """
            exists (select from \(report.table.sql) t
                where \(report.isTenant(tenant, comparing: comparisons)) and \(isKey))\(isTenants.map { " and \($0)" } ?? "")
            """
        return """
            select \(value) as value, \(label) as label
            from \(from)
            where \(own)\(Self.matches(search, value: value, label: label))
            order by 2, 1
            limit \(bind: limit)::bigint offset \(bind: offset)::bigint
            """
    }

    /// A name is searched in by the database's default collation: others may know no patterns.
    private static func matches(_ search: String, value: SQL, label: SQL) -> SQL {
        guard !search.isEmpty else { return "" }
        let pattern = "%" + search.flatMap { #"\%_"#.contains($0) ? ["\\", $0] : [$0] } + "%"
        return """

              and ((\(label)) collate "pg_catalog"."default" ilike \(bind: pattern)::text
                   or \(value) collate "pg_catalog"."default" = \(bind: search)::text)
            """
    }
}
