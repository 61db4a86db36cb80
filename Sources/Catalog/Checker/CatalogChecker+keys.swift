/// Whose rows they are, what tells them apart, and how they are found.
extension CatalogChecker {
    mutating func checkKeys(of table: TableFacts) {
        checkTenant(of: table)
        let own = report.table
        let key = report.uniqueKey
        var found: [String] = []
        for (index, name) in key.columns.enumerated() {
            let path = key.path(of: index)
            guard let column = column(name, of: table, own, at: path) else { continue }
            if let type = key.type {
                compare(.of(type, on: column.type), "the unique key", type.rawValue, column, path)
            } else if column.comparison.order == .none {
                add("'\(name)' of \(own) is \(column.type.displayName), which has no order", at: path)
            }
            if table.kind == .table, !column.isNotNull {
                add("'\(name)' of \(own) may be NULL; a unique key must be NOT NULL", at: path)
            }
            checkUsable(column, of: own, at: path)
            found.append(name)
        }
        guard found == key.columns else { return }
        checkUnique(
            found, within: report.tenant.column, of: table, own,
            at: key.type == nil ? "uniqueKey.columns" : "uniqueKey.column", else: "rows may change places")
    }

    private mutating func checkTenant(of table: TableFacts) {
        switch report.tenant {
        case .column(let tenant): checkTenant(tenant, of: table, report.table, at: "tenant.column")
        case .constant: break
        case .related(let related):
            let pointer = column(related.pointer, of: table, report.table, at: "tenant.column")
            guard let target = self.table(related.table, at: "tenant.table", else: "exports are empty") else { return }
            checkTenant(related.tenant, of: target, related.table, at: "tenant.tenantColumn")
            guard let key = column(related.key, of: target, related.table, at: "tenant.key") else { return }
            checkUsable(key, of: related.table, at: "tenant.key")
            checkUnique(
                [key.name], within: nil, of: target, related.table, at: "tenant.key",
                else: "a row may belong to several tenants")
            guard let pointer else { return }
            checkPointer(pointer, of: report.table, to: key, of: related.table, at: "tenant.column")
        }
    }

    private mutating func checkTenant(
        _ tenant: KeyColumn, of table: TableFacts, _ name: TableName, at path: String
    ) {
        guard let found = column(tenant.column, of: table, name, at: path) else { return }
        compare(.of(tenant.type, on: found.type), "the tenant", tenant.type.rawValue, found, path)
        checkUsable(found, of: name, at: path)
    }

    /// Without an index each export reads the whole table, whoever asks for it.
    mutating func checkIndexes(of table: TableFacts) {
        guard table.kind != .view, table.rows >= Self.manyRows else { return }
        func warn(_ column: String, _ what: String, at path: String) {
            let many = "\(report.table) has about \(table.rows) rows and no index"
            add("\(many) that begins with \(what) '\(column)'", at: path, .warning)
        }
        let tenant = report.tenant.column
        if let tenant, !table.indexes.contains(where: { $0.first == tenant }) {
            warn(tenant, "the tenant column", at: "tenant.column")
        }
        if case .related(let related) = report.tenant, !table.indexes.contains(where: { $0.first == related.pointer }) {
            warn(related.pointer, "the column that leads to the tenant", at: "tenant.column")
        }
        guard let date = report.dateField?.column else { return }
        let narrowed = table.indexes.contains { index in
            index.first == date || tenant != nil && index.first == tenant && index.dropFirst().first == date
        }
        if !narrowed { warn(date, tenant.map { "'\($0)' and" } ?? "the date field", at: "dateField.column") }
    }

    /// From which number of rows, as the planner estimates it, a missing index is worth a word.
    private static let manyRows = 10_000
}
