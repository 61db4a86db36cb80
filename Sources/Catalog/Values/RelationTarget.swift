/// A table that columns may be resolved against: one of the whitelist under `relations`.
package struct RelationTarget: Equatable, Sendable {
    /// The name that relation options and requests know it by; not a table's name.
    package let name: String
    package let table: TableName
    /// Unique within the tenant, so that the join never multiplies rows.
    package let key: String
    /// Compared with the report's tenant in the join, where the table has one.
    package let tenantColumn: String?
    package let nested: [NestedRelation]
    /// What a caller needs to see values of it; nil where everybody may.
    package let permission: String?

    package init(
        name: String, table: TableName, key: String, tenantColumn: String?, nested: [NestedRelation] = [],
        permission: String? = nil
    ) {
        self.name = name
        self.table = table
        self.key = key
        self.tenantColumn = tenantColumn
        self.nested = nested
        self.permission = permission
    }

    package func nested(_ name: String) -> NestedRelation? {
        nested.first { $0.name == name }
    }
}

/// One step further from a relation's table: the `user` of `user.full_name`. There is no second step.
package struct NestedRelation: Equatable, Sendable {
    package let name: String
    package let table: TableName
    /// The column of the relation's table that points here.
    package let column: String
    package let key: String
    package let tenantColumn: String?

    package init(name: String, table: TableName, column: String, key: String, tenantColumn: String?) {
        self.name = name
        self.table = table
        self.column = column
        self.key = key
        self.tenantColumn = tenantColumn
    }
}
