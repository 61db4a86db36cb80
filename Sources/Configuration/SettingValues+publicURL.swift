extension SettingValues {
    /// PUBLIC_URL: scheme, host, port and path only, since links are made by appending to it.
    /// - Returns: it without a slash at its end, and the path in it.
    func publicURL() throws(ConfigurationError) -> (url: String, path: String) {
        var url = text("PUBLIC_URL") ?? ""
        while url.hasSuffix("/") { url.removeLast() }
        if url.isEmpty { return ("", "") }
        func fault(_ what: String) -> ConfigurationError { ConfigurationError("PUBLIC_URL is '\(url)'; \(what)") }
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else {
            throw fault("it begins with http:// or https://")
        }
        let rest = url.dropFirst(scheme.count)
        let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
        let authority = rest.dropLast(path.count)
        // Not repeated: it may hold a password.
        if authority.contains("@") {
            throw ConfigurationError("PUBLIC_URL names a user; it has scheme, host, port and path")
        }
        if url.contains("?") { throw fault("it has scheme, host, port and path, and no query") }
        if url.contains("#") { throw fault("it has scheme, host, port and path, and no fragment") }
        guard !authority.isEmpty, !authority.hasPrefix(":") else { throw fault("it names no host") }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            throw fault("a URL is in visible ASCII, with other characters percent-encoded")
        }
        return (url, path)
    }
}
