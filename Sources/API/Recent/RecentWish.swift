import Catalog
import Formats
import JSON

/// The body of POST /api/v1/exports as the body of the Exports API's create, which the engine then checks.
///
///     report_type                delivery_orders_csv          module, catalog, format
///     search_params.module       where two modules have such a catalog
///     search_params.date_from, .date_to                       dateRange
///     search_params.statuses     a list, or one               statuses
///     search_params.timezone, .filter_file                    timezone, filterFile
///     search_params.<scope>      a list, or one value         scope
///     index_params.columns, .relation_fields, .locale, .compression, .csv, .include_annexes
///     index_params.sort          "-created_at", or a list     sort
///
/// Faults come back under the names that the client used.
struct RecentWish {
    let body: JSON
    /// Where the client said what the engine calls otherwise: engine's field, client's field.
    private let names: [(engine: String, client: String)]

    init(_ body: JSON, in catalogs: CatalogSet) throws(APIError) {
        guard let object = body.object else { throw .invalid("body", "the body must be a JSON object") }
        var faults = Self.unknown(object, besides: ["report_type", "search_params", "index_params"], in: "")
        let search = Self.member("search_params", of: object, &faults)
        let index = Self.member("index_params", of: object, &faults)
        guard let (report, format) = try Self.report(object, search, in: catalogs, &faults) else {
            throw .invalid(faults)
        }
        var wish = JSONObject([
            ("module", .string(report.module)), ("catalog", .string(report.key)), ("format", .string(format.rawValue)),
        ])
        let scopes = report.scopes.map { (name: Self.underscored($0.type), type: $0.type) }
        faults += Self.unknown(search, besides: Self.searchNames + scopes.map(\.name), in: "search_params.")
        faults += Self.unknown(index, besides: Self.indexNames, in: "index_params.")
        Self.take(search, scopes, into: &wish, &faults)
        Self.take(index, into: &wish, &faults)
        guard faults.isEmpty else { throw .invalid(faults) }
        self.body = .object(wish)
        names = Self.renamed + scopes.filter { search[$0.name] != nil }.map { ("scope", "search_params.\($0.name)") }
    }

    /// An engine's fault in the client's words.
    func renamed(_ fault: RequestFault) -> RequestFault {
        for (engine, client) in names where fault.field == engine || fault.field.hasPrefix(engine + ".") {
            let rest = fault.field.dropFirst(engine.count)
            let message =
                fault.message.hasPrefix(fault.field) ? String(fault.message.dropFirst(fault.field.count)) : nil
            return RequestFault(
                field: client + rest, message: message.map { "\(client)\(rest)\($0)" } ?? fault.message)
        }
        return fault
    }

    private static let searchNames = ["module", "date_from", "date_to", "statuses", "timezone", "filter_file"]
    private static let indexNames =
        [
            "columns", "relation_fields", "sort", "locale", "include_annexes",
        ] + ExportFormat.options.map(\.name)
    private static let renamed: [(String, String)] =
        [
            ("dateRange.from", "search_params.date_from"), ("dateRange.to", "search_params.date_to"),
            ("dateRange", "search_params.date_from"), ("statuses", "search_params.statuses"),
            ("timezone", "search_params.timezone"), ("filterFile", "search_params.filter_file"),
            ("columns", "index_params.columns"), ("relationFields", "index_params.relation_fields"),
            ("sort", "index_params.sort"), ("locale", "index_params.locale"),
            ("includeAnnexes", "index_params.include_annexes"),
        ] + ExportFormat.options.map { ($0.name, "index_params.\($0.name)") }

    private static func report(
        _ object: JSONObject, _ search: JSONObject, in catalogs: CatalogSet, _ faults: inout [RequestFault]
    ) throws(APIError) -> (Report, ExportFormat)? {
        guard let type = object["report_type"]?.string else {
            faults.append(RequestFault(field: "report_type", message: "report_type is required"))
            return nil
        }
        var candidates = ReportType.candidates(type, in: catalogs)
        if let module = search["module"], !module.isNull {
            candidates = candidates.filter { .string($0.report.module) == module }
        }
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

    private static func take(
        _ search: JSONObject, _ scopes: [(name: String, type: String)], into wish: inout JSONObject,
        _ faults: inout [RequestFault]
    ) {
        if search["date_from"] != nil || search["date_to"] != nil {
            wish["dateRange"] = ["from": search["date_from"] ?? nil, "to": search["date_to"] ?? nil]
        }
        wish["statuses"] = search["statuses"].map(listed)
        wish["timezone"] = search["timezone"]
        wish["filterFile"] = search["filter_file"]
        let chosen = scopes.filter { search[$0.name] != nil }
        for second in chosen.dropFirst() {
            faults.append(
                RequestFault(field: "search_params.\(second.name)", message: "only one scope can be searched at a time")
            )
        }
        if let scope = chosen.first, let values = search[scope.name] {
            wish["scope"] = ["type": .string(scope.type), "values": listed(values)]
        }
    }

    private static func take(_ index: JSONObject, into wish: inout JSONObject, _ faults: inout [RequestFault]) {
        wish["columns"] = index["columns"]
        wish["locale"] = index["locale"]
        for option in ExportFormat.options { wish[option.name] = index[option.name] }
        wish["includeAnnexes"] = index["include_annexes"]
        // The engine spells this member otherwise.
        wish["relationFields"] = index["relation_fields"].map { fields in
            guard let items = fields.array else { return fields }
            return .array(items.map(relationField))
        }
        guard let sort = index["sort"] else { return }
        var terms: [JSON] = []
        for item in listed(sort).array ?? [] {
            guard let text = item.string, !text.isEmpty else {
                faults.append(
                    RequestFault(
                        field: "index_params.sort", message: "a sort term is a column, with - before it for descending")
                )
                return
            }
            let isDescending = text.hasPrefix("-")
            terms.append([
                "field": .string(isDescending ? String(text.dropFirst()) : text),
                "direction": isDescending ? "desc" : "asc",
            ])
        }
        wish["sort"] = .array(terms)
    }

    private static func relationField(_ item: JSON) -> JSON {
        guard let object = item.object else { return item }
        return .object(
            JSONObject(object.members.map { ($0.key == "reference_field" ? "referenceField" : $0.key, $0.value) }))
    }

    private static func listed(_ value: JSON) -> JSON {
        if case .array = value { return value }
        return .array([value])
    }

    private static func member(_ name: String, of object: JSONObject, _ faults: inout [RequestFault]) -> JSONObject {
        guard let value = object[name], !value.isNull else { return JSONObject() }
        guard let member = value.object else {
            faults.append(RequestFault(field: name, message: "\(name) must be an object"))
            return JSONObject()
        }
        return member
    }

    private static func unknown(_ object: JSONObject, besides known: [String], in path: String) -> [RequestFault] {
        object.keys.filter { !known.contains($0) }.map {
            RequestFault(field: path + RequestFault.shown($0), message: "unknown field")
        }
    }

    private static func underscored(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
