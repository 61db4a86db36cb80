import Glibc
import Posix

/// The locations from which nginx itself sends: the finished files and the page.
extension SnippetCheck {
    mutating func checkFiles(_ location: Scope) {
        if location.own("internal").isEmpty {
            error(location.place, "location \(Self.internalPath) is not internal; anybody could fetch any file")
        }
        if let root = location.own("root").last {
            error(root.place, "location \(Self.internalPath) has a root; an alias is needed")
        }
        if let alias = location.own("alias").last {
            if !alias.value.hasSuffix("/") {
                error(
                    alias.place, "alias \(alias.value) does not end in a slash; a request could lead out of the folder")
            }
            checkFolder(alias, alias.value, "alias")
        } else {
            error(location.place, "location \(Self.internalPath) has no alias")
        }
        if let links = location.effective("disable_symlinks").last, links.value != "off" {
            for argument in links.arguments where argument.hasPrefix("from=") {
                checkFolder(links, String(argument.dropFirst(5)), "disable_symlinks from")
            }
        } else {
            warn(location.place, "disable_symlinks is off; a link placed in the folder would be followed")
        }
        expect(location, "gzip", "off", "ranges of a file and its strong ETag would be lost")
        checkTransfers(location)
        for inner in location.all("location") {
            for alias in inner.own("alias") { checkFolder(alias, alias.value, "alias") }
        }
    }

    /// The log of the files: it is off, or its format holds no secret; Penstock's own format reports transfers to the
    /// audit.
    mutating func checkTransfers(_ location: Scope) {
        let secret = "the signature of the request that led here"
        let logs = location.effective("access_log")
        if logs.isEmpty { return error(location.place, "access_log is on, nginx's default; \(secret) would be logged") }
        var isTold = false
        for log in logs where log.value != "off" {
            guard case let format = format(of: log), format.isEmpty || holdsSecret(format) else {
                isTold = checkReceiver(log) || isTold
                continue
            }
            error(log.place, "access_log is \(log.value); \(secret) would be logged")
        }
        if !isTold, expectation.places.auditSocket != nil {
            warn(
                logs[0].place,
                "nginx does not report transfers to the audit; include penstock-http.conf in the http block and change penstock-transfers.conf"
            )
        }
    }

    /// The text of the log's format; empty for nginx's own, which holds the whole request line.
    private func format(of log: Directive) -> String {
        let name = log.arguments.dropFirst().first { !$0.contains("=") } ?? "combined"
        let formats = Scope.all("http", in: main).flatMap { $0.own("log_format") }
        return formats.last { $0.value == name }.map { $0.arguments.dropFirst().joined() } ?? ""
    }

    private func holdsSecret(_ format: String) -> Bool {
        let variables = format.replacing("${", with: "$")
        return [
            "$request_uri", "$args", "$query_string", "$arg_", "$is_args", "$http_authorization", "$http_api_key",
            "$http_cookie", "$cookie_", "$http_referer",
        ].contains { variables.contains($0) }
            || variables.split(separator: "$", omittingEmptySubsequences: false).dropFirst().contains {
                // $request itself, not $request_id and its like.
                $0.hasPrefix("request") && $0.dropFirst(7).first.map { $0 != "_" && !$0.isLetter } != false
            }
    }

    /// - Returns: whether this is the log that Penstock reads.
    private mutating func checkReceiver(_ log: Directive) -> Bool {
        guard log.value.hasPrefix("syslog:") else { return false }
        let server = log.value.dropFirst(7).split(separator: ",").first { $0.hasPrefix("server=") }?.dropFirst(7) ?? ""
        guard server.hasPrefix("unix:"), let socket = expectation.places.auditSocket else { return false }
        if server == "unix:\(socket)" { return true }
        error(log.place, "access_log tells \(server); Penstock listens on unix:\(socket) (PENSTOCK_AUDIT_SOCKET)")
        return true
    }

    private mutating func checkFolder(_ directive: Directive, _ given: String, _ what: String) {
        if Self.canonical(given) != Self.canonical(expectation.places.files) {
            error(
                directive.place,
                "\(what) is \(given); the finished files are in \(expectation.places.files)/ (the folder files in PENSTOCK_STORAGE)"
            )
        }
    }

    mutating func checkUnlogged(_ location: Scope, _ secret: String) {
        let logs = location.effective("access_log")
        if logs.isEmpty { return error(location.place, "access_log is on, nginx's default; \(secret) would be logged") }
        for log in logs where log.value != "off" {
            error(
                log.place,
                "access_log is \(log.value) in \(location.directive.arguments.last ?? ""); \(secret) would be logged")
        }
    }

    /// nginx's error log has the request line; only Penstock's own socket takes it away.
    mutating func checkErrors(_ location: Scope) {
        let logs = location.effective("error_log")
        let ours = logs.filter { log in
            log.value == "/dev/null"
                || expectation.places.auditSocket.map { log.value.hasPrefix("syslog:server=unix:\($0),") } ?? false
        }
        if !logs.isEmpty, ours.count == logs.count { return }
        warn(
            (logs.first { log in !ours.contains { $0.place == log.place } })?.place ?? location.place,
            "an error in \(Self.path(location)) is logged with the secret in its address; include penstock-unlogged.conf there"
        )
    }

    mutating func checkPage(_ location: Scope) {
        guard let alias = location.own("alias").last else { return }
        if access("\(alias.value)/index.html", R_OK) != 0 {
            error(alias.place, "alias \(alias.value) holds no index.html; the page would be 404")
        }
    }

    /// A path without links and without a slash at its end; as it is, where it does not exist.
    private static func canonical(_ path: String) -> String {
        guard let real = realpath(path, nil) else {
            var trimmed = path[...]
            while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
            return String(trimmed)
        }
        defer { free(real) }
        return String(cString: real)
    }
}
