import SQLText

/// The rights on the application's database that the reports need and no others: `USAGE` of schemas, and `SELECT` of
/// the columns that their catalogs name.
package struct CatalogGrants: Sendable {
    private var columns: [TableName: Set<String>] = [:]
    private var hasFilters = false

    package init(for reports: [Report]) {
        for report in reports { add(report) }
    }

    private mutating func add(_ report: Report) {
        let filters = [report.tenant.column, report.dateField?.column, report.statuses?.column, report.watermark]
        columns[report.table, default: []].formUnion(
            report.columns.map(\.column) + report.uniqueKey.columns + report.scopes.map(\.column)
                + report.rowRules.map(\.column.column) + filters.compactMap { $0 })
        if case .related(let related) = report.tenant {
            columns[report.table, default: []].insert(related.pointer)
            columns[related.table, default: []].formUnion([related.key, related.tenant.column])
        }
        for relation in report.relations {
            columns[relation.table, default: []].formUnion([relation.key, relation.tenantColumn].compactMap { $0 })
            for nested in relation.nested {
                columns[relation.table, default: []].insert(nested.column)
                columns[nested.table, default: []].formUnion([nested.key, nested.tenantColumn].compactMap { $0 })
            }
        }
        for option in report.columns.flatMap(\.relationOptions) {
            guard case .referenceValue(let path) = option.output, let relation = report.relation(path.relation) else {
                continue
            }
            let table = path.nested.flatMap { relation.nested($0)?.table } ?? relation.table
            columns[table, default: []].formUnion(path.columns)
        }
        hasFilters = hasFilters || report.filterKey != nil
    }

    /// Statements for psql, which can be run again.
    /// - Parameters:
    ///   - role: that reads.
    ///   - database: the application's.
    package func statements(to role: String, database: String) -> [String] {
        let name = SQL.quoted(identifier: role)
        var statements = ["grant connect on database \(SQL.quoted(identifier: database)) to \(name);"]
        if hasFilters {
            // A list of keys is loaded into a temporary table.
            statements.append("grant temporary on database \(SQL.quoted(identifier: database)) to \(name);")
        }
        statements += Set(columns.keys.compactMap(\.schema)).sorted().map {
            "grant usage on schema \(SQL.quoted(identifier: $0)) to \(name);"
        }
        for (table, columns) in columns.sorted(by: { $0.key.description < $1.key.description }) {
            let list = columns.sorted().map { SQL.quoted(identifier: $0) }.joined(separator: ", ")
            statements.append("grant select (\(list)) on \(table.quoted) to \(name);")
        }
        return statements
    }
}
