extension Guess {
    /// A column that leads to another table, and the relation that it makes.
    struct Link {
        var column: String
        var relation: Guess.Relation
    }

    /// The number of columns of a request that names no columns.
    private static let defaults = 10

    /// The foreign keys that can be relations: of one column besides the tenant's, to a table with something to show.
    static func links(of survey: TableSurvey, tenant: String?) -> [Link] {
        var links: [Link] = []
        for key in survey.foreignKeys {
            guard let (column, targetKey, paired) = key.link(tenant: tenant), column != tenant,
                Names.isNameable(key.target), Names.isNameable(targetKey), Names.isNameable(column),
                survey.facts.column(column)?.isReadable == true, key.targetFacts.isSchemaUsable,
                key.targetFacts.column(targetKey)?.isReadable == true, !links.contains(where: { $0.column == column }),
                let shown = LabelColumn.of(key, key: targetKey, tenant: tenant)
            else { continue }
            let target = tenantColumn(of: key.targetFacts, paired: paired, like: tenant, of: survey.facts)
            let known = links.first { $0.relation.table == key.target && $0.relation.key == targetKey }
            let name = known?.relation.name ?? Names.free(Names.slug(key.target.name), in: links.map(\.relation.name))
            var nested: Guess.Nested?
            var field = shown.column
            if let (onward, link) = shown.through {
                let name = Names.slug(Names.withoutKeySuffix(link.column))
                nested = Guess.Nested(
                    name: name, table: onward.target, column: link.column, key: link.key,
                    tenantColumn: tenantColumn(
                        of: onward.targetFacts, paired: link.targetTenant, like: tenant, of: survey.facts))
                field = "\(name).\(shown.column)"
            }
            links.append(
                Link(
                    column: column,
                    relation: known?.relation
                        ?? Guess.Relation(
                            name: name, table: key.target, key: targetKey, tenantColumn: target, nested: nested,
                            field: field, type: shown.type)))
        }
        return links
    }

    /// The column that the foreign key pairs with the tenant, else one of the same name that can be compared with it.
    private static func tenantColumn(
        of target: TableFacts, paired: String?, like tenant: String?, of own: TableFacts
    ) -> String? {
        if let paired { return paired }
        guard let tenant, let ours = own.column(tenant), let theirs = target.column(tenant), theirs.isReadable,
            theirs.type.isComparable(with: ours.type)
        else { return nil }
        return tenant
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
            let type = ColumnType(column.type)
            let isPlain =
                type != .json && type != .uuid && !column.type.name.hasPrefix("_") && column.type.name != "bytea"
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

/// The column of a table that people know its rows by.
struct LabelColumn {
    var column: String
    var type: ColumnType
    /// One step further: the foreign key of the table, and how it points.
    var through: (key: ForeignKeyFacts, link: (column: String, key: String, targetTenant: String?))?

    private static let names = ["name", "full_name", "fullname", "display_name", "title", "label"]
    private static let endings = [
        "_name", "name", "_title", "_label", "_code", "code", "_number", "number", "reference", "sku", "email",
    ]

    /// In this order: a name of its own; a unique text; the name behind one of its own foreign keys (a driver's user);
    /// a text that is called like a code or a number; any text that is always there.
    static func of(_ key: ForeignKeyFacts, key own: String, tenant: String?) -> LabelColumn? {
        let facts = key.targetFacts
        let texts = facts.columns.filter {
            $0.type.isText && $0.isReadable && $0.name != own && $0.name != tenant && Names.isNameable($0.name)
        }
        if let name = name(among: texts, of: key.target) { return name }
        let unique = texts.first { text in
            facts.uniqueKeys.contains { $0.contains(text.name) && $0.isSubset(of: Set([text.name, tenant ?? ""])) }
        }
        if let unique { return LabelColumn(column: unique.name, type: .string) }
        let onward = key.onward.sorted {
            isRequired($0, in: facts) && !isRequired($1, in: facts)
        }
        for next in onward {
            guard let link = next.link(tenant: tenant), next.target != key.target, next.targetFacts.isSchemaUsable,
                facts.column(link.column)?.isReadable == true,
                next.targetFacts.column(link.key)?.isReadable == true, Names.isNameable(next.target),
                Names.isNameable(link.column), Names.isNameable(link.key)
            else { continue }
            let candidates = next.targetFacts.columns.filter { $0.type.isText && $0.isReadable }
            if var found = name(among: candidates, of: next.target) {
                found.through = (next, link)
                return found
            }
        }
        let coded = endings.lazy.compactMap { ending in texts.first { $0.name.lowercased().hasSuffix(ending) } }.first
        return (coded ?? texts.first(where: \.isNotNull) ?? texts.first).map {
            LabelColumn(column: $0.name, type: .string)
        }
    }

    private static func name(among texts: [ColumnFacts], of table: TableName) -> LabelColumn? {
        let names = names + ["\(Names.singular(table.name))_name", "\(table.name)_name"]
        return names.lazy.compactMap { name in texts.first { $0.name.lowercased() == name } }.first.map {
            LabelColumn(column: $0.name, type: .string)
        }
    }

    private static func isRequired(_ key: ForeignKeyFacts, in facts: TableFacts) -> Bool {
        key.columns.allSatisfy { facts.column($0)?.isNotNull ?? false }
    }
}
