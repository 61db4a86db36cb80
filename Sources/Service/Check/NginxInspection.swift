import API
import Configuration
import Glibc
import Nginx
import Posix
import Storage

/// nginx's side of the service: whether its configuration has the snippet, and fits the settings.
///
/// `nginx -T` prints the configuration that nginx itself reads, and tells whether it would start with it. Where there
/// is no nginx, or this user may not read its keys and logs, the files are read here, with those that they include.
struct NginxInspection {
    let configuration: Configuration
    /// The main file.
    let file: String
    /// The value of nginx's -p; nil when nginx is started without it.
    let prefix: String?
    /// The nginx that is asked: a path, or a name in PATH.
    let program: String

    /// - Returns: also the user, and the group where one is named, of nginx's workers; nil where nothing names them.
    func findings() -> ([CheckFinding], workers: (user: String, group: String?)?) {
        let path = Self.absolute(file)
        var findings: [CheckFinding] = []
        var workers: (user: String, group: String?)?
        let (files, reader) = files(path, &findings)
        if findings.contains(where: { $0.grade == .bad }) { return (findings, nil) }
        do {
            let expectation = SnippetCheck.Expectation(
                try Snippet.Places(configuration), trustsGateway: configuration.trustsGateway,
                publicPath: configuration.publicPath)
            let directives = try Directive.read(path, from: files)
            findings += versionFindings(directives)
            if let user = directives.first(where: { $0.name == "user" }) {
                workers = (user.value, user.arguments.dropFirst().first)
            }
            let (servers, faults) = try SnippetCheck.run(directives, file: path, expectation: expectation)
            findings += faults.map { finding($0.severity == .error ? .bad : .warning, $0.description) }
            if !faults.contains(where: { $0.severity == .error }) {
                findings.append(
                    finding(
                        .good,
                        "\(path) has the snippet in \(servers) server block\(servers == 1 ? "" : "s")"
                            + (reader.map { ", says \($0)" } ?? "")))
            }
        } catch {
            findings.append(finding(.bad, "\(error)"))
        }
        return (findings, workers)
    }

    private func finding(_ grade: CheckFinding.Grade, _ message: String) -> CheckFinding {
        CheckFinding(subject: "nginx", grade: grade, message: message)
    }

    /// - Returns: also the program that has read them and its version, where one has.
    private func files(
        _ path: String, _ findings: inout [CheckFinding]
    ) -> (ConfigurationFiles, reader: String?) {
        guard let program = ProgramRun.find(program) else {
            findings.append(
                program == "nginx"
                    ? finding(.warning, "there is no nginx on this host; its files were read without it")
                    : finding(.bad, "PENSTOCK_NGINX is \(program), which is no program that can be run"))
            return (.disk, nil)
        }
        var reader = program
        do {
            reader += try Self.version(program).map { " \($0)" } ?? ""
            let run = try ProgramRun(program, ["-T", "-c", path] + (prefix.map { ["-p", $0] } ?? []))
            if run.exit.how == .exited(0) { return (ConfigurationFiles(dump: run.output), reader) }
            let lines = String(decoding: run.errors, as: UTF8.self).split(separator: "\n").map(String.init)
            let reason = lines.first { $0.contains("[emerg]") }.map(Self.withoutStamp) ?? lines.last ?? "\(run.exit)"
            // Keys and logs that only root may open say nothing about the configuration.
            let isForbidden = reason.contains("ermission denied") || reason.contains("not permitted")
            findings.append(
                isForbidden
                    ? finding(.warning, "nginx -T may not run as this user, its files were read without it (\(reason))")
                    : finding(
                        .bad,
                        "nginx would not start: \(reason) (says \(reader); if another nginx runs here, set PENSTOCK_NGINX)"
                    ))
        } catch {
            findings.append(
                finding(.warning, "\(reader) -T could not be run, its files were read without it (\(error))"))
        }
        return (.disk, nil)
    }

    /// `1.22.1` of `nginx version: nginx/1.22.1`.
    private static func version(_ program: String) throws(PosixError) -> String? {
        let line = String(decoding: try ProgramRun(program, ["-v"]).errors, as: UTF8.self)
        return line.firstRange(of: "nginx/").map { String(line[$0.upperBound...].prefix { !$0.isWhitespace }) }
    }

    /// Vulnerabilities of the installed nginx, where the configuration has the directives that they need.
    private func versionFindings(_ directives: [Directive]) -> [CheckFinding] {
        guard let program = ProgramRun.find(program), let text = try? Self.version(program),
            let version = Version(text.prefix { $0.isNumber || $0 == "." }),
            directives.contains(where: { $0.contains("rewrite") }),
            let message = KnownHoles.message(
                "nginx", version, KnownHoles.holes(in: version, of: KnownHoles.nginxRewrite))
        else { return [] }
        return [
            finding(
                .warning, "the configuration has 'rewrite', and \(message), or in your distribution's package of it")
        ]
    }

    /// nginx's words without its time, process and connection: `[emerg] bind() to … failed`.
    private static func withoutStamp(_ line: String) -> String {
        guard let level = line.firstRange(of: "[emerg] ") else { return line }
        var text = line[level.upperBound...]
        if let hash = text.firstIndex(of: "#"), text[..<hash].allSatisfy(\.isNumber),
            let colon = text.firstRange(of: ": ")
        {
            text = text[colon.upperBound...]
        }
        return "[emerg] \(text)"
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return "\(String(cString: folder))/\(path)"
    }
}

extension Snippet.Places {
    /// Where things are by Penstock's own settings.
    /// - Throws: `ConfigurationError` for the address of a bucket that is malformed.
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        self.init(
            socket: configuration.socket, auditSocket: configuration.auditSocket, storage: configuration.storage,
            uploadBytes: BodyLimits.withFilterFile(configuration))
        bucket = try BucketAddress(configuration.storage, configuration.storageEndpoint, configuration.storageStyle)
            .map { Bucket(url: $0.url, host: $0.host, authorities: configuration.storageAuthorities) }
    }
}

extension Directive {
    /// Whether it, or one inside, has a name.
    fileprivate func contains(_ name: String) -> Bool {
        self.name == name || block?.contains { $0.contains(name) } == true
    }
}
