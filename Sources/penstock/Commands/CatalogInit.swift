import ArgumentParser
import Catalog
import Configuration
import Generation
import Glibc
import Posix
import Postgres

struct CatalogInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write catalog files from tables of the database.",
        discussion: """
            Types come from the columns, statuses from an enum, relations and scopes from foreign keys, labels from comments. \
            What cannot be guessed is marked in the file and said on stderr; look the files through before you use them.

            With --schema or --all each table and view gets a file of its own in the folder --output. What is written \
            there passes `catalog check`; a table that cannot be used as it is gets a file ending in .todo, which no \
            service reads, with the reason in it. No file is written over.

            Examples: penstock catalog init --table public.orders --output catalogs/orders.yaml
                      penstock catalog init --schema public --tenant acme --output catalogs
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The table or view, as table or schema.table, spelled as the database spells it.") var table: String?
    @Option(help: "All tables and views of this schema.") var schema: String?
    @Flag(help: "All tables and views of all schemas, each schema in a folder of its own.") var all = false
    @Option(help: "The catalogs' module; the table's schema, or the database's name, when left out.") var module:
        String?
    @Option(help: "The catalog's key; the table's name when left out. Only with --table.") var key: String?
    @Option(
        help: """
            The column that says whose row it is, in the table or in one that a foreign key leads to; tenant_id, org_id and \
            the like are found without it.
            """)
    var tenantColumn: String?
    @Option(help: "The tenant to whom all rows belong, where the data are one tenant's.") var tenant: String?
    @Option(help: "The file to write, which must not exist, standard output when left out; or the folder for many.")
    var output: String?

    func validate() throws {
        guard [table != nil, schema != nil, all].count(where: { $0 }) == 1 else {
            throw ValidationError("Give one of --table, --schema and --all.")
        }
        if table == nil, output == nil || key != nil {
            throw ValidationError("--schema and --all need --output, a folder, and have no --key.")
        }
        if tenant != nil, tenantColumn != nil {
            throw ValidationError("Give --tenant or --tenant-column, not both.")
        }
    }

    private var choices: CatalogDraft.Choices {
        CatalogDraft.Choices(
            module: module, key: key, tenant: tenant.map { .constant($0) } ?? tenantColumn.map { .column($0) })
    }

    func run() throws {
        try command {
            for (option, name) in [("--module", module), ("--key", key)] {
                guard let name, !Slug.isWellFormed(name) else { continue }
                throw CommandFailure(
                    "\(option) \(name) must be 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit",
                    ExitStatus.usage)
            }
            let session = try SourceSession(
                try options.values()[\.sourceURL], purpose: "penstock catalog init")
            if let table { try write(table, from: session) } else { try writeAll(from: session) }
        }
    }

    private func write(_ table: String, from session: SourceSession) throws {
        guard let name = TableSurvey.tableName(table) else {
            throw CommandFailure(
                "--table \(table) is not table or schema.table as the database spells it, without quotes",
                ExitStatus.usage)
        }
        let survey = try session.inspecting { connection in
            guard let survey = try TableSurvey.of(name, on: connection) else {
                let hint = try TableSurvey.hint(for: name, on: connection)
                throw CommandFailure("there is no table or view \(name)\(hint)", ExitStatus.dataError)
            }
            return survey
        }
        if let tenantColumn { try check(tenantColumn, of: survey) }
        let draft = CatalogDraft(of: survey, choices: choices)
        if let output, output != "-" {
            try CatalogFile.write(draft.yaml, to: output)
        } else {
            Terminal.write(draft.yaml, to: 1)
        }
        for note in draft.notes { Terminal.error("penstock: \(note)") }
    }

    private func check(_ tenantColumn: String, of survey: TableSurvey) throws {
        let isRelated = survey.foreignKeys.contains { $0.targetFacts.column(tenantColumn) != nil }
        if survey.facts.column(tenantColumn) == nil, !isRelated {
            let known = survey.facts.columns.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                "--tenant-column \(tenantColumn) is no column of \(survey.name); it has: \(known)", ExitStatus.usage)
        }
        if survey.facts.column(tenantColumn) != nil, !survey.canHoldTenant(tenantColumn) {
            throw CommandFailure("--tenant-column \(tenantColumn) is neither text, uuid nor integer", ExitStatus.usage)
        }
    }

    private func writeAll(from session: SourceSession) throws {
        let folder = output ?? "."
        let drafts = try session.inspecting { connection in
            try CatalogFile.drafts(of: schema, choices: choices, on: connection)
        }
        let counts = try CatalogFile.write(drafts, to: folder)
        Terminal.line("\(folder): \(counts)")
    }
}

/// Writes drafts of catalogs to the disk; no file is written over.
enum CatalogFile {
    /// What became of the tables of a schema, or of all.
    struct Counts: CustomStringConvertible {
        var usable = 0
        var unfinished = 0
        var kept = 0

        var description: String {
            let kept = kept == 0 ? "" : ", \(kept) left as they were"
            return
                "\(usable + unfinished + self.kept) tables and views, \(usable) catalogs, \(unfinished) to be finished\(kept)"
        }
    }

    /// - Parameter schema: all schemas when nil.
    /// - Throws: `PostgresError`; `CommandFailure` when there is no table.
    static func drafts(
        of schema: String?, choices: CatalogDraft.Choices, on connection: Connection
    ) throws -> SchemaDraft {
        let names = try TableSurvey.names(in: schema, on: connection)
        guard !names.isEmpty else {
            let place = schema.map { "the schema \($0)" } ?? "the database"
            throw CommandFailure("there is no table or view in \(place)", ExitStatus.dataError)
        }
        return try SchemaDraft(of: names, choices: choices, hasFolders: schema == nil, on: connection)
    }

    /// - Throws: `PosixError`.
    static func write(_ drafts: SchemaDraft, to folder: String) throws -> Counts {
        var counts = Counts()
        for file in drafts.files {
            let path = "\(folder)/\(file.path)"
            try File.makeFolders(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
            do {
                try write(file.text, to: path)
            } catch let error as PosixError where error.errorNumber == EEXIST {
                counts.kept += 1
                Terminal.error("penstock: \(path) is there already and is left as it is")
                continue
            }
            if file.obstacles.isEmpty { counts.usable += 1 } else { counts.unfinished += 1 }
            for obstacle in file.obstacles { Terminal.error("penstock: \(path): \(obstacle)") }
        }
        return counts
    }

    /// - Throws: `PosixError`, also when the file is there.
    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
        try file.close()
    }
}
