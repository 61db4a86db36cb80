import Glibc
import Posix

/// What nginx sends by itself: the finished files and the page.
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
        expect(location, "gzip", "off", orDefault: true, "ranges of a file and its strong ETag would be lost")
        checkUnlogged(location, "the signature of the request that led here")
    }

    private mutating func checkFolder(_ directive: Directive, _ given: String, _ what: String) {
        if Self.canonical(given) != Self.canonical(expectation.files) {
            error(
                directive.place,
                "\(what) is \(given); the finished files are in \(expectation.files)/ (the folder files in PENSTOCK_STORAGE)"
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
