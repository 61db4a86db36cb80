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
            The same catalogs, SQL and encoder as the service. The file appears under its name only when it is whole; an \
            error or an interrupt leaves nothing of it. On a terminal a bar shows the progress.

            The ending of the file's name says its format: \(endings). Where it says something else than the options or \
            the request, nothing is made. On standard output the format is csv unless --format says another.

            Examples: penstock export --catalog delivery/delivery-orders --tenant acme --from 2026-05-01 \
            --to 2026-05-07 --status delivered --output orders.csv

            echo '{"module": "delivery", "catalog": "delivery-orders"}' | penstock export --request - --tenant acme \
            --output orders.xlsx
            """)

    private static var endings: String { ExportFormat.kinds.map { ".\($0.ending)" }.joined(separator: ", ") }

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var exportOptions: ExportOptions
    @Option(help: "The tenant whose rows are exported.") var tenant: String
    @Option(help: "The file to write; - for standard output.") var output: String
    @Option(help: "Language of the labels.") var language = "en"
    @Option(help: "Processes that may make a large export at the same time.") var workers = 1
    @Option(help: "Only rows that have one of the keys in this file, one a line, in the catalog's filter column.")
    var filterFile: String?
    @Flag(name: .long, help: "Print the receipt as one JSON object.") var json = false

    func run() throws {
        try command {
            let language = try NameCheck.language(self.language)
            let values = try options.values()
            let source = try values[\.sourceURL]
            let catalogs = try values.loadedCatalogs()
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

    private func keyList(_ path: String) throws -> KeyListFile {
        do {
            return try KeyListFile(reading: path, folder: OutputFile.folder(of: output))
        } catch let error as PosixError {
            throw CommandFailure("--filter-file: \(error.debugDescription)", ExitStatus.noInput)
        }
    }

    private func body(_ catalogs: CatalogSet, _ list: KeyListFile?) throws -> JSON {
        var body = try exportOptions.body(catalogs)
        if let ending = FileEnding(of: output) {
            try ending.complete(&body)
        } else if body["format"] == nil {
            body["format"] = .string(ExportFormat.csv.rawValue)
        }
        if let list { body["filterFile"] = .string(list.sha256) }
        return .object(body)
    }

    private func checked(
        _ catalogs: CatalogSet, language: String, source: String, _ list: KeyListFile?
    ) throws -> CheckedExport {
        let body = try body(catalogs, list)
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
                faults.map { exportOptions.line($0, of: report) }.joined(separator: "; "), ExitStatus.usage)
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

    private func knows(_ zone: String, _ source: String) throws -> Bool {
        try TimeZoneName.isKnown(zone, to: try SourceSession(source, purpose: "penstock export").connection)
    }
}
