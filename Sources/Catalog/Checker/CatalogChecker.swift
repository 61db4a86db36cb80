/// Compares what a catalog declares with what the database has. Pure; `DatabaseInspector` asks the database.
package struct CatalogChecker {
    private let report: Report
    private let facts: DatabaseFacts
    private var faults: [CatalogFault] = []

    /// Every fault of a report, in the order of its file. With errors among them its exports would fail or, worse, be
    /// wrong; warnings name facts that the database does not enforce.
    package static func faults(in report: Report, given facts: DatabaseFacts) -> [CatalogFault] {
        var checker = CatalogChecker(report: report, facts: facts)
        checker.check()
        return checker.faults.sorted { $0.position < $1.position }
    }

    private init(report: Report, facts: DatabaseFacts) {
        self.report = report
        self.facts = facts
    }

    private mutating func check() {
        checkZones()
        // Relations are checked whether or not the report's own table is there.
        for relation in report.relations { checkRelation(relation) }
        guard let table = table(report.table, at: "table", else: "exports are empty") else { return }
        checkColumnCount()
        checkKeys(of: table)
        checkFilters(of: table)
        checkWatermark(of: table)
        checkSort(of: table)
        for column in report.columns { checkColumn(column, of: table) }
    }

    // MARK: The report's table

    private mutating func checkKeys(of table: TableFacts) {
        let own = report.table
        if let tenant = column(report.tenant.column, of: table, own, at: "tenant.column") {
            compare(
                .of(report.tenant.type, on: tenant.type), "the tenant", report.tenant.type.rawValue, tenant,
                "tenant.column")
            checkUsable(tenant, of: own, at: "tenant.column")
        }
        guard let key = column(report.uniqueKey.column, of: table, own, at: "uniqueKey.column") else { return }
        let path = "uniqueKey.column"
        compare(.of(report.uniqueKey.type, on: key.type), "the unique key", report.uniqueKey.type.rawValue, key, path)
        if table.kind == .table, !key.isNotNull {
            add("'\(key.name)' of \(own) may be NULL; a unique key must be NOT NULL", at: path)
        }
        checkUsable(key, of: own, at: path)
        checkUnique(key.name, within: report.tenant.column, of: table, own, at: path, else: "rows may change places")
    }

    private mutating func checkFilters(of table: TableFacts) {
        if let field = report.dateField,
            let found = column(field.column, of: table, report.table, at: "dateField.column")
        {
            compare(.of(field.kind, on: found.type), "the date field", field.kind.name, found, "dateField.column")
        }
        if let statuses = report.statuses,
            let found = column(statuses.column, of: table, report.table, at: "statuses.column")
        {
            checkStatuses(statuses, on: found)
            checkUsable(found, of: report.table, at: "statuses.column")
        }
        if let (name, type) = report.filterColumn, let found = table.column(name) {
            compare(.of(type, on: found.type), "the filter key", type.rawValue, found, "filterKey")
            checkWidth(type, of: found, at: "filterKey")
            checkUsable(found, of: report.table, at: "filterKey")
        }
        for scope in report.scopes {
            let path = "scopes.\(scope.type).column"
            guard let found = column(scope.column, of: table, report.table, at: path) else { continue }
            compare(
                .of(scope.valueType, on: found.type), "the scope '\(scope.type)'", scope.valueType.rawValue, found, path
            )
            checkWidth(scope.valueType, of: found, at: path)
            checkUsable(found, of: report.table, at: path)
        }
    }

    /// A column of any type may be declared `string`, but not every type has an order.
    private mutating func checkSort(of table: TableFacts) {
        for (index, term) in report.sort.enumerated() {
            guard let found = report.sortColumn(term.field).flatMap({ table.column($0) }),
                found.comparison.order == .none
            else { continue }
            add(
                "sort: '\(found.name)' of \(report.table) is \(found.type.displayName), which has no order",
                at: "sort.\(index).column")
        }
    }

    private mutating func checkWatermark(of table: TableFacts) {
        guard let name = report.watermark, let found = column(name, of: table, report.table, at: "watermark"),
            !found.type.hasGreatest
        else { return }
        add(
            "'\(name)' of \(report.table) is \(found.type.displayName); a watermark needs a timestamp, a date or a number",
            at: "watermark")
    }

    private mutating func checkStatuses(_ statuses: Statuses, on column: ColumnFacts) {
        for (index, status) in statuses.values.enumerated() where facts.foreignStatuses.contains(status.value) {
            add(
                "the status '\(status.value)' has a character that a database in \(facts.encoding) cannot hold:"
                    + " no row has it",
                at: place(of: status, index), .warning)
        }
        if let labels = column.type.enumLabels {
            for (index, status) in statuses.values.enumerated() where !labels.contains(status.value) {
                let hint = Spelling.hint(for: status.value, among: labels, listedAs: "it has")
                add(
                    "'\(status.value)' is no value of the enum \(column.type.displayName)\(hint)",
                    at: place(of: status, index))
            }
            let listed = Set(statuses.values.map(\.value))
            let missing = labels.filter { !listed.contains($0) }
            // Beside a value that is no label, these are probably the labels that were meant.
            if !missing.isEmpty, listed.isSubset(of: labels) {
                add(
                    "the enum \(column.type.displayName) has values that no request can choose, since they are not listed: "
                        + missing.map { "'\($0)'" }.joined(separator: ", "), at: "statuses.values", .warning)
            }
        } else if column.type.isInteger {
            for status in statuses.values where !KeyType.integer.accepts(status.value) {
                add("the status '\(status.value)' is no integer, but '\(column.name)' is", at: "statuses.column")
            }
        } else if !column.type.isText {
            add(
                "'\(column.name)' of \(report.table) is \(column.type.displayName);"
                    + " statuses need an enum, a text or an integer type",
                at: "statuses.column")
        }
    }

    private func place(of status: Statuses.Status, _ index: Int) -> String {
        let path = "statuses.values.\(status.value.contains(".") ? String(index) : status.value)"
        return report.source.positions[path] == nil ? "statuses.values.\(index)" : path
    }

    private mutating func checkColumn(_ declared: Column, of table: TableFacts) {
        let path = "columns.\(declared.key)"
        let place = report.source.positions["\(path).column"] == nil ? "\(path).key" : "\(path).column"
        guard let found = column(declared.column, of: table, report.table, at: place) else { return }
        compare(
            .of(declared.type, on: found.type), "the column '\(declared.key)'", declared.type.rawValue, found,
            "\(path).type")
        for (index, option) in declared.relationOptions.enumerated() {
            guard case .referenceValue(let way) = option.output else { continue }
            checkReference(way, from: found, at: "\(path).relationOptions.\(index)")
        }
    }

    /// The default columns must fit into one statement; a request that names its columns can name a thousand.
    private mutating func checkColumnCount() {
        let defaults = report.columns.filter(\.isDefault)
        // The terms of the order count too when they are not shown.
        let order = Set(report.sort.compactMap { report.sortColumn($0.field) } + [report.uniqueKey.column])
        let hidden = order.subtracting(defaults.filter { $0.type != .localDatetime }.map(\.column)).count
        guard defaults.count + hidden > Self.statementColumns else { return }
        let more = hidden > 0 ? " and \(hidden) to order by" : ""
        add(
            "a request that names no columns gets \(defaults.count)\(more), but a statement of PostgreSQL has at most"
                + " \(Self.statementColumns); make fewer of them defaults", at: "columns")
    }

    /// PostgreSQL's MaxTupleAttributeNumber.
    private static let statementColumns = 1_664

    // MARK: Relations

    private mutating func checkReference(_ way: ReferencePath, from column: ColumnFacts, at path: String) {
        guard let relation = report.relation(way.relation), let outer = facts.tables[relation.table] else { return }
        if let key = outer.column(relation.key) {
            checkPointer(column, of: report.table, to: key, of: relation.table, at: "\(path).table")
        }
        let nested = way.nested.flatMap { relation.nested($0) }
        if way.nested != nil, nested == nil { return }
        let target = nested?.table ?? relation.table
        guard let table = facts.tables[target],
            let found = self.column(way.column, of: table, target, at: "\(path).referenceField")
        else { return }
        compare(
            .of(way.type, on: found.type), "the reference value", way.type.rawValue, found, "\(path).referenceField")
    }

    private mutating func checkRelation(_ relation: RelationTarget) {
        let path = "relations.\(relation.name)"
        guard let table = table(relation.table, at: "\(path).table", else: "its labels stay empty") else { return }
        checkTarget(table, relation.table, key: relation.key, tenant: relation.tenantColumn, at: path)
        for nested in relation.nested {
            let nestedPath = "\(path).nested.\(nested.name)"
            let pointer = column(nested.column, of: table, relation.table, at: "\(nestedPath).column")
            guard let inner = self.table(nested.table, at: "\(nestedPath).table", else: "its labels stay empty")
            else { continue }
            checkTarget(inner, nested.table, key: nested.key, tenant: nested.tenantColumn, at: nestedPath)
            if let pointer, let key = inner.column(nested.key) {
                checkPointer(pointer, of: relation.table, to: key, of: nested.table, at: "\(nestedPath).column")
            }
        }
    }

    private mutating func checkTarget(
        _ table: TableFacts, _ name: TableName, key: String, tenant: String?, at path: String
    ) {
        if let tenant, let found = column(tenant, of: table, name, at: "\(path).tenantColumn"),
            let own = facts.tables[report.table]?.column(report.tenant.column)
        {
            checkComparable(found, of: name, with: own, of: report.table, at: "\(path).tenantColumn")
            checkUsable(found, of: name, at: "\(path).tenantColumn")
        }
        guard let found = column(key, of: table, name, at: "\(path).key") else { return }
        checkUsable(found, of: name, at: "\(path).key")
        checkUnique(key, within: tenant, of: table, name, at: "\(path).key", else: "rows may be repeated")
    }

    // MARK: Tables and columns

    /// - Parameter consequence: of rows that this role cannot see.
    private mutating func table(_ name: TableName, at path: String, else consequence: String) -> TableFacts? {
        guard let table = facts.tables[name] else {
            let nearest = Spelling.nearest(to: name, among: facts.tableNames)
            add("there is no table or view \(name)\(nearest.map { "; did you mean '\($0)'?" } ?? "")", at: path)
            return nil
        }
        guard table.isSchemaUsable else {
            add("the database role may not use the schema of \(name); grant usage on it", at: path)
            return nil
        }
        for obstacle in table.obstacles {
            switch obstacle.reason {
            case .noPolicy(let role):
                add(
                    "row-level security hides every row of \(obstacle.table) from the role '\(role)', for which it has no"
                        + " policy: \(consequence)", at: path, .warning)
            case .notFilled:
                add(
                    "the materialized view \(obstacle.table) has not been filled yet: exports fail until it is refreshed",
                    at: path, .warning)
            }
        }
        return table
    }

    private mutating func column(
        _ name: String, of table: TableFacts, _ tableName: TableName, at path: String
    ) -> ColumnFacts? {
        guard let column = table.column(name) else {
            let hint = Spelling.hint(for: name, among: table.columns.map(\.name), listedAs: "it has")
            add("\(tableName) has no column '\(name)'\(hint)", at: path)
            return nil
        }
        if !column.isReadable {
            add("the database role may not select '\(name)' of \(tableName); grant select", at: path)
        }
        return column
    }

    private mutating func checkUnique(
        _ column: String, within tenant: String?, of table: TableFacts, _ name: TableName, at path: String,
        else consequence: String
    ) {
        guard table.children.isEmpty else {
            add(
                "\(name) has the rows of \(table.children.joined(separator: ", ")) by inheritance, and no key of \(name) keeps"
                    + " their '\(column)' apart from its own: \(consequence); describe a view, of 'only \(name)' or of all where"
                    + " none is repeated",
                at: path)
            return
        }
        let allowed = Set([column, tenant].compactMap { $0 })
        if table.uniqueKeys.contains(where: { $0.contains(column) && $0.isSubset(of: allowed) }) { return }
        let together = tenant.map { ", or one with '\($0)'" } ?? ""
        if table.kind == .view {
            add(
                "\(name) is a view, so that '\(column)' is unique in it cannot be checked;"
                    + " where it is not, \(consequence)",
                at: path, .warning)
        } else {
            add("'\(column)' of \(name) is not unique: it needs a primary key or a unique index\(together)", at: path)
        }
    }

    /// The two sides of a join: each value of the pointer must mean one key.
    private mutating func checkPointer(
        _ pointer: ColumnFacts, of pointerTable: TableName, to key: ColumnFacts, of keyTable: TableName, at path: String
    ) {
        checkComparable(pointer, of: pointerTable, with: key, of: keyTable, at: path)
        checkUsable(pointer, of: pointerTable, at: path)
        guard pointer.type.isRounded, key.type.isFinerThanRounded else { return }
        add(
            "'\(pointer.name)' of \(pointerTable) is \(pointer.type.displayName) and may mean several '\(key.name)' of"
                + " \(keyTable), which is \(key.type.displayName); rows may be repeated",
            at: path)
    }

    /// Conditions name the operators of a type by their schema, which takes USAGE on it.
    private mutating func checkUsable(_ column: ColumnFacts, of table: TableName, at path: String) {
        guard !column.comparison.isUsable else { return }
        add(
            "the database role may not use the schema of the type of '\(column.name)' of \(table)"
                + " (\(column.comparison.typeName)); grant usage on it",
            at: path)
    }

    /// A join of the two columns must not need a cast.
    private mutating func checkComparable(
        _ left: ColumnFacts, of leftTable: TableName, with right: ColumnFacts, of rightTable: TableName, at path: String
    ) {
        if left.type.isComparable(with: right.type) { return }
        let leftName = "'\(left.name)' of \(leftTable) is \(left.type.displayName)"
        let rightName = "'\(right.name)' of \(rightTable), which is \(right.type.displayName)"
        add("\(leftName) and cannot be compared with \(rightName)", at: path)
    }

    private mutating func compare(
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
    private mutating func checkWidth(_ type: KeyType, of column: ColumnFacts, at path: String) {
        guard type == .integer, column.type.isWiderThanBigint else { return }
        add(
            "'\(column.name)' is \(column.type.displayName), but integers are asked for up to 64 bits: rows with larger"
                + " ones cannot be found; a view can show them as text", at: path, .warning)
    }

    private mutating func checkZones() {
        for (path, zone) in report.zones where !facts.timeZones.contains(zone) {
            add("the database server knows no time zone '\(zone)'", at: path)
        }
    }

    private mutating func add(_ message: String, at path: String, _ severity: CatalogFault.Severity = .error) {
        faults.append(
            CatalogFault(
                severity: severity, file: report.source.file, position: report.source.position(of: path),
                message: message))
    }
}
