import Glibc
import Posix
import Support

/// A database of a test's own beside the demo's, on the shared stage's PostgreSQL; it goes with the stage. Penstock
/// reads it as the role of the demo's exports, which may change nothing.
struct ScratchDatabase {
    let name: String
    private let stage: Stage

    /// Makes it with a script of psql, run by the superuser in a folder of files to load.
    /// - Parameter encoding: another than UTF8; the script itself is in UTF-8.
    init(_ name: String, _ script: String, in folder: String = "/", encoding: String? = nil, on other: Stage? = nil)
        throws
    {
        stage = try other ?? Stage.shared
        self.name = name
        let options = encoding.map { " encoding '\($0)' template template0 lc_collate 'C' lc_ctype 'C'" } ?? ""
        _ = try stage.psql("create database \(name)\(options)", on: .sourceOwner)
        let grants = """
            select format('grant usage on schema %1$I to penstock_reader; grant select on all tables in schema %1$I to penstock_reader', nspname)
            from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' \\gexec

            """
        try Self.psql(ownerURL, "\\cd '\(folder)'\n\(try Self.fitting(script, stage))\n\(grants)")
    }

    /// Whether the server was built with ICU. Since 16 each has one collation of that provider, which needs no library.
    static func hasICU(_ stage: Stage) throws -> Bool {
        let collations = "select count(*) from pg_collation where collprovider = 'i' and collname like '%-x-icu'"
        return try stage.value(collations, on: .sourceOwner) != "0"
    }

    /// A script for a server that may have been built without ICU (docs/versions.md): there its collations are `C`
    /// under other names.
    private static func fitting(_ script: String, _ stage: Stage) throws -> String {
        if try hasICU(stage) { return script }
        return "create collation \"sv-x-icu\" from \"C\";\n"
            + script.replacing(#/\(provider = icu[^)]*\)/#, with: "from \"C\"")
    }

    var url: String { database(of: stage.url(.source)) }
    var ownerURL: String { database(of: stage.url(.sourceOwner)) }

    /// What psql prints for a script that the superuser runs.
    @discardableResult
    func psql(_ script: String) throws -> String { try Self.psql(ownerURL, script) }

    /// Runs the program against this database.
    func penstock(_ arguments: [String], catalogs: String? = nil) throws -> Shell.Outcome {
        var environment = ["PENSTOCK_SOURCE_URL": url]
        environment["PENSTOCK_CATALOGS"] = catalogs
        return try Shell.run([TestRun.program] + arguments, environment: environment)
    }

    private func database(of url: String) -> String { url.replacing("/demo?", with: "/\(name)?") }

    @discardableResult
    private static func psql(_ url: String, _ script: String) throws -> String {
        let bytes = try Shell.output(
            ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"],
            input: Array("set client_encoding = 'UTF8';\n\(script)".utf8))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A folder of catalog files that goes with the test run.
struct CatalogFiles {
    let folder = "\(TestRun.folder)/catalogs-\(Random.integer())"

    init(_ files: [String: String] = [:]) throws {
        try File.makeFolders(folder)
        for (name, text) in files {
            let file = try FileDescriptor.open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
            try file.close()
        }
    }
}
