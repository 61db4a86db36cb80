extension Guess {
    /// A column that leads to another table, and the relation that it makes.
    struct Link {
        var column: String
        var relation: Guess.Relation
    }

    /// The number of columns of a request that names no columns.
    private static let defaults = 10

    /// The foreign keys that can be relations: of one column besides the tenant's, to a table with something to show.
    static func links(of survey: TableSurvey, tenant tenancy: Tenancy?) -> [Link] {
        let tenant = tenancy?.column
        var links: [Link] = []
        for key in survey.foreignKeys {
            guard let (column, targetKey, paired) = key.link(tenant: tenant), column != tenant,
                Names.isNameable(key.target), Names.isNameable(targetKey), Names.isNameable(column),
                survey.facts.column(column)?.isReadable == true, key.targetFacts.isSchemaUsable,
                key.targetFacts.column(targetKey)?.isReadable == true, !links.contains(where: { $0.column == column }),
                let shown = LabelColumns.of(key, key: targetKey, tenant: tenant)
            else { continue }
            let target = tenantColumn(of: key.targetFacts, paired: paired, like: tenancy)
            let known = links.first { $0.relation.table == key.target && $0.relation.key == targetKey }
            let name = known?.relation.name ?? Names.free(Names.slug(key.target.name), in: links.map(\.relation.name))
            var nested: Guess.Nested?
            var fields = shown.columns
            if let (onward, link) = shown.through {
                let name = Names.slug(Names.withoutKeySuffix(link.column))
                nested = Guess.Nested(
                    name: name, table: onward.target, column: link.column, key: link.key,
                    tenantColumn: tenantColumn(of: onward.targetFacts, paired: link.targetTenant, like: tenancy))
                fields = fields.map { "\(name).\($0)" }
            }
            links.append(
                Link(
                    column: column,
                    relation: known?.relation
                        ?? Guess.Relation(
                            name: name, table: key.target, key: targetKey, tenantColumn: target, nested: nested,
                            fields: fields)))
        }
        return links
    }

    /// The column that the foreign key pairs with the tenant, else one of the same name that can be compared with it.
    private static func tenantColumn(of target: TableFacts, paired: String?, like tenancy: Tenancy?) -> String? {
        if let paired { return paired }
        let like: KeyColumn
        switch tenancy {
        case .column(let column): like = column
        case .related(let related): like = related.tenant
        case .constant, nil: return nil
        }
        guard let theirs = target.column(like.column), theirs.isReadable, KeyType(theirs.type) == like.type else {
            return nil
        }
        return like.column
    }

    /// A remark for a person on a type that has no declaration of its own.
    private static func remark(on type: PostgresType) -> String? {
        guard type.name == "money" else { return nil }
        return "Printed as the server's lc_monetary has it; cast to numeric in a view, it is a number."
    }

    static func columns(
        _ columns: [ColumnFacts], of survey: TableSurvey, links: [Link]
    ) -> [Guess.Column] {
        var guesses: [Guess.Column] = []
        for column in columns {
            let link = links.first { $0.column == column.name }
            let (label, remark) = Names.label(from: survey.columnComments[column.name])
            let name = link == nil ? column.name : Names.withoutKeySuffix(column.name)
            let type = ColumnJudgement.type(of: column)
            let isPlain =
                type != .json && type != .uuid && !column.type.name.hasPrefix("_")
            let key = Slug.isWellFormed(column.name) ? column.name : Names.slug(column.name)
            guesses.append(
                Guess.Column(
                    key: Names.free(key, in: guesses.map(\.key)), column: column.name,
                    label: label ?? Names.title(name), type: type,
                    isDefault: (isPlain || link != nil) && guesses.count(where: \.isDefault) < defaults,
                    relation: link?.relation.name, remark: remark ?? Self.remark(on: column.type)))
        }
        if !guesses.isEmpty, !guesses.contains(where: \.isDefault) { guesses[0].isDefault = true }
        return guesses
    }
}
