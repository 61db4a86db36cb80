import Glibc
import JSON
import Posix
import Support

/// A program that takes webhooks and writes down what it got: Python's HTTP server, which checks signatures by itself.
final class Receiver {
    let port: String
    private let scheme: String
    private let launched: Launched
    private let folder: String
    /// The near end of its input: it ends when this closes, however the tests do.
    private let line: Int32

    /// - Parameter identity: the key and the certificates it shows, in PEM; it speaks TLS then. May be replaced while
    ///   it runs.
    init(identity: String? = nil) throws {
        scheme = identity == nil ? "http" : "https"
        folder = "\(TestRun.folder)/receiver-\(Random.integer())"
        try File.makeFolders(folder)
        let input = try Pipe()
        let log = try FileDescriptor.open("\(folder)/output", O_WRONLY | O_CREAT, mode: 0o600)
        launched = try Launched(
            [
                "python3", "\(TestRun.source)/Tests/Readers/webhook_receiver.py", "\(folder)/port", "\(folder)/log",
                "\(folder)/secrets",
            ] + (identity.map { [$0] } ?? []), environment: plainEnvironment(),
            descriptors: (input.readEnd.raw, log.raw, log.raw))
        line = fcntl(input.writeEnd.raw, F_DUPFD_CLOEXEC, 3)
        let path = "\(folder)/port"
        guard eventually(within: 20, { access(path, R_OK) == 0 }) else { throw Unmet("the receiver does not start") }
        port = String(decoding: try File.bytes(at: path), as: UTF8.self)
        try expect([])
    }

    deinit {
        close(line)
        kill(launched.pid, SIGKILL)
        _ = launched.wait(within: 5)
    }

    func url(_ path: String) -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    /// The secrets of which each request says whether it is signed with them.
    func expect(_ secrets: [String]) throws {
        let file = try FileDescriptor.open("\(folder)/secrets", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.writeAll(Array(secrets.joined(separator: "\n").utf8))
    }

    /// What has come so far at a path, in order.
    func requests(_ path: String) -> [JSON] {
        let bytes = (try? File.bytes(at: "\(folder)/log", limit: 1 << 30)) ?? []
        return bytes.split(separator: 0x0A).compactMap { try? JSON.parse(Array($0), limits: .stored) }.filter {
            $0["path"] == .string(path)
        }
    }
}
