import ArgumentParser
import Catalog
import Configuration
import Formats
import Generation
import Glibc
import JSON
import Posix
import SQLText
import Storage

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export a report straight to a file, without the queue.",
        discussion: """
            The same catalogs, SQL and encoder as the service. The file appears under its name only when it is whole. \
            On a terminal a bar shows the progress.

            Example: penstock export --catalog delivery/delivery-orders --tenant acme --from 2026-05-01 \
            --to 2026-05-07 --status delivered --output orders.csv
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The catalog, as module/key or as a key that is unique.") var catalog: String
    @Option(help: "The tenant whose rows are exported.") var tenant: String
    @Option(help: "The file to write; - for standard output.") var output: String
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
    @Option(help: "IANA time zone of the days and the timestamps.") var timezone: String?
    @Option(help: "e.g. nb-NO: delimiter and decimal mark.") var locale: String?
    @Option(help: "One of , ; | or tab.") var delimiter: String?
    @Option(help: "label, key or none.") var header: String?
    @Flag(help: "Compress with gzip.") var gzip = false
    @Flag(help: "Add parameters, columns and summary: as sheets, or beside the rows in a ZIP archive.")
    var annexes = false
    @Flag(help: "Begin the file with a byte order mark.") var bom = false
    @Flag(help: "Leave texts that look like formulas as they are.") var noFormulaGuard = false
    @Option(help: "Language of the labels.") var language = "en"
    @Option(help: "Processes that may make a large export at the same time.") var workers = 1
    @Option(help: "Only rows that have one of the keys in this file, one a line, in the catalog's filter column.")
    var filterFile: String?
    @Option(help: "A file with the request's JSON, as POST /report/exports takes it, in place of the options above.")
    var request: String?
    @Flag(name: .long, help: "Print the receipt as one JSON object.") var json = false

    func run() throws {
        try command {
            let language = try NameCheck.language(self.language)
            let values = try options.values()
            let source = try values[\.sourceURL]
            let catalogs = try catalogs(try values[\.catalogs])
            let list = try filterFile.map { try keyList($0) }
            let checked = try checked(catalogs, language: language, source: source, list)
            let (request, report) = (checked.request, checked.report)
            let session = try SourceSession(source, purpose: "penstock export")
            let query = TableQuery(checked, seconds: try values[\.exportSeconds], filter: list?.keys)
            let context = Export.ReportContext(
                try ReportDescription(request, of: report), tenant: tenant, zone: request.timezone)
            let parts = PartSettings(
                workers: max(1, workers), fromRows: try values[\.partsFromRows],
                scratch: ScratchSpace(folder: OutputFile.folder(of: output)))
            let target = try OutputFile(output)
            let bar = ProgressBar()
            let summary: ExportSummary
            do {
                summary = try Export(query, Rendering(request, language: language), context, parts, observer: bar)
                    .run(on: session) { try target.write($0) }
            } catch {
                throw ExportFailure(error).explained(by: report, request, daysIn: request.timezone)
            }
            let (size, sha256) = try target.publish()
            bar.clear()
            if json {
                Terminal.write(summary.receipt(sha256: sha256).text + "\n", to: output == "-" ? 2 : 1)
            } else if output != "-" {
                Terminal.line(
                    "\(output): \(summary.rows) rows, \(size) bytes, \(summary.milliseconds) ms, sha256 \(sha256)")
            }
        }
    }

    private func catalogs(_ folder: String) throws -> CatalogSet {
        let (catalogs, faults) = CatalogLoader.load(try CatalogFolder.sources(in: folder))
        if let fault = faults.first(where: { $0.severity == .error }) {
            throw CommandFailure("\(fault); penstock catalog check lists all faults", ExitStatus.configuration)
        }
        return catalogs
    }

    private func keyList(_ path: String) throws -> KeyListFile {
        do {
            return try KeyListFile(reading: path, folder: OutputFile.folder(of: output))
        } catch let error as PosixError {
            throw CommandFailure("--filter-file: \(error.debugDescription)", ExitStatus.noInput)
        }
    }

    private func checked(
        _ catalogs: CatalogSet, language: String, source: String, _ list: KeyListFile?
    ) throws -> CheckedExport {
        var body = try body(catalogs)
        if let list, var object = body.object {
            object["filterFile"] = .string(list.sha256)
            body = .object(object)
        }
        let export: CheckedExport
        do {
            export = try CheckedExport(
                FieldReader(body), in: catalogs, tenant: tenant, language: language,
                knowsTimeZone: { try $0 == "UTC" || knows($0, source) },
                comparing: { _ in .assumed })
        } catch RequestError.faults(let faults) {
            let report = catalogs.reports.first {
                .string($0.module) == body["module"] && .string($0.key) == body["catalog"]
            }
            throw CommandFailure(
                faults.map { line($0, of: report) }.joined(separator: "; "), ExitStatus.usage)
        }
        if export.request.filterFile != nil, list == nil {
            throw CommandFailure(
                "the request is narrowed to a list of keys; give it with --filter-file", ExitStatus.usage)
        }
        if let list, case let faults = list.faults(for: export.report.filterColumn?.type), !faults.isEmpty {
            throw CommandFailure(
                "--filter-file \(filterFile ?? ""): \(faults.map(\.message).joined(separator: "; "))",
                ExitStatus.dataError)
        }
        return export
    }

    /// Messages name their field where they can; the others get it in front. A relation that is not to be had comes
    /// with those that are, and options of another format with their own names.
    private func line(_ fault: RequestFault, of report: Report?) -> String {
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

    private func knows(_ zone: String, _ source: String) throws -> Bool {
        try TimeZoneName.isKnown(zone, to: try SourceSession(source, purpose: "penstock export").connection)
    }

    /// The options as the API's own body, so that one decoder judges both.
    private func body(_ catalogs: CatalogSet) throws -> JSON {
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
        var body = JSONObject([
            ("module", .string(report.module)), ("catalog", .string(report.key)), ("format", .string(format)),
        ])
        if from != nil || to != nil {
            body["dateRange"] = ["from": .string(from ?? to ?? ""), "to": .string(to ?? from ?? "")]
        }
        if !statuses.isEmpty { body["statuses"] = .array(statuses.map { .string($0) }) }
        if let scope { body["scope"] = try parsed(scope: scope) }
        if !columns.isEmpty { body["columns"] = .array(columns.map { .string($0) }) }
        if !relations.isEmpty { body["relationFields"] = .array(try relations.map(parsed(relation:))) }
        if let timezone { body["timezone"] = .string(timezone) }
        if let locale { body["locale"] = .string(locale) }
        var csv = JSONObject()
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
