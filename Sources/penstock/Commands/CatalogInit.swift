import ArgumentParser
import Catalog
import Configuration
import Generation
import Glibc
import Posix

struct CatalogInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a catalog file from a table of the database.",
        discussion: """
            Types come from the columns, statuses from an enum, relations from foreign keys, labels from comments. What \
            cannot be guessed is marked in the file and said on stderr; look the file through before you use it.

            Example: penstock catalog init --table public.orders --output catalogs/orders.yaml
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The table or view, as table or schema.table, spelled as the database spells it.") var table: String
    @Option(help: "The catalog's module; the table's schema, or the database's name, when left out.") var module:
        String?
    @Option(help: "The catalog's key; the table's name when left out.") var key: String?
    @Option(help: "The column that says whose row it is; tenant_id, org_id and the like are found without it.")
    var tenantColumn: String?
    @Option(help: "The file to write, which must not exist; standard output when left out.") var output: String?

    func run() throws {
        try command {
            for (option, name) in [("--module", module), ("--key", key)] {
                guard let name, !Slug.isWellFormed(name) else { continue }
                throw CommandFailure(
                    "\(option) \(name) must be 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit",
                    ExitStatus.usage)
            }
            guard let name = TableSurvey.tableName(table) else {
                throw CommandFailure(
                    "--table \(table) is not table or schema.table as the database spells it, without quotes",
                    ExitStatus.usage)
            }
            let values = try options.values()
            let source = try values[\.sourceURL]
            let survey = try SourceSession(source, purpose: "penstock catalog init").inspecting { connection in
                guard let survey = try TableSurvey.of(name, on: connection) else {
                    let hint = try TableSurvey.hint(for: name, on: connection)
                    throw CommandFailure("there is no table or view \(name)\(hint)", ExitStatus.dataError)
                }
                return survey
            }
            if let tenantColumn, survey.facts.column(tenantColumn) == nil {
                let known = survey.facts.columns.map(\.name).joined(separator: ", ")
                throw CommandFailure(
                    "--tenant-column \(tenantColumn) is no column of \(survey.name); it has: \(known)",
                    ExitStatus.usage)
            }
            if let tenantColumn, !survey.canHoldTenant(tenantColumn) {
                throw CommandFailure(
                    "--tenant-column \(tenantColumn) is neither text, uuid nor integer", ExitStatus.usage)
            }
            let draft = CatalogDraft(
                of: survey, choices: CatalogDraft.Choices(module: module, key: key, tenantColumn: tenantColumn))
            try write(draft.yaml)
            for note in draft.notes { Terminal.error("penstock: \(note)") }
        }
    }

    private func write(_ text: String) throws {
        guard let output, output != "-" else { return Terminal.write(text, to: 1) }
        let file = try FileDescriptor.open(output, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
        try file.close()
    }
}
