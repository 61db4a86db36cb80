import Glibc
import Posix

/// Looks for the snippet (nginx/penstock.conf) in a configuration and holds it against Penstock's settings.
///
/// Every server block that has one of its locations is looked at. Directives are judged where they take effect: what a
/// location does not say itself comes from the blocks around it.
package struct SnippetCheck {
    let expectation: SnippetExpectation
    let main: [Directive]
    private(set) var faults: [SnippetFault] = []

    private init(_ main: [Directive], _ expectation: SnippetExpectation) {
        self.main = main
        self.expectation = expectation
    }

    /// - Returns: how many server blocks have the snippet, and what is wrong, in the order of the files.
    package static func run(
        _ main: [Directive], file: String, expectation: SnippetExpectation
    ) -> (servers: Int, faults: [SnippetFault]) {
        var check = SnippetCheck(main, expectation)
        let servers = Scope.all("http", in: main).flatMap { $0.all("server") }.filter(check.hasSnippet)
        if servers.isEmpty {
            check.error(
                Directive.Place(file: file, line: 1),
                "no server block has Penstock's locations; include penstock.conf in the server block that shall have them"
            )
        }
        for server in servers { check.look(at: server) }
        return (servers.count, check.faults)
    }

    /// The locations of the API, which all go to the socket.
    static let apiPaths = [
        "/report", "/report/", "/report/exports", "/report/exports/preview", "/report/files", "/report/files/",
        "/report/exports/events", "/b/api/v1/reports", "/b/api/v1/reports/", "/api/v1/exports", "/api/v1/exports/",
        "/api/v1/report-reexports",
        "/api/v1/report-reexports/",
    ]
    static let internalPath = "/_penstock_files/"
    /// Where a filter file may come along.
    static let uploadPaths = ["/report/exports", "/report/exports/preview"]
    static let eventsPath = "/report/exports/events"
    /// Where secrets stand in the address: a signature in the query, a token in the path.
    static let secretPaths = ["/report/files/", "/b/api/v1/reports/"]

    static func path(_ location: Scope) -> String { location.directive.arguments.last ?? "" }

    private func hasSnippet(_ server: Scope) -> Bool {
        server.all("location").contains {
            Self.path($0) == Self.internalPath || Self.apiPaths.contains(Self.path($0)) || passesToUs($0)
        }
    }

    private mutating func look(at server: Scope) {
        let locations = server.all("location")
        let paths = Set(locations.map(Self.path))
        checkPrefix(server)
        for path in Self.apiPaths + [Self.internalPath] where !paths.contains(path) {
            error(server.place, "this server block has no location \(path); include penstock.conf as a whole")
        }
        for location in locations {
            let path = Self.path(location)
            if path == Self.internalPath {
                checkFiles(location)
                checkErrors(location)
            } else if Self.apiPaths.contains(path) || passesToUs(location) {
                checkPass(location)
                checkParameters(location)
                checkIdentity(location)
                checkBodies(location)
                if path == Self.eventsPath { checkEvents(location) }
                if Self.secretPaths.contains(path) { checkUnlogged(location, "the secret in its address") }
                if Self.secretPaths.contains(path) { checkErrors(location) }
            } else if path == "/penstock/" {
                checkPage(location)
            }
        }
    }

    mutating func error(_ place: Directive.Place, _ message: String) {
        add(.error, place, message)
    }

    mutating func warn(_ place: Directive.Place, _ message: String) {
        add(.warning, place, message)
    }

    /// Said once, though an included file takes effect in many locations.
    private mutating func add(_ severity: SnippetFault.Severity, _ place: Directive.Place, _ message: String) {
        if faults.contains(where: { $0.place == place && $0.message == message }) { return }
        faults.append(SnippetFault(severity: severity, place: place, message: message))
    }

    // MARK: The socket

    private func passesToUs(_ location: Scope) -> Bool {
        location.own("fastcgi_pass").contains { targets(of: $0).contains(expectation.pass) }
            || location.own("fastcgi_param").contains { $0.value == "PENSTOCK_REQUEST_ID" }
    }

    /// What a `fastcgi_pass` leads to; the servers of an upstream block when it names one.
    private func targets(of pass: Directive) -> [String] {
        let upstream = Scope.all("upstream", in: main).first { $0.directive.value == pass.value }
        return upstream?.own("server").map(\.value) ?? [pass.value]
    }

    private mutating func checkPass(_ location: Scope) {
        guard let pass = location.own("fastcgi_pass").last else {
            return error(location.place, "location \(Self.path(location)) has no fastcgi_pass")
        }
        for target in targets(of: pass) where target != expectation.pass {
            error(
                pass.place, "fastcgi_pass leads to \(target); Penstock listens on \(expectation.pass) (PENSTOCK_SOCKET)"
            )
        }
    }
}
