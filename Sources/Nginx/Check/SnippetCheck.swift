/// Looks for the snippet in a configuration and compares it with what `penstock nginx` prints for Penstock's settings.
///
/// Every server block that has one of its locations is looked at. Directives are judged where they take effect: those
/// that a location does not have itself come from the blocks around it.
package struct SnippetCheck {
    /// The settings of Penstock that nginx has to agree with.
    package struct Expectation: Sendable {
        package let places: Snippet.Places
        /// Whether the identity that nginx passes is believed.
        package let trustsGateway: Bool
        /// The path in PENSTOCK_PUBLIC_URL, which the locations do not have; empty when the URL has no path.
        package let publicPath: String

        package init(_ places: Snippet.Places, trustsGateway: Bool, publicPath: String) {
            self.places = places
            self.trustsGateway = trustsGateway
            self.publicPath = publicPath
        }
    }

    let expectation: Expectation
    let main: [Directive]
    /// The snippet's own locations, in its order.
    private let wanted: [Scope]
    private(set) var faults: [SnippetFault] = []

    static let internalPath = "/_penstock_files/"
    private static let pagePath = "/penstock/"

    private init(_ main: [Directive], _ expectation: Expectation) throws(NginxError) {
        self.main = main
        self.expectation = expectation
        let snippet = try Directive.read(
            "penstock nginx", from: .dump(["penstock nginx": Array(Snippet(expectation.places).text.utf8)], order: []))
        wanted = Scope.all("location", in: snippet)
    }

    /// - Returns: how many server blocks have the snippet, and the errors in the order of the files.
    /// - Throws: only when our own snippet cannot be read.
    package static func run(
        _ main: [Directive], file: String, expectation: Expectation
    ) throws(NginxError) -> (servers: Int, faults: [SnippetFault]) {
        var check = try SnippetCheck(main, expectation)
        let servers = Scope.all("http", in: main).flatMap { $0.all("server") }.filter(check.hasSnippet)
        if servers.isEmpty {
            check.error(
                Place(file: file, line: 1),
                "no server block has Penstock's locations; include penstock.conf in the server block that shall have them"
            )
        }
        for server in servers { check.look(at: server) }
        return (servers.count, check.faults)
    }

    static func path(_ location: Scope) -> String { location.directive.arguments.last ?? "" }

    /// The snippet's location of a path when it leads to Penstock.
    private func api(_ path: String) -> Scope? {
        wanted.first { Self.path($0) == path && !path.hasPrefix("@") && !$0.own("fastcgi_pass").isEmpty }
    }

    private func hasSnippet(_ server: Scope) -> Bool {
        server.all("location").contains {
            Self.path($0) == Self.internalPath || api(Self.path($0)) != nil || passesToUs($0)
        }
    }

    private mutating func look(at server: Scope) {
        let locations = server.all("location")
        let paths = Set(locations.map(Self.path))
        checkPrefix(server)
        for path in wanted.map(Self.path) where (api(path) != nil || path == Self.internalPath) && !paths.contains(path)
        {
            error(server.place, "this server block has no location \(path); include penstock.conf as a whole")
        }
        for location in locations {
            let path = Self.path(location)
            if path == Self.internalPath {
                if expectation.places.bucket == nil {
                    checkFiles(location)
                } else if let wanted = wanted.first(where: { Self.path($0) == path }) {
                    checkObjects(location, wanted)
                }
                checkErrors(location)
            } else if let wanted = api(path) ?? (passesToUs(location) ? wanted.first : nil) {
                checkPass(location)
                checkParameters(location, wanted)
                checkIdentity(location)
                checkVariables(location)
                compare(location, wanted)
                if wanted.own("access_log").last?.value == "off" {
                    checkUnlogged(location, "the secret in its address")
                    checkErrors(location)
                }
            } else if path == Self.pagePath {
                checkPage(location)
            }
        }
    }

    mutating func error(_ place: Place, _ message: String) {
        add(.error, place, message)
    }

    mutating func warn(_ place: Place, _ message: String) {
        add(.warning, place, message)
    }

    /// Said once, though an included file takes effect in many locations.
    private mutating func add(_ severity: SnippetFault.Severity, _ place: Place, _ message: String) {
        if faults.contains(where: { $0.place == place && $0.message == message }) { return }
        faults.append(SnippetFault(severity: severity, place: place, message: message))
    }

    // MARK: The socket

    private func passesToUs(_ location: Scope) -> Bool {
        location.own("fastcgi_pass").contains { targets(of: $0).contains(expectation.places.pass) }
            || location.own("fastcgi_param").contains { $0.value == "PENSTOCK_REQUEST_ID" }
    }

    /// The targets of a `fastcgi_pass`; the servers of an upstream block when it names one.
    private func targets(of pass: Directive) -> [String] {
        let upstream = Scope.all("upstream", in: main).first { $0.directive.value == pass.value }
        return upstream?.own("server").map(\.value) ?? [pass.value]
    }

    private mutating func checkPass(_ location: Scope) {
        guard let pass = location.own("fastcgi_pass").last else {
            return error(location.place, "location \(Self.path(location)) has no fastcgi_pass")
        }
        let ours = expectation.places.pass
        for target in targets(of: pass) where target != ours {
            error(pass.place, "fastcgi_pass leads to \(target); Penstock listens on \(ours) (PENSTOCK_SOCKET)")
        }
    }
}
