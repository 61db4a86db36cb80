import Glibc
import Posix

/// A PostgreSQL beside a stage's, on the same socket folder under a port of its own, with a copy of the stage's data or
/// of another such server's.
package final class PostgresServer {
    package let port: String
    private let stage: Stage
    private let bin: String
    private let sockets: String
    private let folder: String
    private let account: (user: uid_t, group: gid_t)
    private let settings: [String]
    private var process: Launched?

    /// - Parameter settings: of the server, as `name=value`.
    package init(beside stage: Stage, port: String, _ settings: [String] = []) throws {
        func setting(_ name: String) throws -> String {
            try stage.value("select current_setting('\(name)')", on: .sourceOwner) ?? ""
        }
        let data = try setting("data_directory")
        var info = stat()
        guard stat(data, &info) == 0 else { throw PosixError("stat", subject: data) }
        self.stage = stage
        self.port = port
        self.settings = settings
        account = (info.st_uid, info.st_gid)
        sockets = try setting("unix_socket_directories").replacing("\"", with: "")
        bin = try stage.value("select setting from pg_config where name = 'BINDIR'", on: .sourceOwner) ?? ""
        folder = "\(data)-\(port)"
    }

    deinit { stop() }

    package var pid: pid_t? { process?.pid }

    /// The path of its socket.
    package var socket: String { "\(sockets)/.s.PGSQL.\(port)" }

    /// The address on this server of a database of the stage's.
    package func url(_ address: String) -> String { "\(address)&port=\(port)" }

    private var become: [String] {
        account.user == getuid()
            ? [] : ["--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups"]
    }

    /// Replaces its data by those of a server: the stage's, or another one beside it.
    package func copy(from other: PostgresServer? = nil, asStandby: Bool) throws {
        _ = try Shell.output(["rm", "-rf", "--", folder])
        let made = ["setpriv"] + become + ["--", "mkdir", "-m", "700", folder]
        // The folder above is the stage's; only its owner may add to it.
        if try Shell.run(made).status != 0 {
            _ = try Shell.output(["mkdir", "-m", "700", folder])
            _ = try Shell.output(["chown", "\(account.user):\(account.group)", folder])
        }
        _ = try Shell.output(
            ["setpriv"] + become + [
                "--", "\(bin)/pg_basebackup", "-h", sockets, "-p", other?.port ?? "5432", "-U", "postgres", "-D",
                folder,
                "-X", "stream", "-c", "fast",
            ] + (asStandby ? ["-R"] : []), within: 60)
    }

    /// Starts it (again) and waits until it answers queries.
    package func start() throws {
        let log = try FileDescriptor.open(
            "\(stage.state)/postgres-\(port).log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o666)
        let none = try FileDescriptor.open("/dev/null", O_RDONLY)
        unlink("\(folder)/postmaster.pid")
        process = try Launched(
            ["setpriv", "--pdeathsig", "QUIT"] + become + [
                "--", "\(bin)/postgres", "-D", folder, "-p", port, "-c", "listen_addresses=", "-c",
                "unix_socket_directories=\"\(sockets)\"", "-c", "max_connections=100", "-c", "hot_standby=on", "-c",
                "fsync=off", "-c", "log_line_prefix=%m [%p] %u@%d ",
            ] + settings.flatMap { ["-c", $0] }, environment: plainEnvironment(),
            descriptors: (none.raw, log.raw, log.raw))
        let up = eventually(within: 30) { (try? rows("select 1")) != nil }
        guard up else { throw Unmet("the PostgreSQL at port \(port) does not answer") }
    }

    /// - Parameter signal: INT ends its sessions with a word, QUIT like a power cut.
    package func stop(_ signal: Int32 = SIGINT) {
        guard let process else { return }
        kill(process.pid, signal)
        _ = process.wait(within: 20)
        self.process = nil
    }

    /// The rows of a query of the superuser's, in Penstock's own database; NULL is nil. Several statements are one
    /// transaction.
    @discardableResult
    package func rows(_ sql: String) throws -> [[String?]] { try Query.rows(sql, at: url(stage.url(.jobsOwner))) }
}
