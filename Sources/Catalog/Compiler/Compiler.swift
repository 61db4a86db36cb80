import SQLText

/// Turns a checked request into SQL. Pure.
///
///     select   t."code", r2."full_name", (t."seen_at" at time zone …)
///     from     "public"."orders" t
///     left join "public"."drivers" r1 on r1."id" = t."driver_id" and r1."tenant_id" = t."tenant_id"
///     left join "public"."users" r2   on r2."id" = r1."user_id"  and r2."tenant_id" = t."tenant_id"
///     where    t."tenant_id" = … and t."created_at" >= … and t."created_at" < … and t."status" in (…)
///     order by t."created_at" desc, t."id" desc
///
/// Names come from the report alone, always quoted; values enter as binds. A value is written so that `$1` and
/// `'text'` take on the same type: compared with a column it takes the column's, elsewhere it is cast. Columns are
/// never wrapped, and cast only where that changes no byte, so their indexes serve. `ColumnComparison` writes the
/// operators.
package enum Compiler {
    /// Finds the faults that can keep a request that was decoded with its report from compiling.
    /// - Throws: `tenantDoesNotFit`, `otherTenant`, `unordered`.
    static func check(
        _ request: ExportRequest, of report: Report, tenant: String, comparing comparisons: ColumnComparisons
    ) throws(CompileError) {
        try report.tenant.check(tenant)
        _ = try order(request, of: report, comparing: comparisons)
    }

    /// - Parameters:
    ///   - language: of the columns' labels.
    ///   - zone: where the days of the request's date range begin and end, when that is not its own `timezone`.
    ///   - comparisons: of `comparedColumns`, in the database that will run the statements.
    package static func compile(
        _ request: ExportRequest, of report: Report, tenant: String, language: String, daysIn zone: String? = nil,
        comparing comparisons: ColumnComparisons = .assumed
    ) throws(CompileError) -> CompiledExport {
        try report.tenant.check(tenant)
        var joins = Joins(report, comparisons, tenant: tenant)
        var columns: [OutputColumn] = []
        var cells: [CompiledExport.Cell] = []
        var lookups: [LabelLookup] = []
        // The summary joins only the tables that its own numbers need.
        var summaryJoins = joins
        var sums: [SQL] = ["count(*)"]
        for key in request.columns {
            guard let column = report.column(key) else { throw .undeclared(field: "columns", name: key) }
            let relationField = request.relationFields.first { $0.field == key }
            let option = try option(relationField, of: column)
            let output = option?.output ?? .id
            var shown = try cell(column, output, of: report, &joins)
            if request.values == .label, output == .id, let statuses = report.statuses(shownBy: column) {
                shown.sql = statuses.label(of: shown.sql, language: language)
            }
            if case .referenceValue(let path) = output {
                lookups.append(
                    try LabelLookup(
                        of: path, value(path), from: column, at: cells.count, of: report, tenant: tenant,
                        comparing: comparisons))
            }
            cells.append(CompiledExport.Cell(sql: shown.sql, joins: shown.joins))
            if shown.type.outputKind == .number {
                let number = try cell(column, output, of: report, &summaryJoins)
                sums += ["count(\(number.sql))", sum(number.sql, number.type)]
            }
            columns.append(
                OutputColumn(
                    key: key, label: request.headings[key] ?? column.label.label(language), type: column.type,
                    relationOutput: option?.output.name, kind: shown.type.outputKind))
        }
        let from: SQL = "from \(report.table.sql) t"
        let unfiltered = try Conditions.sql(
            request, of: report, tenant: tenant, daysIn: zone ?? request.timezone, comparing: comparisons)
        var condition = unfiltered
        var filter: FilterKeysTable?
        if request.filterFile != nil {
            guard let (name, type) = report.filterColumn else {
                throw .undeclared(field: "filterFile", name: "filterKey")
            }
            let table = FilterKeysTable(
                column: "t.\(identifier: name)", type: type, table: report.table.sql, condition: unfiltered,
                comparison: comparisons[report.table, name])
            condition += "\n  and \(table.condition)"
            filter = table
        }
        let order = try order(request, of: report, comparing: comparisons)
        return CompiledExport(
            columns: columns, count: "select count(*)\n\(from)\nwhere \(condition)",
            summary: """
                select \(sums.joined(separator: ", "))
                \(from)\(summaryJoins.clauses.joined(separator: ""))
                where \(condition)
                """,
            partition: Partition(
                column: "t.\(identifier: order[0].column)", isDescending: order[0].direction == .desc,
                table: report.table.sql, condition: condition,
                comparison: comparisons[report.table, order[0].column]),
            filter: filter, lookups: lookups, cells: cells, from: from, joins: joins.clauses, condition: condition,
            order: order.map(sql).joined(separator: ", "))
    }

    private static func option(
        _ relationField: ExportRequest.RelationField?, of column: Column
    ) throws(CompileError) -> RelationOption? {
        guard let relationField else { return nil }
        guard let option = column.option(for: relationField.output) else {
            throw .undeclared(field: "relationFields", name: column.key)
        }
        return option
    }

    private static func cell(
        _ column: Column, _ output: RelationOption.Output, of report: Report, _ joins: inout Joins
    ) throws(CompileError) -> (sql: SQL, type: ColumnType, joins: [Int]) {
        guard case .referenceValue(let path) = output else {
            return (value("t.\(identifier: column.column)", column.type, zone: column.zone), column.type, [])
        }
        let joined = try joins.table(for: path, from: column, of: report)
        return (value(path)(joined.alias), path.type, joined.joins)
    }

    /// A reference value, of the table with an alias.
    static func value(_ path: ReferencePath) -> (_ alias: SQL) -> SQL {
        { alias in
            let columns = path.columns.map { "\(alias).\(identifier: $0)" as SQL }
            if columns.count == 1 { return value(columns[0], path.type, zone: path.zone) }
            return "nullif(concat_ws(' ', \(columns.joined(separator: ", "))), '')"
        }
    }

    /// A local date-time leaves the server as the instant it means.
    private static func value(_ column: SQL, _ type: ColumnType, zone: String) -> SQL {
        type == .localDatetime ? "(\(column) at time zone \(bind: zone)::text)" : column
    }

    /// Through text, because a sum of doubles depends on their order and is not that of the digits in the file.
    private static func sum(_ number: SQL, _ type: ColumnType) -> SQL {
        type == .integer ? "sum(\(number))" : "sum(\(number)::text::numeric)"
    }

    /// The request's order, else the report's, and then the unique key, in the direction of the term before it: so an
    /// index over both serves in either direction.
    private static func order(
        _ request: ExportRequest, of report: Report, comparing comparisons: ColumnComparisons
    ) throws(CompileError) -> [(column: String, direction: SortTerm.Direction)] {
        var columns: [(column: String, direction: SortTerm.Direction)] = []
        for (index, term) in (request.sort.isEmpty ? report.sort : request.sort).enumerated() {
            guard let name = report.sortColumn(term.field) else { throw .undeclared(field: "sort", name: term.field) }
            let comparison = comparisons[report.table, name]
            guard comparison.order != .none else {
                throw .unordered(term: index, name: term.field, type: comparison.type.name)
            }
            if !columns.contains(where: { $0.column == name }) { columns.append((name, term.direction)) }
        }
        let direction = columns.last?.direction ?? .asc
        for key in report.uniqueKey.columns where !columns.contains(where: { $0.column == key }) {
            columns.append((key, direction))
        }
        return columns
    }

    private static func sql(_ column: String, _ direction: SortTerm.Direction) -> SQL {
        direction == .desc ? "t.\(identifier: column) desc" : "t.\(identifier: column)"
    }
}

extension TableName {
    var sql: SQL {
        schema.map { "\(identifier: $0).\(identifier: name)" } ?? "\(identifier: name)"
    }

    /// The same as text, which `::regclass` reads.
    var quoted: String {
        ([schema].compactMap { $0 } + [name]).map { SQL.quoted(identifier: $0) }.joined(separator: ".")
    }
}

extension Compiler {
    /// How new a tenant's rows are: one row with the greatest value of the report's watermark column; nil when the
    /// report has no such column.
    package static func watermark(
        of report: Report, tenant: String, comparing comparisons: ColumnComparisons
    ) throws(CompileError) -> SQL? {
        guard let column = report.watermark else { return nil }
        try report.tenant.check(tenant)
        return """
            select max(t.\(identifier: column))::text
            from \(report.table.sql) t
            where \(report.isTenant(tenant, comparing: comparisons))
            """
    }
}
