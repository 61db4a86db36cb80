/// Whether a column can do its part: its type, its uniqueness, its comparison.
extension CatalogChecker {
    /// - Parameter columns: which are unique together.
    mutating func checkUnique(
        _ columns: [String], within tenant: String?, of table: TableFacts, _ name: TableName, at path: String,
        else consequence: String
    ) {
        let key = columns.map { "'\($0)'" }.joined(separator: ", ")
        guard table.children.isEmpty else {
            add(
                "\(name) has the rows of \(table.children.joined(separator: ", ")) by inheritance, and no key of \(name) keeps"
                    + " their \(key) apart from its own: \(consequence); describe a view, of 'only \(name)' or of all where"
                    + " none is repeated",
                at: path)
            return
        }
        let allowed = Set(columns + [tenant].compactMap { $0 })
        if table.uniqueKeys.contains(where: { !$0.isDisjoint(with: columns) && $0.isSubset(of: allowed) }) { return }
        let together = tenant.map { ", or one with '\($0)'" } ?? ""
        let (are, it) = columns.count == 1 ? ("is", "it needs") : ("are", "together they need")
        if table.kind == .view {
            add(
                "\(name) is a view, so that \(key) \(are) unique in it cannot be checked;"
                    + " where \(columns.count == 1 ? "it is" : "they are") not, \(consequence);"
                    + " this finds them: \(repeated([tenant].compactMap { $0 } + columns, of: name))",
                at: path, .warning)
        } else {
            add(
                "\(key) of \(name) \(are) not unique: \(it) a primary key or a unique index\(together)", at: path)
        }
    }

    /// The statement that finds keys which stand there more than once.
    private func repeated(_ columns: [String], of table: TableName) -> String {
        func quoted(_ name: String) -> String {
            name.wholeMatch(of: /[a-z_][a-z0-9_]*/) == nil ? "\"\(name)\"" : name
        }
        let list = columns.map(quoted).joined(separator: ", ")
        let from = [table.schema, table.name].compactMap { $0.map(quoted) }.joined(separator: ".")
        return "select \(list) from \(from) group by \(list) having count(*) > 1"
    }

    /// Conditions name the operators of a type by their schema, which takes USAGE on it.
    mutating func checkUsable(_ column: ColumnFacts, of table: TableName, at path: String) {
        guard !column.comparison.isUsable else { return }
        add(
            "the database role may not use the schema of the type of '\(column.name)' of \(table)"
                + " (\(column.comparison.typeName)); grant usage on it",
            at: path)
    }

    /// A join of the two columns must not need a cast.
    mutating func checkComparable(
        _ left: ColumnFacts, of leftTable: TableName, with right: ColumnFacts, of rightTable: TableName, at path: String
    ) {
        if left.type.isComparable(with: right.type) { return }
        let leftName = "'\(left.name)' of \(leftTable) is \(left.type.displayName)"
        let rightName = "'\(right.name)' of \(rightTable), which is \(right.type.displayName)"
        add("\(leftName) and cannot be compared with \(rightName)", at: path)
    }

    mutating func compare(
        _ fit: TypeFit, _ what: String, _ declared: String, _ column: ColumnFacts, _ path: String
    ) {
        let found = "'\(column.name)' is \(column.type.displayName)"
        switch fit {
        case .fits: break
        case .doubtful(let reason): add("\(what) is declared \(declared), but \(found): \(reason)", at: path, .warning)
        case .misfit(let allowed):
            // An exported column can always be declared with its own type; the type of a key or a date has further
            // rules.
            let isColumn = path.hasSuffix(".type") || path.hasSuffix(".referenceField")
            let way =
                isColumn && !allowed.contains("declare it") ? "; declare it \(ColumnType(column.type).rawValue)" : ""
            add("\(what) is declared \(declared), but \(found); \(declared) needs \(allowed)\(way)", at: path)
        }
    }

    /// Values are asked for as bigints.
    mutating func checkWidth(_ type: KeyType, of column: ColumnFacts, at path: String) {
        guard type == .integer, column.type.isWiderThanBigint else { return }
        add(
            "'\(column.name)' is \(column.type.displayName), but integers are asked for up to 64 bits: rows with larger"
                + " ones cannot be found; a view can show them as text", at: path, .warning)
    }
}
