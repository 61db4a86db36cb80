/// The guesses that a table's names, types and keys suggest. `CatalogDraft` puts them together.
struct Guess {
    private let survey: TableSurvey
    let tenant: Tenancy?
    let uniqueKey: UniqueKey?
    let dateField: Guess.DateField?
    let statuses: Guess.Statuses?
    let relations: [Guess.Relation]
    let scopes: [Guess.Scope]
    let columns: [Guess.Column]
    let notes: [String]

    /// - Parameter chosen: whose rows they are, when the user has said so.
    init(_ survey: TableSurvey, tenant chosen: TenantChoice?) {
        self.survey = survey
        let usable = survey.facts.columns.filter { $0.isReadable && Names.isNameable($0.name) }
        let tenant = Self.tenant(of: survey, among: usable, chosen: chosen)
        let own = tenant?.column
        let uniqueKey = Self.uniqueKey(of: survey, tenant: own, among: usable)
        let links = Self.links(of: survey, tenant: tenant)
        let shown = usable.filter { $0.name != own && ColumnJudgement.reasonToHide($0) == nil }
        let columns = Self.columns(shown, of: survey, links: links)

        self.tenant = tenant
        self.uniqueKey = uniqueKey
        self.columns = columns
        notes = Self.leftOut(among: survey.facts.columns) + Self.leftOut(of: survey, tenant: own, links)
        relations = links.map(\.relation).reduce(into: []) { found, relation in
            if !found.contains(where: { $0.name == relation.name }) { found.append(relation) }
        }
        scopes = Self.scopes(links, among: usable, besides: uniqueKey?.columns ?? [], labels: columns)
        dateField = Self.dateField(among: usable, of: survey, tenant: own, labels: columns)
        statuses = Self.statuses(among: usable, of: survey)
    }

    /// Whether an index says that columns are unique together, at least within a tenant.
    func isUnique(_ columns: [String]) -> Bool {
        let allowed = Set(columns + [tenant?.column].compactMap { $0 })
        return survey.facts.uniqueKeys.contains { !$0.isDisjoint(with: columns) && $0.isSubset(of: allowed) }
    }

    /// A unique text column beside the unique key: an order number, for instance, of which people have lists.
    var filterKey: String? {
        columns.first {
            $0.type == .string && uniqueKey?.columns != [$0.column] && isUnique([$0.column])
                && survey.facts.column($0.column)?.type.isText == true
        }?.key
    }

    private static let dateNames = [
        "created_at", "created", "created_on", "inserted_at", "occurred_at", "happened_at", "ordered_at", "order_date",
        "placed_at", "issued_at", "issued_on", "invoice_date", "booked_at", "timestamp", "date", "time", "logged_at",
        "create_date", "creation_date",
    ]

    private static func dateField(
        among columns: [ColumnFacts], of survey: TableSurvey, tenant: String?, labels: [Guess.Column]
    ) -> Guess.DateField? {
        let all = columns.filter { ["timestamptz", "timestamp", "date"].contains($0.type.name) }
        // Indexed columns go first: an application narrows its queries by them.
        let indexed = survey.narrowed(by: tenant)
        let fast = all.filter { indexed.contains($0.name) }
        let dates = fast.isEmpty ? all : fast
        let names = dateNames + ["\(Names.singular(survey.name.name))_date"]
        let named = names.lazy.compactMap { name in
            dates.first { $0.name.lowercased() == name || $0.name.lowercased() == name.filter { $0 != "_" } }
        }.first
        // A date that is always there says more of a row than one that may come.
        guard let found = named ?? dates.first(where: \.isNotNull) ?? dates.first else { return nil }
        let label = labels.first { $0.column == found.name }?.label ?? Names.title(found.name)
        return Guess.DateField(column: found.name, type: ColumnType(found.type), label: label)
    }

    /// An enum that is called status or state, itself or its type; else a text called so, of few known values. An
    /// enum of another name says what kind a row is, and a text `state` beside a city is a place.
    private static func statuses(among columns: [ColumnFacts], of survey: TableSurvey) -> Guess.Statuses? {
        func isStatus(_ name: String) -> Bool {
            ["status", "state"].contains { name.lowercased().hasSuffix($0) }
        }
        let isAddress = columns.contains { Names.words($0.name).contains { ["city", "postal", "zip"].contains($0) } }
        let enums = columns.filter { $0.type.enumLabels != nil && (isStatus($0.name) || isStatus($0.type.name)) }
        let texts = columns.filter { column in
            guard column.type.isText else { return false }
            return isStatus(column.name) && (!isAddress || column.name.lowercased().hasSuffix("status"))
        }
        let named = (enums + texts).sorted {
            ["status", "state"].contains($0.name.lowercased()) && !["status", "state"].contains($1.name.lowercased())
        }
        for column in named {
            let known = column.type.enumLabels ?? survey.commonValues[column.name]
            // A request gets all rows, also those of a state that no file can hold.
            guard let values = known?.filter(Names.isKept), !values.isEmpty else { continue }
            return Guess.Statuses(column: column.name, values: values)
        }
        return nil
    }

    /// The columns that lead to another table, which people choose rows by.
    private static func scopes(
        _ links: [Link], among columns: [ColumnFacts], besides key: [String], labels: [Guess.Column]
    ) -> [Guess.Scope] {
        var scopes: [Guess.Scope] = []
        for link in links where key != [link.column] {
            guard let facts = columns.first(where: { $0.name == link.column }), let type = KeyType(facts.type) else {
                continue
            }
            let name = Names.slug(Names.withoutKeySuffix(link.column))
            let label = labels.first { $0.column == link.column }?.label ?? Names.title(name)
            scopes.append(
                Guess.Scope(
                    type: Names.free(name, in: scopes.map(\.type)), label: label, column: link.column, valueType: type))
        }
        return scopes
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
