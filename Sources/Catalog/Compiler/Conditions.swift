import SQLText
import Time

/// Which rows of the report's table a request means.
enum Conditions {
    /// - Parameter zone: where the days of the date range begin and end.
    static func sql(
        _ request: ExportRequest, of report: Report, tenant: String, daysIn zone: String,
        comparing comparisons: ColumnComparisons
    ) throws(CompileError) -> SQL {
        var conditions = [report.isTenant(tenant, comparing: comparisons)]
        func isAny(_ column: String, of values: [SQL]) -> SQL {
            comparisons[report.table, column].isAny("t.\(identifier: column)", of: values)
        }
        if let range = request.dateRange {
            guard let dateField = report.dateField else { throw .undeclared(field: "dateRange", name: "dateField") }
            conditions += dates(
                range, in: dateField, timezone: zone, comparing: comparisons[report.table, dateField.column])
        }
        if !request.statuses.isEmpty {
            guard let statuses = report.statuses else {
                throw .undeclared(field: "statuses", name: request.statuses[0])
            }
            for value in request.statuses where !statuses.values.contains(where: { $0.value == value }) {
                throw .undeclared(field: "statuses", name: value)
            }
            conditions.append(isAny(statuses.column, of: request.statuses.map { "\(bind: $0)" }))
        }
        if let selection = request.scope {
            guard let scope = report.scope(selection.type) else {
                throw .undeclared(field: "scope", name: selection.type)
            }
            conditions.append(isAny(scope.column, of: selection.values.map { scope.valueType.sql($0) }))
        }
        return conditions.joined(separator: "\n  and ")
    }

    /// Half-open: from the first day's beginning to the beginning of the day after the last.
    private static func dates(
        _ range: DateRange, in dateField: DateField, timezone: String, comparing comparison: ColumnComparison
    ) -> [SQL] {
        func between(_ first: SQL, _ next: SQL) -> [SQL] {
            let column: SQL = "t.\(identifier: dateField.column)"
            return [
                comparison.compare(column, .greaterOrEqual, first), comparison.compare(column, .less, next),
            ]
        }
        let first: SQL = "\(bind: range.from.description)::date"
        let next: SQL = "(\(bind: range.to.description)::date + 1)"
        switch dateField.kind {
        case .date:
            return between(first, next)
        case .localDatetime(let zone) where zone == timezone:
            return between("\(first)::timestamp", "\(next)::timestamp")
        case .localDatetime(let zone):
            return between(
                "\(beginning(of: first, in: timezone)) at time zone \(bind: zone)::text",
                "\(beginning(of: next, in: timezone)) at time zone \(bind: zone)::text")
        case .datetime:
            return between(beginning(of: first, in: timezone), beginning(of: next, in: timezone))
        }
    }

    /// The instant at which a day begins in a zone.
    ///
    /// Where a clock is put back over midnight (Havana, the Azores) the day begins at the first of two midnights, but
    /// PostgreSQL takes an ambiguous local time for the second; so the microsecond before is asked for as well. Where
    /// a day was left out (Apia, 2011-12-30) that one does not exist, and midnight itself is right. The earlier of
    /// both is right on every day.
    private static func beginning(of day: SQL, in timezone: String) -> SQL {
        let midnight: SQL = "\(day)::timestamp"
        let zone: SQL = "\(bind: timezone)::text"
        let tick: SQL = "interval '1 microsecond'"
        return "least(\(midnight) at time zone \(zone), (\(midnight) - \(tick)) at time zone \(zone) + \(tick))"
    }
}

extension Report {
    /// Which rows of its table, as `t`, a caller of a tenant gets.
    func isTenant(_ value: String, comparing comparisons: ColumnComparisons) -> SQL {
        ([isTenants(value, comparing: comparisons)] + callersRows(comparing: comparisons)).joined(
            separator: "\n  and ")
    }

    /// What the rules of `rows` leave to the caller. A report that was not looked at with a caller's eyes has no rows.
    private func callersRows(comparing comparisons: ColumnComparisons) -> [SQL] {
        guard !rowRules.isEmpty else { return [] }
        guard let rows else { return ["false"] }
        return rows.map { row in
            comparisons[table, row.column.column].isAny(
                "t.\(identifier: row.column.column)", of: row.values.map { row.column.type.sql($0) })
        }
    }

    private func isTenants(_ value: String, comparing comparisons: ColumnComparisons) -> SQL {
        switch tenant {
        case .column(let column):
            return comparisons[table, column.column].isTenant("t.\(identifier: column.column)", value, column.type)
        case .constant(let constant):
            return "\(bind: value)::text = \(bind: constant)::text"
        case .related(let related):
            let key = comparisons[related.table, related.key]
            let tenant = related.tenant
            let isKey = key.isKey(
                "o.\(identifier: related.key)", of: "t.\(identifier: related.pointer)",
                comparisons[table, related.pointer])
            let isTenant = comparisons[related.table, tenant.column].isTenant(
                "o.\(identifier: tenant.column)", value, tenant.type)
            return "exists (select from \(related.table.sql) o where \(isKey) and \(isTenant))"
        }
    }
}

extension Tenancy {
    /// Whether a tenant may have rows of such a report at all.
    package func allows(_ tenant: String) -> Bool { (try? check(tenant)) != nil }

    /// - Throws: `tenantDoesNotFit`, `otherTenant`.
    func check(_ tenant: String) throws(CompileError) {
        guard type.accepts(tenant) else { throw .tenantDoesNotFit(type) }
        if case .constant(let constant) = self, constant != tenant { throw .otherTenant }
    }

    /// The columns that it compares.
    fileprivate func comparedColumns(of table: TableName) -> [ColumnPlace] {
        switch self {
        case .column(let column): [ColumnPlace(table, column.column)]
        case .constant: []
        case .related(let related):
            [
                ColumnPlace(table, related.pointer), ColumnPlace(related.table, related.key),
                ColumnPlace(related.table, related.tenant.column),
            ]
        }
    }
}

extension Report {
    /// The columns by which the rows of a caller of a tenant are told from others.
    package var columnsOfCallers: [ColumnPlace] {
        tenant.comparedColumns(of: table) + rowRules.map { ColumnPlace(table, $0.column.column) }
    }
}

extension KeyType {
    /// A value to compare a column with. An integer is a bigint for columns of any width, so that one too large
    /// for the column finds nothing instead of being an error; the others take on the column's type.
    func sql(_ value: String) -> SQL {
        self == .integer ? "\(bind: value)::bigint" : "\(bind: value)"
    }
}
