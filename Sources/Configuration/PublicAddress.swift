/// PUBLIC_URL: scheme, host, port and path only, since links are made by appending to it.
package struct PublicAddress: Sendable {
    /// Without a slash at its end; empty when it is not set.
    let url: String
    /// The path in it; empty when it has none.
    let path: String

    /// - Throws: `ConfigurationError` for a text that is no such URL.
    init(_ text: String) throws(ConfigurationError) {
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        if url.isEmpty {
            (self.url, path) = ("", "")
            return
        }
        func fault(_ reason: String) -> ConfigurationError { ConfigurationError("PUBLIC_URL is '\(url)'; \(reason)") }
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
        self.url = url
        self.path = path
    }
}
