import Coding
import Glibc
import JSON
import Posix
import Support

/// A real mail server, exim, with a folder for what it takes (`Tests/Readers/mail_server`).
final class MailReceiver {
    /// STARTTLS, and a password; without TLS; TLS from the beginning.
    let ports: [Int]
    let folder: String
    private var running: (program: Launched, line: Int32)?

    struct Mail {
        let headers: JSON
        let text: String
        let files: [(name: String, type: String, bytes: [UInt8])]
        let hasDefects: Bool

        subscript(_ header: String) -> String { headers[header]?.string ?? "" }
    }

    /// It does not listen yet.
    init() throws {
        folder = "\(TestRun.folder)/mail-\(Random.integer())"
        mkdir(folder, 0o711)
        let script = """
            import socket
            sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
            print(*(each.getsockname()[1] for each in sockets))
            """
        ports = String(decoding: try Shell.output(["python3", "-c", script]), as: UTF8.self).split {
            $0 == " " || $0.isNewline
        }.compactMap { Int($0) }
    }

    deinit { stop() }

    /// - Throws: `Unmet` when it does not listen.
    func start() throws {
        guard running == nil else { return }
        let input = try Pipe()
        let log = try FileDescriptor.open("\(folder)/output", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let program = try Launched(
            ["\(TestRun.source)/Tests/Readers/mail_server", folder] + ports.map(String.init),
            environment: plainEnvironment(), descriptors: (input.readEnd.raw, log.raw, log.raw))
        running = (program, fcntl(input.writeEnd.raw, F_DUPFD_CLOEXEC, 3))
        let isUp = try eventually(within: 20) {
            try ports.allSatisfy { try Shell.run(["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\($0)"]).status == 0 }
        }
        guard isUp else {
            throw Unmet(String(decoding: (try? File.bytes(at: "\(folder)/output")) ?? [], as: UTF8.self))
        }
    }

    func stop() {
        guard let (program, line) = running else { return }
        running = nil
        close(line)
        _ = program.wait(within: 10)
    }

    var settings: [String: String] {
        [
            "PENSTOCK_SMTP_URL": "smtp://reports@127.0.0.1:\(ports[0])", "PENSTOCK_SMTP_CA": "\(folder)/authority.pem",
            "PENSTOCK_SMTP_PASSWORD_FILE": "\(folder)/password", "PENSTOCK_SMTP_FROM": "Reports <reports@example.com>",
        ]
    }

    /// Has the service present another password from its next message on.
    func expect(password: String) throws {
        try FileDescriptor.open("\(folder)/password", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(
            Array("\(password)\n".utf8))
    }

    /// Whether `later@` is put off.
    func putOff(_ isPutOff: Bool) throws {
        let path = "\(folder)/later"
        if isPutOff {
            _ = try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o644)
        } else {
            unlink(path)
        }
    }

    /// What has come so far to an address, the oldest first.
    func mails(to address: String) throws -> [Mail] {
        let output = try Shell.output([
            "python3", "\(TestRun.source)/Tests/Readers/mail_reader.py", "\(folder)/maildir",
        ])
        return output.split(separator: 0x0A).compactMap { line -> Mail? in
            guard let json = try? JSON.parse(Array(line), limits: .stored) else { return nil }
            let files = (json["files"]?.array ?? []).map {
                (
                    name: $0["name"]?.string ?? "", type: $0["type"]?.string ?? "",
                    bytes: Base64.decode($0["bytes"]?.string ?? "", .standard) ?? []
                )
            }
            return Mail(
                headers: json["headers"] ?? .null, text: json["text"]?.string ?? "", files: files,
                hasDefects: json["defects"] != .array([]))
        }.filter { "<\($0["envelope-to"])>" == address }
    }

    /// Everything that the server has said of what it did.
    var log: String {
        ["main", "reject"].map { name in
            String(decoding: (try? File.bytes(at: "\(folder)/log/\(name)log", limit: 1 << 24)) ?? [], as: UTF8.self)
        }.joined()
    }
}
