import ArgumentParser
import Catalog
import Coding
import Formats
import JSON
import Posix

/// The options of `penstock export` that make up its request.
struct ExportOptions: ParsableArguments {
    @Option(help: "The catalog, as module/key or as a key that is unique.") var catalog: String?
    @Option(
        help:
            "\(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")); the file's ending says it when left out."
    )
    var format: String?
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
    @Option(
        help: """
            A file with the request's JSON, as POST /report/exports takes it; - for standard input. Options beside it go \
            before its members.
            """)
    var request: String?

    /// The request and the options as a body of the API, so that one decoder checks both.
    /// - Throws: `CommandFailure` for a file that cannot be read, an unknown catalog or format, or an option of another
    ///   form.
    func body(_ catalogs: CatalogSet) throws -> JSON.Object {
        var body = JSON.Object()
        if let request {
            guard let object = try RequestFile.json(request).object else {
                throw CommandFailure("--request \(request) is not a JSON object", ExitStatus.dataError)
            }
            body = object
        }
        if let report = try report(catalogs) {
            body["module"] = .string(report.module)
            body["catalog"] = .string(report.key)
        }
        if let format {
            guard ExportFormat(rawValue: format) != nil else {
                throw CommandFailure("--format", format, of: ExportFormat.allCases.map(\.rawValue))
            }
            body["format"] = .string(format)
        }
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
        var csv = body["csv"]?.object ?? JSON.Object()
        if let delimiter { csv["delimiter"] = .string(delimiter == "tab" ? "\t" : delimiter) }
        if let header { csv["header"] = .string(header) }
        if bom { csv["bom"] = true }
        if noFormulaGuard { csv["formulaGuard"] = false }
        if !csv.isEmpty { body["csv"] = .object(csv) }
        if gzip { body["compression"] = "gzip" }
        if annexes { body["includeAnnexes"] = true }
        return body
    }

    /// The report that is named; nil where the request alone names it.
    private func report(_ catalogs: CatalogSet) throws -> Report? {
        guard let catalog else {
            if request != nil { return nil }
            throw CommandFailure("give --catalog, or a --request that names one", ExitStatus.usage)
        }
        let parts = catalog.split(separator: "/", maxSplits: 1).map(String.init)
        let matching = catalogs.reports.filter {
            parts.count == 2 ? $0.module == parts[0] && $0.key == parts[1] : $0.key == catalog
        }
        guard matching.count != 1 else { return matching[0] }
        let names = (matching.isEmpty ? catalogs.reports : matching).map { "\($0.module)/\($0.key)" }
        guard matching.isEmpty else {
            throw CommandFailure("--catalog \(catalog) may be \(names.joined(separator: " or "))", ExitStatus.usage)
        }
        let isWhole = parts.count == 2
        throw CommandFailure(
            "--catalog", catalog, of: isWhole ? names : names + catalogs.reports.map(\.key), listing: names)
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
        if let range = fault.message.firstRange(of: " belongs to format "), !givenOptions(fault).isEmpty {
            let given = givenOptions(fault)
            let formats = fault.message[range.upperBound...]
            return "\(given.joined(separator: ", ")) \(given.count > 1 ? "belong" : "belongs") to format \(formats)"
        }
        if fault.message.hasPrefix(fault.field) { return fault.message }
        if fault.field == "statuses", fault.message.hasPrefix("unknown status"), !fault.message.contains("; "),
            let known = report?.statuses?.values.map(\.value)
        {
            return "\(fault.field): \(fault.message)\(Spelling.hint(for: "", among: known, listedAs: "it has"))"
        }
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

    /// The options that have put there what the request's format has not got.
    private func givenOptions(_ fault: RequestFault) -> [String] {
        (fault.field == "compression" ? [gzip ? "--gzip" : nil] : csvOptions).compactMap { $0 }
    }

    /// Those of the options for CSV files that were given.
    private var csvOptions: [String?] {
        [
            delimiter == nil ? nil : "--delimiter", header == nil ? nil : "--header", bom ? "--bom" : nil,
            noFormulaGuard ? "--no-formula-guard" : nil,
        ]
    }
}
