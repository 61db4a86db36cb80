import Catalog
import Formats
import JSON

/// The body of POST /api/v1/exports: the fields of a request under the Recent API's names.
///
///     report_type                delivery_orders_csv          module, catalog, format
///     search_params.module       where two modules have such a catalog
///     search_params.date_from, .date_to                       dateRange
///     search_params.statuses     a list, or one               statuses
///     search_params.timezone, .filter_file                    timezone, filterFile
///     search_params.<scope>      a list, or one value         scope
///     index_params.columns, .relation_fields, .locale, .include_annexes, .values, .headings, and the
///                                options of formats
///     index_params.sort          "-created_at", or a list     sort
enum RecentBody {
    /// A reader of the body that finds the request's fields where this surface has them.
    /// - Throws: 400 with the errors of the body's form; 404 for a report type that is not there.
    static func read(_ body: JSON, in catalogs: CatalogSet) throws(APIError) -> FieldReader {
        var reader = FieldReader(body)
        guard reader.faults.isEmpty else { throw .invalid(reader.faults) }
        let type = reader.take("report_type")?.string
        var search = reader.reader("search_params") ?? FieldReader(JSON.Object(), path: "search_params")
        var index = reader.reader("index_params") ?? FieldReader(JSON.Object(), path: "index_params")
        var form = reader
        form.refuseUnknown()
        var faults = form.faults
        guard let (report, format) = try report(type, module: search.take("module"), in: catalogs, &faults) else {
            throw .invalid(faults)
        }
        let scopes = report.scopes.filter { search.take(underscored($0.type)) != nil }
        let names = names(of: report, format, scope: scopes.first)
        for name in names.names(below: "search_params") { _ = search.take(name) }
        for name in names.names(below: "index_params") { _ = index.take(name) }
        for second in scopes.dropFirst() {
            search.fault(underscored(second.type), "only one scope can be searched at a time")
        }
        let terms = index.take("sort")
        if let terms, !(terms.array ?? [terms]).allSatisfy({ $0.string.map { !$0.isEmpty } ?? false }) {
            index.fault("sort", "a sort term is a column, with - before it for descending")
        }
        search.refuseUnknown()
        index.refuseUnknown()
        faults += search.faults + index.faults
        guard faults.isEmpty else { throw .invalid(faults) }
        return reader.named(names)
    }

    private static func names(of report: Report, _ format: ExportFormat, scope: Scope?) -> FieldNames {
        typealias Place = FieldNames.Place
        let type = "report_type"
        var places = [
            Place("module", type, value: .string(report.module)), Place("catalog", type, value: .string(report.key)),
            Place("format", type, value: .string(format.rawValue)), Place("dateRange", "search_params.date_from"),
            Place("dateRange.from", "search_params.date_from"), Place("dateRange.to", "search_params.date_to"),
            Place("statuses", "search_params.statuses", takesOne: true), Place("timezone", "search_params.timezone"),
            Place("filterFile", "search_params.filter_file"), Place("columns", "index_params.columns"),
            Place("relationFields", "index_params.relation_fields"),
            Place("relationFields.*.referenceField", "index_params.relation_fields.*.reference_field"),
            Place("sort", "index_params.sort", takesOne: true), Place("locale", "index_params.locale"),
            Place("includeAnnexes", "index_params.include_annexes"), Place("values", "index_params.values"),
            Place("headings", "index_params.headings"),
        ]
        places += ExportFormat.options.map { Place($0.name, "index_params.\($0.name)") }
        if let scope {
            let name = "search_params.\(underscored(scope.type))"
            places += [
                Place("scope", name), Place("scope.type", name, value: .string(scope.type)),
                Place("scope.values", name, takesOne: true),
            ]
        }
        return FieldNames(places, signsSortTerms: true)
    }

    private static func report(
        _ type: String?, module: JSON?, in catalogs: CatalogSet, _ faults: inout [RequestFault]
    ) throws(APIError) -> (Report, ExportFormat)? {
        guard let type else {
            faults.append(RequestFault(field: "report_type", message: "report_type is required"))
            return nil
        }
        var candidates = ReportType.candidates(type, in: catalogs)
        if let module { candidates = candidates.filter { .string($0.report.module) == module } }
        guard let first = candidates.first else {
            throw APIError(404, "report_type_not_found", "There is no such report type")
        }
        guard candidates.count == 1 else {
            let modules = candidates.map(\.report.module).joined(separator: ", ")
            faults.append(RequestFault(field: "search_params.module", message: "module must be one of \(modules)"))
            return nil
        }
        return first
    }

    private static func underscored(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
