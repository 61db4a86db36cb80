/// The guesses that a table's names, types and keys suggest. `CatalogDraft` puts them together.
struct Guess {
    private let survey: TableSurvey
    let tenant: Guess.Key?
    let uniqueKey: Guess.Key?
    let dateField: Guess.DateField?
    let statuses: Guess.Statuses?
    let relations: [Guess.Relation]
    let columns: [Guess.Column]
    let notes: [String]

    /// - Parameter chosen: the tenant column, when the user has named it.
    init(_ survey: TableSurvey, tenant chosen: String?) {
        self.survey = survey
        let usable = survey.facts.columns.filter { $0.isReadable && Names.isNameable($0.name) }
        var notes = survey.facts.columns.filter { !$0.isReadable }.map {
            "'\($0.name)' is left out: the database role may not select it"
        }
        notes += survey.facts.columns.filter { $0.isReadable && !Names.isNameable($0.name) }.map {
            "'\($0.name)' is left out: a catalog cannot name it; a view can give it another name"
        }
        let tenant = Self.tenant(among: usable, chosen: chosen)
        let uniqueKey = Self.uniqueKey(of: survey, tenant: tenant?.column, among: usable)
        let links = Self.links(of: survey, tenant: tenant?.column)
        let columns = Self.columns(usable.filter { $0.name != tenant?.column }, of: survey, links: links)

        self.tenant = tenant
        self.uniqueKey = uniqueKey
        self.columns = columns
        self.notes = notes + Self.leftOut(of: survey, tenant: tenant?.column, links)
        relations = links.map(\.relation).reduce(into: []) { found, relation in
            if !found.contains(where: { $0.name == relation.name }) { found.append(relation) }
        }
        dateField = Self.dateField(
            among: usable, indexed: survey.narrowed(by: tenant?.column), labels: columns)
        statuses = Self.statuses(among: usable, of: survey)
    }

    /// Whether an index says that a column is unique, at least within a tenant.
    func isUnique(_ column: String) -> Bool {
        let allowed = Set([column, tenant?.column].compactMap { $0 })
        return survey.facts.uniqueKeys.contains { $0.contains(column) && $0.isSubset(of: allowed) }
    }

    /// A unique text column beside the unique key: an order number, for instance, of which people have lists.
    var filterKey: String? {
        columns.first {
            $0.type == .string && $0.column != uniqueKey?.column && isUnique($0.column)
                && survey.facts.column($0.column)?.type.isText == true
        }?.key
    }

    // MARK: Which rows

    private static let tenantNames = [
        "tenant_id", "tenant", "tenant_key", "tenant_uuid", "org_id", "organization_id", "organisation_id", "org",
        "account_id", "company_id", "workspace_id",
    ]

    private static func tenant(among columns: [ColumnFacts], chosen: String?) -> Guess.Key? {
        for name in chosen.map({ [$0] }) ?? tenantNames {
            // createdBy as well as created_by
            let plain = name.filter { $0 != "_" }
            let found =
                columns.first { $0.name == name }
                ?? (chosen == nil ? columns.first { $0.name.lowercased().filter { $0 != "_" } == plain } : nil)
            if let found, let type = KeyType(found.type) { return Guess.Key(column: found.name, type: type) }
        }
        return nil
    }

    /// The primary key, else a unique index, that is one column once the tenant is taken off; in a view, `id`.
    private static func uniqueKey(
        of survey: TableSurvey, tenant: String?, among columns: [ColumnFacts]
    ) -> Guess.Key? {
        let candidates = [Set(survey.primaryKey)] + survey.facts.uniqueKeys
        let singles = candidates.enumerated().compactMap {
            rank, key -> (rank: Int, place: Int, key: Guess.Key)? in
            // A table of the tenants themselves has the tenant as its key.
            let rest = key.count == 1 ? key : key.subtracting([tenant].compactMap { $0 })
            guard rest.count == 1, let name = rest.first, let place = columns.firstIndex(where: { $0.name == name }),
                columns[place].isNotNull || survey.facts.kind != .table, let type = KeyType(columns[place].type)
            else { return nil }
            return (rank == 0 ? 0 : 1, place, Guess.Key(column: name, type: type))
        }
        if let best = singles.min(by: { ($0.rank, $0.place) < ($1.rank, $1.place) }) { return best.key }
        guard survey.facts.kind != .table else { return nil }
        let own = "\(Names.singular(survey.name.name))_id"
        for name in ["id", own, "uuid"] {
            if let column = columns.first(where: { $0.name == name }), let type = KeyType(column.type) {
                return Guess.Key(column: name, type: type)
            }
        }
        return nil
    }

    private static let dateNames = [
        "created_at", "created", "created_on", "inserted_at", "occurred_at", "happened_at", "ordered_at", "order_date",
        "placed_at", "issued_at", "issued_on", "invoice_date", "booked_at", "timestamp", "date", "time", "logged_at",
    ]

    private static func dateField(
        among columns: [ColumnFacts], indexed: Set<String>, labels: [Guess.Column]
    ) -> Guess.DateField? {
        let all = columns.filter { ["timestamptz", "timestamp", "date"].contains($0.type.name) }
        // Indexed columns go first: an application narrows its queries by them.
        let fast = all.filter { indexed.contains($0.name) }
        let dates = fast.isEmpty ? all : fast
        let named = dateNames.lazy.compactMap { name in
            dates.first { $0.name.lowercased() == name || $0.name.lowercased() == name.filter { $0 != "_" } }
        }.first
        // A date that is always there says more of a row than one that may come.
        guard let found = named ?? dates.first(where: \.isNotNull) ?? dates.first else { return nil }
        let label = labels.first { $0.column == found.name }?.label ?? Names.title(found.name)
        return Guess.DateField(column: found.name, type: ColumnType(found.type), label: label)
    }

    /// A column called status or state, of an enum or of few known texts; else the first enum.
    private static func statuses(among columns: [ColumnFacts], of survey: TableSurvey) -> Guess.Statuses? {
        func values(_ column: ColumnFacts) -> [String]? {
            let known = column.type.enumLabels ?? (column.type.isText ? survey.commonValues[column.name] : nil)
            // A request gets all rows, also those of a state that no file can hold.
            return known.map { $0.filter(Names.isKept) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        let named = columns.filter { ["status", "state"].contains($0.name.lowercased()) }
        let alike = columns.filter {
            $0.name.lowercased().hasSuffix("status") || $0.name.lowercased().hasSuffix("state")
        }
        let enums = columns.filter { $0.type.enumLabels != nil }
        for column in named + alike + enums {
            if let values = values(column) { return Guess.Statuses(column: column.name, values: values) }
        }
        return nil
    }
}

extension KeyType {
    /// The type that rows can be found by in a column of a PostgreSQL type.
    init?(_ found: PostgresType) {
        if found.isUUID {
            self = .uuid
        } else if found.isInteger {
            self = .integer
        } else if found.isText {
            self = .text
        } else {
            return nil
        }
    }
}

extension ColumnType {
    /// The best declaration of a column of a PostgreSQL type.
    init(_ found: PostgresType) {
        self =
            switch found.name {
            case _ where found.enumLabels != nil: .enum
            case "uuid": .uuid
            case "timestamptz": .datetime
            case "timestamp": .localDatetime
            case "date": .date
            case "time", "timetz": .time
            case "bool": .boolean
            case "json", "jsonb": .json
            case _ where found.isInteger: .integer
            case _ where found.isNumber: .number
            default: .string
            }
    }
}
