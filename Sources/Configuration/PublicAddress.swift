/// An address of a web server: scheme, host, port and path only, since links are made by appending to it.
package struct PublicAddress: Sendable {
    /// Without a slash at its end; empty when it is not set.
    let url: String
    /// The path in it; empty when it has none.
    let path: String

    /// - Parameter name: the setting's.
    /// - Throws: `ConfigurationError` for a text that is no such URL.
    init(_ text: String, _ name: String = "PUBLIC_URL") throws(ConfigurationError) {
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        if url.isEmpty {
            (self.url, path) = ("", "")
            return
        }
        func fault(_ reason: String) -> ConfigurationError { ConfigurationError("\(name) is '\(url)'; \(reason)") }
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else {
            throw fault("it begins with http:// or https://")
        }
        let rest = url.dropFirst(scheme.count)
        let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
        let authority = rest.dropLast(path.count)
        // Not repeated: it may hold a password.
        if authority.contains("@") {
            throw ConfigurationError("\(name) names a user; it has scheme, host, port and path")
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

    /// As a browser writes the origin of its pages (RFC 6454 section 6.2): in lower case, without the scheme's own
    /// port; empty when the address is not set.
    package var origin: String {
        let origin = url.dropLast(path.count).lowercased()
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            return String(origin.dropLast(port.count))
        }
        return origin
    }
}
