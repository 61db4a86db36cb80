/// Whose rows a report has, and what tells them apart.
extension Tenancy {
    /// `{ column, type }`, `{ constant }`, or `{ column, table, key, tenantColumn, type }`.
    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .tenant) else { return nil }
        if let constant = mapping.optional("constant") {
            for key in CatalogMapping.tenant.names where key != "constant" {
                mapping.optional(key)?.fault("\(key) belongs to a tenant that a column holds; constant has none")
            }
            guard let tenant = constant.text() else { return nil }
            self = .constant(tenant)
            return
        }
        let column = mapping.required("column")?.identifier()
        let type = mapping.optional("type").map { $0.choice(KeyType.self) } ?? .text
        guard ["table", "key", "tenantColumn"].contains(where: { mapping.optional($0) != nil }) else {
            guard let column, let type else { return nil }
            self = .column(KeyColumn(column: column, type: type))
            return
        }
        let table = mapping.required("table")?.tableName()
        let key = mapping.required("key")?.identifier()
        let tenant = mapping.required("tenantColumn")?.identifier()
        guard let column, let type, let table, let key, let tenant else { return nil }
        self = .related(
            RelatedTenant(pointer: column, table: table, key: key, tenant: KeyColumn(column: tenant, type: type)))
    }
}

extension UniqueKey {
    /// `{ column, type }` or `{ columns }`.
    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .uniqueKey) else { return nil }
        guard let list = mapping.optional("columns") else {
            let column = mapping.required("column")?.identifier()
            let type = mapping.optional("type").map { $0.choice(KeyType.self) } ?? .text
            guard let column, let type else { return nil }
            self.init(column: column, type: type)
            return
        }
        for key in ["column", "type"] { mapping.optional(key)?.fault("\(key) belongs to a key of one column") }
        var columns: [String] = []
        for item in list.list() ?? [] {
            guard let column = item.identifier() else { continue }
            guard !columns.contains(column) else {
                item.fault("duplicate column '\(column)'")
                continue
            }
            columns.append(column)
        }
        guard !columns.isEmpty else { return nil }
        self.init(columns: columns)
    }
}
