import ArgumentParser
import Catalog
import Configuration
import Generation
import JSON
import Postgres
import SQLText
import Service

struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Work with catalog files.",
        subcommands: [CatalogCheck.self, CatalogInit.self, CatalogGrantsCommand.self])
}

struct CatalogCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check every catalog, by itself and against the database.",
        discussion: """
            Every fault comes with its file, line and column. A file that is faulty by itself is not compared with the \
            database; the others are. Without PENSTOCK_SOURCE_URL and PENSTOCK_DATABASE_URL none is. Exit status 0 when \
            no catalog has an error, 65 otherwise, 66 when there is no catalog file.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The folder of catalogs; PENSTOCK_CATALOGS when left out.") var folder: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let folder = try self.folder ?? values[\.catalogs]
            let sources: [CatalogSource]
            do {
                sources = try CatalogFolder.sources(in: folder)
            } catch {
                throw CommandFailure("\(error)", ExitStatus.noInput)
            }
            guard !sources.isEmpty else {
                throw CommandFailure("there is no *.yaml or *.yml file in \(folder)", ExitStatus.noInput)
            }
            var (catalogs, faults) = CatalogLoader.load(sources)
            let url = values.text("SOURCE_URL") ?? values.text("DATABASE_URL")
            var server: [CheckFinding] = []
            var place = "the database"
            var looked: (database: String, role: String)?
            if let url, !catalogs.reports.isEmpty {
                let session = try SourceSession(url, purpose: "penstock catalog check")
                place = session.connection.place
                looked = try session.inspecting { connection in
                    let row = try connection.query("select current_database(), current_user", "look up names").first
                    return (row?.string(at: 0) ?? "", row?.string(at: 1) ?? "")
                }
                server =
                    ServerFindings.of(session.connection, subject: "source", holes: false)
                    + (try ServerFindings.lists(for: catalogs, on: session.connection))
                faults += try session.inspecting { try CatalogChecker.faults(in: catalogs, against: $0) }
            }
            let errors = faults.filter { $0.severity == .error }
            let isRefused = server.contains { $0.grade == .bad }
            if json {
                Terminal.json([
                    "ok": .bool(errors.isEmpty && !isRefused), "catalogs": .int(catalogs.reports.count),
                    "checkedAgainstDatabase": .bool(url != nil), "database": .string(orNull: looked?.database),
                    "source": .array(
                        server.map { ["grade": .string($0.grade.rawValue), "message": .string($0.message)] }),
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
                for finding in server { Terminal.line("\(finding.grade.rawValue)\tsource: \(finding.message)") }
                for fault in faults { Terminal.line(fault.description) }
                let found = "\(errors.count) errors, \(faults.count - errors.count) warnings"
                if let looked, faults.contains(where: { $0.message.hasPrefix("the database role may not") }) {
                    Terminal.line(
                        "penstock catalog grants --role '\(looked.role)' prints the rights that are needed, as SQL")
                }
                let isOwn = values.text("SOURCE_URL") == nil
                let own = isOwn ? " (PENSTOCK_SOURCE_URL is not set)" : ""
                let compared =
                    url == nil
                    ? "none compared with a database (PENSTOCK_SOURCE_URL is not set)"
                    : "\(catalogs.reports.count) compared with \(place)\(own)"
                Terminal.line("\(sources.count) files, \(compared): \(found)")
            }
            if !errors.isEmpty || isRefused { throw ExitCode(ExitStatus.dataError) }
        }
    }
}
