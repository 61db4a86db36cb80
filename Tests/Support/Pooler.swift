import Glibc
import Posix

/// A PgBouncer of a test's own before a stage's PostgreSQL, on a unix socket in a folder that goes with the test run.
package final class Pooler {
    private let server: Launched
    private let folder: String
    private static let portNumber = "6432"

    package enum Mode: String { case session, transaction, statement }

    /// Whether there is a PgBouncer on this host.
    package static var isInstalled: Bool { access(program, X_OK) == 0 }

    private static let program = "/usr/sbin/pgbouncer"

    /// - Parameters:
    ///   - ignoring: what it takes out of the start-up packet; what is neither there nor known to it, it refuses.
    ///   - size: how many sessions of the server a role may have in a database.
    package init(
        before stage: Stage, _ mode: Mode, ignoring: String = "options,extra_float_digits", size: Int = 20
    ) throws {
        func setting(_ name: String) throws -> String {
            try stage.value("select current_setting('\(name)')", on: .sourceOwner) ?? ""
        }
        let data = try setting("data_directory")
        let sockets = try setting("unix_socket_directories").replacing("\"", with: "")
        var info = stat()
        guard stat(data, &info) == 0 else { throw PosixError("stat", subject: data) }
        // It refuses to run as root, as PostgreSQL does.
        let become =
            info.st_uid == getuid()
            ? [] : ["--reuid=\(info.st_uid)", "--regid=\(info.st_gid)", "--clear-groups"]
        folder = "\(TestRun.folder)/pooler-\(Random.integer())"
        mkdir(folder, 0o755)
        chown(folder, info.st_uid, info.st_gid)
        let users = ["penstock", "penstock_reader", "postgres"].map { "\"\($0)\" \"\"\n" }.joined()
        let settings = """
            [databases]
            * = host=\(sockets) port=\(try setting("port"))
            [pgbouncer]
            listen_addr =
            listen_port = \(Self.portNumber)
            unix_socket_dir = \(folder)
            auth_type = trust
            auth_file = \(folder)/users
            pool_mode = \(mode.rawValue)
            ignore_startup_parameters = \(ignoring)
            default_pool_size = \(size)
            max_client_conn = 500

            """
        for (name, text) in [("users", users), ("pgbouncer.ini", settings)] {
            let file = try FileDescriptor.open("\(folder)/\(name)", O_WRONLY | O_CREAT, mode: 0o644)
            try file.writeAll(Array(text.utf8))
        }
        let log = try FileDescriptor.open("\(folder)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o666)
        let none = try FileDescriptor.open("/dev/null", O_RDONLY)
        server = try Launched(
            ["setpriv", "--pdeathsig", "KILL"] + become + ["--", Self.program, "\(folder)/pgbouncer.ini"],
            environment: plainEnvironment(), descriptors: (none.raw, log.raw, log.raw))
        let url = url(stage.url(.sourceOwner))
        let answers = try eventually(within: 20) {
            try Shell.run(["psql", "-X", "-q", "-d", url, "-Atc", "select 1"]).text == "1\n"
        }
        guard answers else { throw Unmet("the pooler does not answer") }
    }

    deinit { stop() }

    /// The way through it to what an address of the stage leads to.
    package func url(_ direct: String) -> String {
        guard let start = direct.firstRange(of: "host=") else { return direct }
        return "\(direct[..<start.lowerBound])host=\(folder)&port=\(Self.portNumber)"
    }

    /// Stops its process in its tracks, or lets it go on.
    package func freeze(_ frozen: Bool) { kill(server.pid, frozen ? SIGSTOP : SIGCONT) }

    package func stop() {
        kill(server.pid, SIGCONT)
        kill(server.pid, SIGTERM)
        _ = server.wait(within: 10)
    }
}
