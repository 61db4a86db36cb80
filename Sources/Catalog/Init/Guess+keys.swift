/// How a user says whose rows they are.
package enum TenantChoice: Equatable, Sendable {
    /// The name of the column, in the table or in one that it leads to.
    case column(String)
    /// One tenant has all rows of all tables.
    case constant(String)
}

/// Whose rows they are and what tells them apart.
extension Guess {
    private static let tenantNames = [
        "tenant_id", "tenant", "tenant_key", "tenant_uuid", "org_id", "organization_id", "organisation_id", "org",
        "account_id", "company_id", "workspace_id",
    ]

    /// A column of the table, else one of a table that a foreign key leads to.
    static func tenant(
        of survey: TableSurvey, among columns: [ColumnFacts], chosen: TenantChoice?
    ) -> Tenancy? {
        if case .constant(let tenant) = chosen { return .constant(tenant) }
        if let own = tenantColumn(among: columns, chosen) { return .column(own) }
        let related = survey.foreignKeys.compactMap { key -> (isRequired: Bool, tenant: RelatedTenant)? in
            let target = key.targetFacts
            guard let link = key.link(tenant: nil), Names.isNameable(key.target), target.isSchemaUsable,
                let pointer = columns.first(where: { $0.name == link.column }),
                target.column(link.key)?.isReadable == true, target.children.isEmpty,
                target.uniqueKeys.contains([link.key]), Names.isNameable(link.key),
                let tenant = tenantColumn(
                    among: target.columns.filter { $0.isReadable && Names.isNameable($0.name) }, chosen)
            else { return nil }
            return (
                pointer.isNotNull && target.column(tenant.column)?.isNotNull == true,
                RelatedTenant(pointer: link.column, table: key.target, key: link.key, tenant: tenant)
            )
        }
        return (related.first(where: \.isRequired) ?? related.first).map { .related($0.tenant) }
    }

    private static func tenantColumn(among columns: [ColumnFacts], _ chosen: TenantChoice?) -> KeyColumn? {
        var names = tenantNames
        if case .column(let name) = chosen { names = [name] }
        for name in names {
            // createdBy as well as created_by
            let plain = name.filter { $0 != "_" }
            let found =
                columns.first { $0.name == name }
                ?? (chosen == nil ? columns.first { $0.name.lowercased().filter { $0 != "_" } == plain } : nil)
            if let found, let type = KeyType(found.type) { return KeyColumn(column: found.name, type: type) }
        }
        return nil
    }

    /// The primary key, else a unique index, without the tenant's column: of one column before one of several. In a
    /// view, `id`. A table that others inherit from has none, since its index knows nothing of their rows.
    static func uniqueKey(of survey: TableSurvey, tenant: String?, among columns: [ColumnFacts]) -> UniqueKey? {
        guard survey.facts.children.isEmpty else { return nil }
        func place(_ name: String) -> Int { columns.firstIndex { $0.name == name } ?? columns.count }
        let indexes = survey.facts.uniqueKeys.map { $0.sorted { place($0) < place($1) } }
        let keys = ([survey.primaryKey] + indexes).map { key in
            // A table of the tenants themselves has the tenant as its key.
            key.count == 1 ? key : key.filter { $0 != tenant }
        }
        let usable = keys.enumerated().filter { _, key in
            !key.isEmpty
                && key.allSatisfy { name in
                    columns.contains {
                        $0.name == name && ($0.isNotNull || survey.facts.kind != .table)
                            && $0.comparison.order != .none
                    }
                }
        }.map { (rank: $0.offset == 0 ? 0 : 1, place: $0.element.map(place).min() ?? 0, key: $0.element) }
        let singles = usable.filter { $0.key.count == 1 }
        let several = usable.filter { $0.key.count > 1 }
        func best(_ keys: [(rank: Int, place: Int, key: [String])]) -> [String]? {
            keys.min { ($0.rank, $0.key.count, $0.place) < ($1.rank, $1.key.count, $1.place) }?.key
        }
        if let key = best(singles) ?? best(several) { return UniqueKey(of: key, among: columns) }
        guard survey.facts.kind != .table else { return nil }
        let own = "\(Names.singular(survey.name.name))_id"
        for name in ["id", own, "uuid"] {
            if let column = columns.first(where: { $0.name == name }), let type = KeyType(column.type) {
                return UniqueKey(column: name, type: type)
            }
        }
        return nil
    }
}

extension UniqueKey {
    /// One column with its type where rows can be found by that.
    fileprivate init(of names: [String], among columns: [ColumnFacts]) {
        if names.count == 1, let column = columns.first(where: { $0.name == names[0] }),
            let type = KeyType(column.type)
        {
            self.init(column: names[0], type: type)
        } else {
            self.init(columns: names)
        }
    }
}
