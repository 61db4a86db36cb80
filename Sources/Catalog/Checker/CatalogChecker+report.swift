/// The report's own table: its filters, its order and its columns.
extension CatalogChecker {
    mutating func checkFilters(of table: TableFacts) {
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
        for (index, rule) in report.rowRules.enumerated() {
            let path = "rows.\(index).column"
            guard let found = column(rule.column.column, of: table, report.table, at: path) else { continue }
            compare(
                .of(rule.column.type, on: found.type), "the claim '\(rule.claim)'", rule.column.type.rawValue, found,
                path)
            checkWidth(rule.column.type, of: found, at: path)
            checkUsable(found, of: report.table, at: path)
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
    mutating func checkSort(of table: TableFacts) {
        for (index, term) in report.sort.enumerated() {
            guard let found = report.sortColumn(term.field).flatMap({ table.column($0) }),
                found.comparison.order == .none
            else { continue }
            add(
                "sort: '\(found.name)' of \(report.table) is \(found.type.displayName), which has no order",
                at: "sort.\(index).column")
        }
    }

    mutating func checkWatermark(of table: TableFacts) {
        guard let name = report.watermark, let found = column(name, of: table, report.table, at: "watermark"),
            !found.type.hasGreatest
        else { return }
        add(
            "'\(name)' of \(report.table) is \(found.type.displayName); a watermark needs a timestamp, a date or a number",
            at: "watermark")
    }

    mutating func checkColumn(_ declared: Column, of table: TableFacts) {
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
    mutating func checkColumnCount() {
        let defaults = report.columns.filter(\.isDefault)
        // The terms of the order count too when they are not shown.
        let order = Set(report.sort.compactMap { report.sortColumn($0.field) } + report.uniqueKey.columns)
        let hidden = order.subtracting(defaults.filter { $0.type != .localDatetime }.map(\.column)).count
        guard defaults.count + hidden > Self.statementColumns else { return }
        let more = hidden > 0 ? " and \(hidden) to order by" : ""
        add(
            "a request that names no columns gets \(defaults.count)\(more), but a statement of PostgreSQL has at most"
                + " \(Self.statementColumns); make fewer of them defaults", at: "columns")
    }

    /// PostgreSQL's MaxTupleAttributeNumber.
    static let statementColumns = 1_664

    mutating func checkZones() {
        for (path, zone) in report.zones where !facts.timeZones.contains(zone) {
            add("the database server knows no time zone '\(zone)'", at: path)
        }
    }
}
