/// The whitelist of tables that columns may be resolved against.
extension RelationTarget {
    static func list(reading value: YAMLValue) -> [RelationTarget] {
        (value.mapping()?.entries ?? []).compactMap { entry in
            guard isName(entry, "relation") else { return nil }
            return RelationTarget(name: entry.key, reading: entry.value)
        }
    }

    init?(name: String, reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .relation) else { return nil }
        let table = mapping.required("table")?.tableName()
        let key = mapping.required("key")?.identifier()
        let tenantColumn = mapping.optional("tenantColumn")?.identifier()
        let nested = (mapping.optional("nested")?.mapping()?.entries ?? []).compactMap { entry in
            Self.isName(entry, "nested relation") ? NestedRelation(name: entry.key, reading: entry.value) : nil
        }
        let permission = mapping.optional("permission")?.permission()
        guard let table, let key else { return nil }
        self.init(
            name: name, table: table, key: key, tenantColumn: tenantColumn, nested: nested, permission: permission)
    }

    private static func isName(_ entry: (key: String, position: Position, value: YAMLValue), _ what: String) -> Bool {
        if Slug.isWellFormed(entry.key) { return true }
        entry.value.log.add(
            "'\(entry.key)' cannot name a \(what):"
                + " 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit",
            at: entry.position)
        return false
    }
}

extension NestedRelation {
    init?(name: String, reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .nestedRelation) else { return nil }
        let table = mapping.required("table")?.tableName()
        let column = mapping.required("column")?.identifier()
        let key = mapping.required("key")?.identifier()
        let tenantColumn = mapping.optional("tenantColumn")?.identifier()
        guard let table, let column, let key else { return nil }
        self.init(name: name, table: table, column: column, key: key, tenantColumn: tenantColumn)
    }
}
