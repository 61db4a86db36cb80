import ArgumentParser
import Catalog
import Configuration
import Generation
import JSON
import Service

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the settings, the schema, the catalogs against the live database, and the storage.",
        discussion: "Exit status 0 when all is well, 69 when a database is out of reach, 78 when something is wrong.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let configuration = try Configuration(try options.values())
            let report = ServiceCheck(configuration, try ServiceFiles(configuration)).run(logging: false)
            if json {
                Terminal.json([
                    "ok": .bool(report.exitStatus == 0),
                    "findings": .array(
                        report.findings.map {
                            [
                                "subject": .string($0.subject), "grade": .string($0.grade.rawValue),
                                "message": .string($0.message),
                            ]
                        }),
                ])
            } else {
                for finding in report.findings {
                    Terminal.line("\(finding.grade.rawValue)\t\(finding.subject): \(finding.message)")
                }
            }
            if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
        }
    }
}

struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Work with catalog files.", subcommands: [CatalogCheck.self])
}

struct CatalogCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check every catalog, by itself and against the database.",
        discussion: """
            Every fault comes with its file, line and column. Without PENSTOCK_SOURCE_URL and PENSTOCK_DATABASE_URL the \
            files are checked by themselves. Exit status 0 when no catalog has an error, 65 otherwise.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The folder of catalogs; PENSTOCK_CATALOGS when left out.") var folder: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let folder = try self.folder ?? values.required("CATALOGS")
            let sources: [CatalogSource]
            do {
                sources = try CatalogFolder.sources(in: folder)
            } catch {
                throw CommandFailure("\(error)", ExitStatus.noInput)
            }
            var (catalogs, faults) = CatalogLoader.load(sources)
            let url = values.text("SOURCE_URL") ?? values.text("DATABASE_URL")
            if let url, !faults.contains(where: { $0.severity == .error }) {
                let session = try SourceSession(url, purpose: "penstock catalog check")
                faults += try CatalogChecker.faults(in: catalogs, against: session.connection)
            }
            let errors = faults.filter { $0.severity == .error }
            if json {
                Terminal.json([
                    "ok": .bool(errors.isEmpty), "catalogs": .int(catalogs.reports.count),
                    "checkedAgainstDatabase": .bool(url != nil),
                    "faults": .array(
                        faults.map {
                            [
                                "severity": .string($0.severity.rawValue), "file": .string($0.file),
                                "line": .int($0.position.line), "column": .int($0.position.column),
                                "message": .string($0.message),
                            ]
                        }),
                ])
            } else {
                for fault in faults { Terminal.line(fault.description) }
                let against = url == nil ? "by themselves (no database is configured)" : "against the database"
                Terminal.line(
                    "\(catalogs.reports.count) catalogs checked \(against): \(errors.count) errors, \(faults.count - errors.count) warnings"
                )
            }
            if !errors.isEmpty { throw ExitCode(ExitStatus.dataError) }
        }
    }
}
