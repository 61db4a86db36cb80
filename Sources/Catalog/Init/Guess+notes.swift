extension Guess {
    /// Columns that are not proposed, a sentence for each.
    static func leftOut(among columns: [ColumnFacts]) -> [String] {
        columns.compactMap { column in
            let reason: String
            if !column.isReadable {
                reason = "the database role may not select it"
            } else if !Names.isNameable(column.name) {
                reason = "a catalog cannot name it; a view can give it another name"
            } else if let hidden = ColumnJudgement.reasonToHide(column) {
                reason = hidden
            } else {
                return nil
            }
            return "'\(column.name)' is left out: \(reason)"
        }
    }

    /// Foreign keys that are no relation, a sentence for each, so that a person learns that they exist.
    static func leftOut(of survey: TableSurvey, tenant: String?, _ links: [Link]) -> [String] {
        survey.foreignKeys.compactMap { key in
            let columns = key.columns.filter { $0 != tenant }
            // Of two keys from one column to one place the first is the relation.
            guard !columns.isEmpty, !(columns.count == 1 && links.contains { $0.column == columns[0] }) else {
                return nil
            }
            let names = columns.map { "'\($0)'" }.joined(separator: ", ")
            return "the foreign key \(names) to \(key.target) is no relation: \(reason(key, columns, tenant: tenant))"
        }
    }

    private static func reason(_ key: ForeignKeyFacts, _ columns: [String], tenant: String?) -> String {
        let facts = key.targetFacts
        guard columns.count == 1, let link = key.link(tenant: tenant) else {
            return "a relation compares one column; a view can join the table"
        }
        if !facts.isSchemaUsable || facts.column(link.key)?.isReadable != true
            || !facts.columns.contains(where: { $0.isReadable && $0.name != link.key })
        {
            return "the database role may not select from that table; grant it, or describe a view"
        }
        if ![link.column, link.key].allSatisfy(Names.isNameable) || !Names.isNameable(key.target) {
            return "a catalog cannot name it; a view can give it another name"
        }
        return "that table has no text to show"
    }
}
