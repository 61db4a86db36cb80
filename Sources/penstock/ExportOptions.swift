import ArgumentParser
import Catalog
import Formats
import JSON
import Posix

/// The options of `penstock export` that make up its request.
struct ExportOptions: ParsableArguments {
    @Option(help: "The catalog, as module/key or as a key that is unique.") var catalog: String
    @Option(help: "\(ExportFormat.allCases.map(\.rawValue).joined(separator: " or ")).") var format = "csv"
    @Option(help: "First day, e.g. 2026-05-01; alone, the only day.") var from: String?
    @Option(help: "Last day, included; alone, the only day.") var to: String?
    @Option(name: .customLong("status"), help: "Only this status. May be repeated.") var statuses: [String] = []
    @Option(help: "Only rows of one of the catalog's scopes, e.g. zone=UUID,UUID.") var scope: String?
    @Option(
        name: .customLong("column"),
        help: "The key of a column, in the file's order. May be repeated; the catalog's defaults when left out.")
    var columns: [String] = []
    @Option(
        name: .customLong("relation"),
        help:
            "Show a column through one of its relationOptions, e.g. driver_id=drivers.user.full_name. May be repeated.")
    var relations: [String] = []
    @Option(
        name: .customLong("heading"),
        help: "What a column is called in the file, e.g. customer_id=Client. May be repeated.")
    var headings: [String] = []
    @Option(help: "IANA time zone of the days and the timestamps.") var timezone: String?
    @Option(help: "e.g. nb-NO: delimiter and decimal mark.") var locale: String?
    @Option(help: "One of , ; | or tab.") var delimiter: String?
    @Option(help: "label, key or none.") var header: String?
    @Flag(help: "Compress with gzip.") var gzip = false
    @Flag(help: "Add parameters, columns and summary: as sheets, or beside the rows in a ZIP archive.")
    var annexes = false
    @Flag(help: "Begin the file with a byte order mark.") var bom = false
    @Flag(help: "Leave texts that look like formulas as they are.") var noFormulaGuard = false
    @Option(help: "A file with the request's JSON, as POST /report/exports takes it, in place of the options above.")
    var request: String?

    /// The options as a body of the API, so that one decoder checks both.
    /// - Throws: `CommandFailure` for a file that cannot be read, an unknown catalog, or an option of another form.
    func body(_ catalogs: CatalogSet) throws -> JSON {
        if let request {
            do {
                return try JSON.parse(try File.bytes(at: request))
            } catch {
                throw CommandFailure("\(request): \(error)", ExitStatus.noInput)
            }
        }
        let parts = catalog.split(separator: "/", maxSplits: 1).map(String.init)
        let matching = catalogs.reports.filter {
            parts.count == 2 ? $0.module == parts[0] && $0.key == parts[1] : $0.key == catalog
        }
        guard matching.count == 1, let report = matching.first else {
            let known = catalogs.reports.map { "\($0.module)/\($0.key)" }.joined(separator: ", ")
            throw CommandFailure("--catalog \(catalog) is not one of \(known)", ExitStatus.usage)
        }
        var body = JSON.Object([
            ("module", .string(report.module)), ("catalog", .string(report.key)), ("format", .string(format)),
        ])
        if from != nil || to != nil {
            body["dateRange"] = ["from": .string(from ?? to ?? ""), "to": .string(to ?? from ?? "")]
        }
        if !statuses.isEmpty { body["statuses"] = .array(statuses.map { .string($0) }) }
        if let scope { body["scope"] = try parsed(scope: scope) }
        if !columns.isEmpty { body["columns"] = .array(columns.map { .string($0) }) }
        if !relations.isEmpty { body["relationFields"] = .array(try relations.map(parsed(relation:))) }
        if !headings.isEmpty { body["headings"] = .object(JSON.Object(try headings.map(parsed(heading:)))) }
        if let timezone { body["timezone"] = .string(timezone) }
        if let locale { body["locale"] = .string(locale) }
        var csv = JSON.Object()
        if let delimiter { csv["delimiter"] = .string(delimiter == "tab" ? "\t" : delimiter) }
        if let header { csv["header"] = .string(header) }
        if bom { csv["bom"] = true }
        if noFormulaGuard { csv["formulaGuard"] = false }
        if !csv.isEmpty { body["csv"] = .object(csv) }
        if gzip { body["compression"] = "gzip" }
        if annexes { body["includeAnnexes"] = true }
        return .object(body)
    }

    private func parsed(scope: String) throws -> JSON {
        guard let equals = scope.firstIndex(of: "=") else {
            throw CommandFailure("--scope \(scope) is not of the form type=value,value", ExitStatus.usage)
        }
        let values = scope[scope.index(after: equals)...].split(separator: ",").map { JSON.string(String($0)) }
        return ["type": .string(String(scope[..<equals])), "values": .array(values)]
    }

    private func parsed(heading: String) throws -> (String, JSON) {
        guard let equals = heading.firstIndex(of: "=") else {
            throw CommandFailure("--heading \(heading) is not of the form column=text", ExitStatus.usage)
        }
        return (String(heading[..<equals]), .string(String(heading[heading.index(after: equals)...])))
    }

    private func parsed(relation: String) throws -> JSON {
        guard let equals = relation.firstIndex(of: "=") else {
            throw CommandFailure("--relation \(relation) is not of the form column=table.field", ExitStatus.usage)
        }
        let path = relation[relation.index(after: equals)...].split(separator: ".", maxSplits: 1).map(String.init)
        guard path.count == 2 else {
            throw CommandFailure("--relation \(relation) is not of the form column=table.field", ExitStatus.usage)
        }
        return [
            "field": .string(String(relation[..<equals])), "output": "reference_value", "table": .string(path[0]),
            "referenceField": .string(path[1]),
        ]
    }
}

/// The errors of a request, in the words of the command line.
extension ExportOptions {
    /// A fault of the body, in the words of the command line. A message that does not begin with its field gets it in
    /// front; an unknown relation comes with those that there are, and an option of another format by its own name.
    func line(_ fault: RequestFault, of report: Report?) -> String {
        if let range = fault.message.firstRange(of: " belongs to format "), request == nil {
            let options = fault.field == "compression" ? [gzip ? "--gzip" : nil] : csvOptions
            let given = options.compactMap { $0 }
            let formats = fault.message[range.upperBound...]
            return "\(given.joined(separator: ", ")) \(given.count > 1 ? "belong" : "belongs") to format \(formats)"
        }
        if fault.message.hasPrefix(fault.field) { return fault.message }
        guard fault.message == "relation_target_not_whitelisted",
            let column = report?.columns.first(where: { fault.field == "relationFields.\($0.key)" })
        else { return "\(fault.field): \(fault.message)" }
        let ways = column.relationOptions.compactMap { option -> String? in
            guard case .referenceValue(let way) = option.output else { return nil }
            return "\(column.key)=\(way.relation).\(way.referenceField)"
        }
        let allowed = ways.isEmpty ? "it has none" : "it has \(ways.joined(separator: ", "))"
        return "column \(column.key) has no such relation option; \(allowed)"
    }

    /// Those of the options for CSV files that were given.
    private var csvOptions: [String?] {
        [
            delimiter == nil ? nil : "--delimiter", header == nil ? nil : "--header", bom ? "--bom" : nil,
            noFormulaGuard ? "--no-formula-guard" : nil,
        ]
    }
}
