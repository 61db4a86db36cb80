/// The columns of a table that people know its rows by: a name, or first and last name.
struct LabelColumns {
    var columns: [String]
    /// One step further: the foreign key of the table, and how it points.
    var through: (key: ForeignKeyFacts, link: (column: String, key: String, targetTenant: String?))?

    private static let names = ["name", "full_name", "fullname", "display_name"]
    private static let persons = [
        ["first_name", "last_name"], ["firstname", "lastname"], ["given_name", "family_name"], ["forename", "surname"],
    ]
    private static let titles = ["title", "label", "subject", "description"]
    private static let endings = [
        "_name", "name", "_title", "_label", "_desc", "_description", "_code", "code", "_number", "number", "reference",
        "sku", "email",
    ]

    /// In this order: a name of its own; first and last name; a title; a unique text; the name behind one of its own
    /// foreign keys (a driver's user); a text that is called like a code or a number; any text that is always there.
    static func of(_ key: ForeignKeyFacts, key own: String, tenant: String?) -> LabelColumns? {
        let facts = key.targetFacts
        let texts = texts(of: facts).filter { $0.name != own && $0.name != tenant }
        if let name = name(among: texts, of: key.target) { return name }
        let unique = texts.first { text in
            facts.uniqueKeys.contains { $0.contains(text.name) && $0.isSubset(of: Set([text.name, tenant ?? ""])) }
        }
        if let unique { return LabelColumns(columns: [unique.name]) }
        let onward = key.onward.sorted {
            isRequired($0, in: facts) && !isRequired($1, in: facts)
        }
        for next in onward {
            guard let link = next.link(tenant: tenant), next.target != key.target, next.targetFacts.isSchemaUsable,
                facts.column(link.column)?.isReadable == true,
                next.targetFacts.column(link.key)?.isReadable == true, Names.isNameable(next.target),
                Names.isNameable(link.column), Names.isNameable(link.key)
            else { continue }
            if var found = name(among: Self.texts(of: next.targetFacts), of: next.target) {
                found.through = (next, link)
                return found
            }
        }
        // A postal code tells no place.
        let codes = texts.filter { !Names.words($0.name).contains { ["postal", "zip", "post", "phone"].contains($0) } }
        let coded = endings.lazy.compactMap { ending in codes.first { $0.name.lowercased().hasSuffix(ending) } }.first
        return (coded ?? texts.first(where: \.isNotNull) ?? texts.first).map { LabelColumns(columns: [$0.name]) }
    }

    private static func texts(of facts: TableFacts) -> [ColumnFacts] {
        facts.columns.filter {
            $0.type.isText && $0.isReadable && Names.isNameable($0.name) && ColumnJudgement.reasonToHide($0) == nil
        }
    }

    private static func name(among texts: [ColumnFacts], of table: TableName) -> LabelColumns? {
        func text(_ name: String) -> String? { texts.first { $0.name.lowercased() == name.lowercased() }?.name }
        let thing = Names.singular(table.name)
        if let name = (names + ["\(thing)_name", "\(table.name)_name"]).lazy.compactMap(text).first {
            return LabelColumns(columns: [name])
        }
        for person in persons {
            let found = person.compactMap(text)
            if found.count == person.count { return LabelColumns(columns: found) }
        }
        // The city of a table of cities.
        let own = titles + [thing, table.name, "\(thing)_title", "\(thing)_description"]
        return own.lazy.compactMap(text).first.map { LabelColumns(columns: [$0]) }
    }

    private static func isRequired(_ key: ForeignKeyFacts, in facts: TableFacts) -> Bool {
        key.columns.allSatisfy { facts.column($0)?.isNotNull ?? false }
    }
}
