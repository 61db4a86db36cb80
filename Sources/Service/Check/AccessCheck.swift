import Configuration
import FastCGI
import Glibc
import Posix
import Storage

/// Opens, as nginx's user, what nginx opens: the sockets, and a file of the storage.
///
/// Only root can become another user, and does so in a child of its own. Where no file is stored yet, one is made by
/// the user and group to whom the folder belongs, with the mode of an export's.
struct AccessCheck {
    let configuration: Configuration
    /// nginx's, whose workers ask and read.
    let user: String
    /// nil for the user's own.
    let group: String?

    /// Debian's.
    static let usualUser = "www-data"

    /// A thing that nginx opens.
    private enum Target {
        case stream(String)
        case datagrams(String)
        case file(String)

        var path: String {
            switch self {
            case .stream(let path), .datagrams(let path), .file(let path): path
            }
        }
    }

    func run() -> [CheckFinding] {
        guard let account = UserAccount(named: user, group: group) else {
            return [
                finding(
                    .warning,
                    "there is no user '\(user)' here to try sockets and files as; name nginx's by --nginx-user")
            ]
        }
        guard geteuid() == 0 || geteuid() == account.id else {
            return [
                finding(
                    .warning,
                    "whether nginx's user \(user) can open the sockets and files could not be tried, for this is not root"
                )
            ]
        }
        do {
            let (sample, remark) = try file()
            defer { if let sample, sample.isOurs { unlink(sample.path) } }
            let targets = sockets + (sample.map { [.file($0.path)] } ?? [])
            let answers = try Self.answers(targets, as: geteuid() == 0 ? account : nil)
            return findings(targets, answers) + (remark.map { [finding(.warning, $0)] } ?? [])
        } catch {
            return [finding(.warning, "as nginx's user \(user) nothing could be tried: \(String(reflecting: error))")]
        }
    }

    private func finding(_ grade: CheckFinding.Grade, _ message: String) -> CheckFinding {
        CheckFinding(subject: "access", grade: grade, message: message)
    }

    // MARK: What is opened

    private var sockets: [Target] {
        let socket = configuration.socket
        return (socket.hasPrefix("/") ? [.stream(socket)] : [])
            + (configuration.auditSocket.map { [.datagrams($0)] } ?? [])
    }

    /// - Returns: a file that nginx is to read, nil for a bucket's; and why there is none.
    private func file() throws -> ((path: String, isOurs: Bool)?, remark: String?) {
        guard !configuration.storage.hasPrefix("s3://") else { return (nil, nil) }
        let folder = StorageFolder(at: configuration.storage)
        if let path = try folder.recentFile() { return ((path, false), nil) }
        var info = stat()
        guard stat(folder.filesPath, &info) == 0 else {
            return (nil, "\(folder.filesPath) is not there yet: start the service once, and check again")
        }
        let owner = UserAccount(id: info.st_uid, group: info.st_gid)
        if geteuid() != 0 { return ((try folder.makeSample(), true), nil) }
        let path = try ChildProcess.ask(name: "pst-sample") {
            do {
                try owner.become()
                // As `serve` has it.
                umask(0o027)
                return try folder.makeSample()
            } catch {
                return ""
            }
        }
        guard let path, !path.isEmpty else {
            return (nil, "\(owner.name), who owns \(folder.filesPath), can make no file there to try")
        }
        return ((path, true), nil)
    }

    // MARK: Opening

    /// - Parameter account: whom a child is to become; nil for this process's own user.
    /// - Returns: for each target 0, or the number of the error, and the folder above it that refuses.
    private static func answers(
        _ targets: [Target], as account: UserAccount?
    ) throws -> [(number: Int32, folder: String?)] {
        let text = try ChildProcess.ask(name: "pst-access") {
            do { try account?.become() } catch { return "" }
            return targets.map { target in
                let number = open(target)
                return "\(number)\t\(number == EACCES ? shut(above: target.path) ?? "" : "")"
            }.joined(separator: "\n")
        }
        let lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == targets.count || targets.isEmpty else {
            throw PosixError("setuid", errorNumber: EPERM, subject: account?.name)
        }
        return zip(targets, lines).map { _, line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            let folder = parts.count > 1 && !parts[1].isEmpty ? String(parts[1]) : nil
            return (Int32(parts[0]) ?? EIO, folder)
        }
    }

    private static func open(_ target: Target) -> Int32 {
        do {
            switch target {
            case .stream(let path): try SocketProbe.connect(to: path)
            case .datagrams(let path): try SocketProbe.connect(to: path, datagrams: true)
            case .file(let path): try FileDescriptor.open(path, O_RDONLY).close()
            }
            return 0
        } catch {
            return error.errorNumber
        }
    }

    /// The first folder on the way to a path that this process may not search.
    private static func shut(above path: String) -> String? {
        var folder = ""
        for part in [""] + path.split(separator: "/").dropLast().map(String.init) {
            folder = folder == "/" || folder.isEmpty ? "/\(part)" : "\(folder)/\(part)"
            if access(folder, X_OK) != 0, errno == EACCES { return folder }
        }
        return nil
    }

    // MARK: Telling

    private func findings(_ targets: [Target], _ answers: [(number: Int32, folder: String?)]) -> [CheckFinding] {
        var good: [String] = []
        var findings: [CheckFinding] = []
        for (target, answer) in zip(targets, answers) {
            switch answer.number {
            // A socket without a listener has let the user in.
            case 0, ECONNREFUSED: good.append(target.path)
            case EACCES: findings.append(refusal(of: target, answer.folder))
            case ENOENT:
                findings.append(
                    finding(.warning, "\(target.path) is not there: start the service, and check again"))
            case let number:
                let words = String(cString: strerror(number))
                findings.append(finding(.bad, "nginx's user \(user) cannot open \(target.path): \(words)"))
            }
        }
        if !good.isEmpty {
            findings.insert(
                finding(.good, "nginx's user \(user) can open \(good.joined(separator: ", "))"), at: 0)
        }
        return findings
    }

    private func refusal(of target: Target, _ folder: String?) -> CheckFinding {
        let place = folder ?? target.path
        let deed =
            switch target {
            case .file: folder == nil ? "read" : "search"
            case .stream, .datagrams: folder == nil ? "write to" : "search"
            }
        let purpose =
            switch target {
            case .stream: "answers would be 502"
            case .datagrams: "the audit would not hear of transfers"
            case .file: "downloads would be 500 file_unreadable"
            }
        return finding(
            .bad, "nginx's user \(user) may not \(deed) \(place)\(Self.rights(place, deed, user)); \(purpose)")
    }

    /// The owner and mode of a path, and what would let the user in.
    private static func rights(_ path: String, _ deed: String, _ user: String) -> String {
        var info = stat()
        guard lstat(path, &info) == 0 else { return "" }
        let mode = info.st_mode & 0o7777
        let group = UserAccount.groupName(info.st_gid)
        let owner = UserAccount(id: info.st_uid, group: info.st_gid).name
        let wanted: (bits: mode_t, sign: String) =
            switch deed {
            case "read": (0o040, "g+r")
            case "search": (0o010, "g+x")
            default: (0o060, "g+rw")
            }
        // A group of root's is no place for a web server.
        let cure =
            mode & wanted.bits == wanted.bits && info.st_gid != 0
            ? "add \(user) to the group \(group)" : "chmod \(wanted.sign) and give it a group that \(user) is in"
        return " (mode 0\(String(mode, radix: 8)), owner \(owner), group \(group): \(cure))"
    }
}
