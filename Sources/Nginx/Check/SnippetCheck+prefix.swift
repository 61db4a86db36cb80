extension SnippetCheck {
    /// Where PUBLIC_URL has a path, something has to take it away before the locations are chosen: a rewrite, a
    /// location that passes on to this server, or a proxy in front, of which nothing is known here.
    mutating func checkPrefix(_ server: Scope) {
        let path = expectation.publicPath
        if path.isEmpty { return }
        let setting = "PENSTOCK_PUBLIC_URL has the path \(path)"
        let servers = Scope.all("server", in: main)
        let isRewritten = servers.contains { server in
            ([server] + server.all("location")).contains { scope in
                scope.own("rewrite").contains { $0.value.replacing("\\", with: "").contains("\(path)/") }
            }
        }
        if isRewritten { return }
        let passing = servers.flatMap { $0.all("location") }.filter {
            Self.path($0).hasPrefix("\(path)/") || Self.path($0) == path
        }
        guard !passing.isEmpty else {
            return warn(
                server.place,
                "\(setting), and no rewrite or location here takes it away; the proxy in front of this nginx has to")
        }
        for location in passing {
            for pass in location.own("proxy_pass") where !Self.replacesPath(pass.value) {
                warn(pass.place, "\(setting), which this proxy_pass hands on; end it in a slash")
            }
        }
    }

    /// Whether a `proxy_pass` has a URI, which takes the place of the location's path.
    private static func replacesPath(_ target: String) -> Bool {
        guard let scheme = target.firstRange(of: "://") else { return false }
        return target[scheme.upperBound...].contains("/") || target.contains("$")
    }
}
