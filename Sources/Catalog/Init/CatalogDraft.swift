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
    var tenant: Tenancy?
    var uniqueKey: UniqueKey?
    /// Whether nothing in the database enforces the unique key.
    var isUniqueKeyAssumed = false
    var dateField: Guess.DateField?
    var statuses: Guess.Statuses?
    var scopes: [Guess.Scope] = []
    var relations: [Guess.Relation] = []
    var columns: [Guess.Column] = []
    var filterKey: String?
    /// Sentences on the work that is left for a person.
    package private(set) var notes: [String] = []

    /// The values that a user gives, which are then not guessed.
    package struct Choices: Equatable, Sendable {
        package var module: String?
        package var key: String?
        package var tenant: TenantChoice?

        package init(module: String? = nil, key: String? = nil, tenant: TenantChoice? = nil) {
            self.module = module
            self.key = key
            self.tenant = tenant
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

        let guess = Guess(survey, tenant: choices.tenant)
        tenant = guess.tenant
        uniqueKey = guess.uniqueKey
        isUniqueKeyAssumed = survey.facts.kind != .table && guess.uniqueKey.map { !guess.isUnique($0.columns) } ?? false
        dateField = guess.dateField
        statuses = guess.statuses
        scopes = guess.scopes
        relations = guess.relations
        columns = guess.columns
        filterKey = guess.filterKey
        notes = guess.notes + notes(on: survey)
    }

    /// What must be filled in before it can be used, in short.
    var missing: [String] {
        [
            tenant == nil ? "nothing tells whose rows they are" : nil,
            uniqueKey == nil ? "no key tells its rows apart" : nil,
        ].compactMap { $0 }
    }

    private func notes(on survey: TableSurvey) -> [String] {
        var notes: [String] = []
        if tenant == nil {
            notes.append(
                "no column of \(table) looks like a tenant's: give --tenant-column, or --tenant for data of one tenant, or"
                    + " fill in tenant.column; for a table without one, describe a view that adds it")
        }
        if !survey.facts.children.isEmpty {
            notes.append(
                "\(table) has the rows of \(survey.facts.children.joined(separator: ", ")) by inheritance, which no key keeps"
                    + " apart: describe a view, of 'only \(table)' or of all")
        } else if uniqueKey == nil {
            notes.append(
                "\(table) has no key: fill in uniqueKey with columns that are NOT NULL and unique together, or describe a"
                    + " view that has one")
        } else if isUniqueKeyAssumed {
            notes.append(
                "make sure that '\(uniqueKey?.columns.joined(separator: "', '") ?? "")' is unique in \(table); no index says so"
            )
        }
        if columns.isEmpty { notes.append("\(table) has no column that could be exported") }
        if survey.hasBorrowedKeys, !relations.isEmpty {
            notes.append(
                "the relations are those of the tables that the view reads, found by the names of their columns")
        }
        for obstacle in survey.facts.obstacles {
            switch obstacle.reason {
            case .noPolicy(let role):
                notes.append("row-level security hides every row of \(obstacle.table) from the role '\(role)'")
            case .notFilled: notes.append("\(obstacle.table) has not been filled yet; refresh it")
            }
        }
        for setting in survey.policySettings {
            notes.append(
                "row-level security of \(table) reads the setting '\(setting)', which exports do not set: give the reading"
                    + " role a policy without it, since each statement is narrowed to the tenant anyway")
        }
        if case .constant = tenant { return notes }
        for relation in relations where relation.tenantColumn == nil {
            notes.append(
                "\(relation.table) has no tenant column that is known: keep the relation '\(relation.name)' only if"
                    + " all tenants may see its rows")
        }
        return notes
    }
}
