/// The tables that a report's labels come from, and the joins that lead to them.
extension CatalogChecker {
    mutating func checkReference(_ way: ReferencePath, from column: ColumnFacts, at path: String) {
        guard let relation = report.relation(way.relation), let outer = facts.tables[relation.table] else { return }
        if let key = outer.column(relation.key) {
            checkPointer(column, of: report.table, to: key, of: relation.table, at: "\(path).table")
        }
        let nested = way.nested.flatMap { relation.nested($0) }
        if way.nested != nil, nested == nil { return }
        let target = nested?.table ?? relation.table
        guard let table = facts.tables[target] else { return }
        for name in way.columns {
            guard let found = self.column(name, of: table, target, at: "\(path).referenceField") else { continue }
            compare(
                .of(way.type, on: found.type), "the reference value", way.type.rawValue, found,
                "\(path).referenceField")
        }
    }

    mutating func checkRelation(_ relation: RelationTarget) {
        let path = "relations.\(relation.name)"
        guard let table = table(relation.table, at: "\(path).table", else: "its labels stay empty") else { return }
        checkTarget(table, relation.table, key: relation.key, tenant: relation.tenantColumn, at: path)
        for nested in relation.nested {
            let nestedPath = "\(path).nested.\(nested.name)"
            let pointer = column(nested.column, of: table, relation.table, at: "\(nestedPath).column")
            guard let inner = self.table(nested.table, at: "\(nestedPath).table", else: "its labels stay empty")
            else { continue }
            checkTarget(inner, nested.table, key: nested.key, tenant: nested.tenantColumn, at: nestedPath)
            if let pointer, let key = inner.column(nested.key) {
                checkPointer(pointer, of: relation.table, to: key, of: nested.table, at: "\(nestedPath).column")
            }
        }
    }

    mutating func checkTarget(
        _ table: TableFacts, _ name: TableName, key: String, tenant: String?, at path: String
    ) {
        if let tenant, let found = column(tenant, of: table, name, at: "\(path).tenantColumn") {
            if let own = report.tenant.column.flatMap({ facts.tables[report.table]?.column($0) }) {
                checkComparable(found, of: name, with: own, of: report.table, at: "\(path).tenantColumn")
            } else {
                compare(
                    .of(report.tenant.type, on: found.type), "the tenant", report.tenant.type.rawValue, found,
                    "\(path).tenantColumn")
            }
            checkUsable(found, of: name, at: "\(path).tenantColumn")
        }
        guard let found = column(key, of: table, name, at: "\(path).key") else { return }
        checkUsable(found, of: name, at: "\(path).key")
        checkUnique([key], within: tenant, of: table, name, at: "\(path).key", else: "rows may be repeated")
    }

    /// The two sides of a join: each value of the pointer must mean one key.
    mutating func checkPointer(
        _ pointer: ColumnFacts, of pointerTable: TableName, to key: ColumnFacts, of keyTable: TableName, at path: String
    ) {
        checkComparable(pointer, of: pointerTable, with: key, of: keyTable, at: path)
        checkUsable(pointer, of: pointerTable, at: path)
        guard pointer.type.isRounded, key.type.isFinerThanRounded else { return }
        add(
            "'\(pointer.name)' of \(pointerTable) is \(pointer.type.displayName) and may mean several '\(key.name)' of"
                + " \(keyTable), which is \(key.type.displayName); rows may be repeated",
            at: path)
    }
}
