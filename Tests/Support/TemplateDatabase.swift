import Posix
import Synchronization

/// A PostgreSQL that all tests of the process share, without nginx and Penstock, and databases of a test's own on it:
/// copies of loaded ones, which take some 50 ms each. For tests that call the code in their own process.
///
///     let jobs = try TemplateDatabase(.jobs)       // Penstock's tables as `penstock migrate` leaves them
///     let source = try TemplateDatabase(.source)   // the demo's data, 2,000 delivery orders
///     let connection = try Connection(jobs.url)    // as the role penstock; source.url as penstock_reader
///     try jobs.psql("select …")                    // as the superuser
///
/// A test that only reads the demo's data takes `TemplateDatabase.sharedSource`, which costs nothing. Databases go with
/// the server, at the end of the tests. What belongs to the whole server (roles, settings, restarts) is not for these
/// tests: they take a `Stage`.
package struct TemplateDatabase: Sendable {
    package enum Kind: String, Sendable {
        /// Penstock's own tables, with the demo's API key and users.
        case jobs = "penstock"
        /// The tenants' data.
        case source = "demo"
    }

    package let name: String
    /// Where Penstock's own role connects: the owner for the jobs, the one that may only read for the source.
    package let url: String
    /// Where the superuser connects.
    package let ownerURL: String

    /// Copies a loaded database.
    /// - Throws: `Unmet` when the server does not come up or the copy fails.
    package init(_ kind: Kind) throws {
        let name = "\(kind.rawValue)_\(Self.count.add(1, ordering: .relaxed).newValue)"
        let server = try Self.server.get()
        try Self.psql(
            Self.address(kind, in: server, database: "postgres", role: "postgres"),
            """
            create database \(name) template \(kind.rawValue) owner \(kind == .jobs ? "penstock" : "postgres")
                strategy file_copy;
            revoke all on database \(name) from public;
            \(kind == .source ? "grant connect, temporary on database \(name) to penstock_reader;" : "")
            """)
        self.init(kind, server, name)
    }

    /// The loaded data itself, for tests that leave them as they are.
    package static var sharedSource: TemplateDatabase {
        get throws { try sharedResult.get() }
    }

    private static let sharedResult = Result { try TemplateDatabase(.source) }

    private init(_ kind: Kind, _ server: StageProcess, _ name: String) {
        self.name = name
        url = Self.address(kind, in: server, database: name)
        ownerURL = Self.address(kind, in: server, database: name, role: "postgres")
    }

    /// What psql prints for a script that the superuser runs.
    @discardableResult
    package func psql(_ script: String) throws -> String { try Self.psql(ownerURL, script) }

    /// The rows of a query of Penstock's own role; NULL is nil.
    @discardableResult
    package func rows(_ sql: String) throws -> [[String?]] { try Query.rows(sql, at: url) }

    private static let count = Atomic<Int>(0)

    /// The server's keys and credentials: a state folder with `keys/`, and what `demo.env` says.
    package static var surroundings: (state: String, variables: [String: String]) {
        get throws {
            let process = try server.get()
            return (process.state, process.variables)
        }
    }

    private static let server = Result {
        let process = try StageProcess(["database"], environment: [:], within: 120)
        TestRun.add(process)
        return process
    }

    private static func address(
        _ kind: Kind, in server: StageProcess, database: String, role: String? = nil
    ) -> String {
        let url = server.variables[kind == .jobs ? "PENSTOCK_DATABASE_URL" : "PENSTOCK_SOURCE_URL"] ?? ""
        let own = kind == .jobs ? "penstock" : "penstock_reader"
        return url.replacingFirst("//\(own)@/\(kind.rawValue)?", "//\(role ?? own)@/\(database)?")
    }

    @discardableResult
    private static func psql(_ url: String, _ script: String) throws -> String {
        let bytes = try Shell.output(
            ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"], input: Array(script.utf8))
        return String(decoding: bytes, as: UTF8.self)
    }
}
