import Glibc
import Posix

/// A streaming standby of a stage's PostgreSQL, beside it on the same socket folder under another port: a source that
/// can be away while the queue is there.
package final class Standby {
    private var server: Launched?
    private let command: [String]
    private let log: String
    private let answers: String
    private static let portNumber = "5433"

    /// Makes it from a base backup and waits until it answers queries.
    /// - Parameter settings: of the server, as `name=value`.
    package init(of stage: Stage, _ settings: [String] = []) throws {
        func setting(_ name: String) throws -> String {
            try stage.value("select current_setting('\(name)')", on: .sourceOwner) ?? ""
        }
        let data = try setting("data_directory")
        let sockets = try setting("unix_socket_directories").replacing("\"", with: "")
        let bin = try stage.value("select setting from pg_config where name = 'BINDIR'", on: .sourceOwner) ?? ""
        var info = stat()
        guard stat(data, &info) == 0 else { throw PosixError("stat", subject: data) }
        let become =
            info.st_uid == getuid()
            ? [] : ["setpriv", "--reuid=\(info.st_uid)", "--regid=\(info.st_gid)", "--clear-groups", "--"]
        let folder = "\(data)-standby"
        let made = become + ["mkdir", "-m", "700", folder]
        // The folder above is the stage's; only its owner may add to it.
        if try Shell.run(made).status != 0 {
            _ = try Shell.output(["mkdir", "-m", "700", folder])
            _ = try Shell.output(["chown", "\(info.st_uid):\(info.st_gid)", folder])
        }
        _ = try Shell.output(
            become + [
                "\(bin)/pg_basebackup", "-h", sockets, "-U", "postgres", "-D", folder, "-R", "-X", "stream", "-c",
                "fast",
            ],
            within: 60)
        command =
            become + [
                "\(bin)/postgres", "-D", folder, "-p", Self.portNumber, "-c", "listen_addresses=", "-c",
                "unix_socket_directories=\"\(sockets)\"", "-c", "max_connections=100", "-c", "hot_standby=on",
            ] + settings.flatMap { ["-c", $0] }
        log = "\(stage.state)/standby.log"
        answers = "\(stage["SOURCE_URL"])&port=\(Self.portNumber)"
        try start()
    }

    deinit { stop() }

    /// Starts it (again) and waits until it answers queries.
    package func start() throws {
        let log = try FileDescriptor.open(log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o666)
        let none = try FileDescriptor.open("/dev/null", O_RDONLY)
        server = try Launched(command, environment: plainEnvironment(), descriptors: (none.raw, log.raw, log.raw))
        let up = try eventually(within: 30) {
            try Shell.run(["psql", "-X", "-q", "-d", answers, "-Atc", "select pg_is_in_recovery()"]).text == "t\n"
        }
        guard up else { throw Unmet("the standby does not answer") }
    }

    /// The standby's address, from the primary's.
    package func url(_ primary: String) -> String { "\(primary)&port=\(Self.portNumber)" }

    /// - Parameter signal: INT ends its sessions with a word, QUIT like a power cut.
    package func stop(_ signal: Int32 = SIGINT) {
        guard let server else { return }
        kill(server.pid, signal)
        _ = server.wait(within: 20)
        self.server = nil
    }
}
