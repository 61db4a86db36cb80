/// A catalog as it can be guessed from a table. `penstock catalog init` writes it, and a person finishes it.
package struct CatalogDraft: Equatable, Sendable {
    /// Stands where nothing could be guessed. No column of a sane schema has this name, so that the checker points at
    /// the line until it is filled in.
    static let unknown = "?"

    var module: String
    var key: String
    var label: String
    var description: String?
    var table: TableName
    var tenant: Guess.Key?
    var uniqueKey: Guess.Key?
    /// Whether nothing in the database enforces the unique key.
    var isUniqueKeyAssumed = false
    var dateField: Guess.DateField?
    var statuses: Guess.Statuses?
    var relations: [Guess.Relation] = []
    var columns: [Guess.Column] = []
    var filterKey: String?
    /// Sentences on the work that is left for a person.
    package private(set) var notes: [String] = []

    /// The values that a user gives, which are then not guessed.
    package struct Choices: Equatable, Sendable {
        package var module: String?
        package var key: String?
        package var tenantColumn: String?

        package init(module: String? = nil, key: String? = nil, tenantColumn: String? = nil) {
            self.module = module
            self.key = key
            self.tenantColumn = tenantColumn
        }
    }

    package init(of survey: TableSurvey, choices: Choices = Choices()) {
        let schema = survey.name.schema ?? "public"
        module = choices.module ?? Names.slug(schema == "public" ? survey.database : schema, separator: "-")
        key = choices.key ?? Names.slug(survey.name.name, separator: "-")
        table = survey.name
        let remark = Names.label(from: survey.comment)
        label = remark.label ?? Names.title(survey.name.name)
        description = remark.remark

        let guess = Guess(survey, tenant: choices.tenantColumn)
        tenant = guess.tenant
        uniqueKey = guess.uniqueKey
        isUniqueKeyAssumed = survey.facts.kind != .table && guess.uniqueKey.map { !guess.isUnique($0.column) } ?? false
        dateField = guess.dateField
        statuses = guess.statuses
        relations = guess.relations
        columns = guess.columns
        filterKey = guess.filterKey
        notes = guess.notes + notes(on: guess)
    }

    private func notes(on guess: Guess) -> [String] {
        var notes: [String] = []
        if tenant == nil {
            notes.append(
                "no column of \(table) looks like a tenant's: give --tenant-column, or fill in tenant.column;"
                    + " for a table without one, describe a view that adds it")
        }
        if uniqueKey == nil {
            notes.append(
                "\(table) has no key of one column: fill in uniqueKey.column with a column that is NOT NULL and unique,"
                    + " or describe a view that has one")
        } else if isUniqueKeyAssumed {
            notes.append("make sure that '\(uniqueKey?.column ?? "")' is unique in \(table); no index says so")
        }
        if columns.isEmpty { notes.append("\(table) has no column that could be exported") }
        for relation in relations where relation.tenantColumn == nil {
            notes.append(
                "\(relation.table) has no tenant column that is known: keep the relation '\(relation.name)' only if"
                    + " all tenants may see its rows")
        }
        return notes
    }
}
