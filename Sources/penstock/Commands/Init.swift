import ArgumentParser
import Catalog
import Coding
import Configuration
import Generation
import Glibc
import Identity
import JSON
import Posix
import Postgres
import SQLText
import Storage
import Time

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a working folder for the reports of a database.",
        discussion: """
            The folder gets settings, keys, a first token, catalogs of all tables, a script for roles, rights and Penstock's \
            own database, and files for nginx and systemd, all with the real paths. The database is only looked at. The \
            commands that come next are printed.

            Example: penstock init postgresql://postgres@localhost/shop reports --tenant acme
            """)

    @Argument(help: "A libpq URI of the application's database, by a role that sees its tables.") var url: String
    @Argument(help: "The folder to make; it must not exist or be empty.") var folder: String
    @Option(
        help:
            "The tenant to whom all rows belong. Without it, and where no tenant column is found, the database's name.")
    var tenant: String?
    @Option(help: "The column that says whose row it is; tenant_id, org_id and the like are found without it.")
    var tenantColumn: String?
    @Option(help: "How clients reach nginx.") var publicURL = "http://localhost:8080"

    func validate() throws {
        if tenant != nil, tenantColumn != nil {
            throw ValidationError("Give --tenant or --tenant-column, not both.")
        }
    }

    func run() throws {
        try command {
            // All of it is for its owner until somebody decides otherwise.
            umask(umask(0) | 0o027)
            try Self.makeEmpty(folder)
            let folder = try SetupFiles.path(folder)
            let files = try SetupFiles(folder: folder, publicURL: publicURL)
            let session = try SourceSession(url, purpose: "penstock init")
            let given = try ConnectionString(url)
            let drafts = try session.inspecting { try drafted(on: $0) }
            let names = try session.inspecting { try SetupNames(given, on: $0) }
            let first = try session.inspecting { try drafts.firstTenant(on: $0) }
            let counts = try CatalogFile.write(drafts, to: "\(folder)/catalogs")
            let (catalogs, _) = CatalogLoader.load(try CatalogFolder.sources(in: "\(folder)/catalogs"))
            let grants = CatalogGrants(for: catalogs.reports).statements(to: names.reader, database: names.source)
            for name in ["storage", "run"] { try File.makeFolders("\(folder)/\(name)") }
            try CatalogFile.write(names.script(granting: grants), to: "\(folder)/setup.sql", mode: 0o600)
            try CatalogFile.write(files.settings(names), to: "\(folder)/settings.yaml", mode: 0o600)
            try writeKeys(in: folder, tenant: first)
            try File.makeFolders("\(folder)/nginx")
            try CatalogFile.write(files.locations, to: "\(folder)/nginx/penstock.conf")
            try CatalogFile.write(files.http, to: "\(folder)/nginx/penstock-http.conf")
            try CatalogFile.write(files.nginx, to: "\(folder)/nginx/nginx.conf")
            try CatalogFile.write(files.unit, to: "\(folder)/penstock.service")
            tell(folder, counts, tenant: first)
        }
    }

    /// - Throws: `CommandFailure` when the folder holds something; `PosixError`.
    private static func makeEmpty(_ folder: String) throws {
        try File.makeFolders(folder)
        guard try File.names(in: folder).isEmpty else {
            throw CommandFailure("\(folder) is not empty; give a folder that is not there yet", ExitStatus.cannotCreate)
        }
    }

    private func drafted(on connection: Connection) throws -> SchemaDraft {
        let chosen: TenantChoice? = tenant.map { .constant($0) } ?? tenantColumn.map { .column($0) }
        func drafts(_ choice: TenantChoice?) throws -> SchemaDraft {
            try CatalogFile.drafts(of: nil, choices: CatalogDraft.Choices(tenant: choice), on: connection)
        }
        let found = try drafts(chosen)
        if chosen != nil || found.files.contains(where: { $0.tenant != nil }) { return found }
        let name = try connection.query("select current_database()", "look up the name").first?.string(at: 0)
        return try drafts(.constant(name ?? "main"))
    }

    private func writeKeys(in folder: String, tenant: String?) throws {
        let now = Timestamp(microseconds: Clock.wallMicroseconds)
        let kid = String(now.rfc3339.prefix(10))
        try File.makeFolders("\(folder)/keys", mode: 0o700)
        try CatalogFile.write("\(KeyRing.newLine(kid: kid))\n", to: "\(folder)/keys/signing-keys", mode: 0o600)
        let keys = try NewJWK.set(adding: NewJWK.key(kid: kid, .es256), to: nil)
        try CatalogFile.write("\(keys.text)\n", to: "\(folder)/keys/jwks.json", mode: 0o600)
        guard let tenant else { return }
        let token = try TokenSigner(parsing: keys.serialized).token(
            for: Identity(
                subject: "first", tenants: [tenant], permissions: ["view:reports", "export:reports"],
                isSuperuser: false,
                kind: .bearer),
            now: now, lifetimeSeconds: 30 * 86_400)
        try CatalogFile.write("\(token)\n", to: "\(folder)/keys/token", mode: 0o600)
    }

    private func tell(_ folder: String, _ counts: CatalogFile.Counts, tenant: String?) {
        let shown = self.folder.hasSuffix("/") ? String(self.folder.dropLast()) : self.folder
        Terminal.line("\(shown): \(counts)")
        if let tenant {
            Terminal.line("\(shown)/keys/token may export the reports of the tenant '\(tenant)' for 30 days.")
        } else {
            Terminal.line("No tenant was found. penstock token --config \(shown)/settings.yaml makes a token of one.")
        }
        Terminal.line(
            """

            Next, by a role that may make roles and databases, then as the service's user:

              psql -X -q -v ON_ERROR_STOP=1 -f \(shown)/setup.sql '\(url)'
              penstock migrate --config \(shown)/settings.yaml
              penstock serve --config \(shown)/settings.yaml

            and nginx in front, for a first try: nginx -c \(folder)/nginx/nginx.conf
            The page is at \(publicURL)/penstock/. penstock check --config \(shown)/settings.yaml tells what is missing.
            """)
    }
}
