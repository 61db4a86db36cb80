import Posix

/// The address of a webhook: `http` or `https`, on the public internet or in a range that the configuration trusts.
///
/// A text that shows a forbidden address is refused when it is set. The address behind a name is only known when it is
/// resolved, so it is checked again on the socket that is about to connect (`mayConnect`), where no later answer of a
/// name server can change it any more.
package struct Destination: Equatable, Sendable {
    package let url: String
    package let host: String
    package let port: UInt16

    /// Without a trusted range no other port is connected to: the rest belongs to services that speak no HTTP.
    package static let ports: Set<UInt16> = [80, 443, 8080, 8443]
    package static let maximumLength = 2048

    /// The reason why a text is no destination, in words for its author.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    package init(_ text: String, trusted: [AddressRange]) throws(Refusal) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !text.utf8.contains(UInt8(ascii: "\\")), !text.utf8.contains(UInt8(ascii: "#"))
        else { throw Refusal("it is not an absolute URL in ASCII without a fragment") }
        let fallback: UInt16
        let rest: Substring
        if text.hasPrefix("https://") {
            (fallback, rest) = (443, text.dropFirst(8))
        } else if text.hasPrefix("http://") {
            (fallback, rest) = (80, text.dropFirst(7))
        } else {
            throw Refusal("it must begin with https:// or http://")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw Refusal("it must not hold a user name or password") }
        let (name, portText) = try Self.split(authority)
        var port = fallback
        if let portText {
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(portText), number > 0
            else { throw Refusal("its port is no port") }
            port = number
        }
        try Self.check(name, port, trusted)
        url = text
        host = name
        self.port = port
    }

    /// Host and port of `host:port`, `[v6]:port`.
    private static func split(_ authority: Substring) throws(Refusal) -> (host: String, port: String?) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw Refusal("its host is malformed") }
            let host = String(authority[authority.index(after: authority.startIndex)..<end])
            let after = authority[authority.index(after: end)...]
            guard host.contains(":"), NetworkAddress(host) != nil, after.isEmpty || after.hasPrefix(":") else {
                throw Refusal("its host is malformed")
            }
            return (host, after.isEmpty ? nil : String(after.dropFirst()))
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count == 2 ? String(parts[1]) : nil)
    }

    private static func check(_ host: String, _ port: UInt16, _ trusted: [AddressRange]) throws(Refusal) {
        if let address = NetworkAddress(host) {
            guard mayConnect(address, port, trusted: trusted) else {
                throw Refusal(
                    PublicInternet.contains(address)
                        ? "its port is none of 80, 443, 8080 and 8443" : "its address is not on the public internet")
            }
            return
        }
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.utf8.allSatisfy { $0 == 0x2D || $0 == 0x5F || isAlphanumeric($0) }
        }
        guard host.utf8.count <= 253, isName, let last = labels.last else {
            throw Refusal("its host is malformed")
        }
        // 127.1, 2130706433, 0x7f.0.0.1: some resolvers take these for addresses.
        guard last.first.map({ !$0.isNumber }) ?? false else {
            throw Refusal("its host is neither a name nor an address in the usual form")
        }
        let trustsLoopback = NetworkAddress("127.0.0.1").map { loopback in trusted.contains { $0.contains(loopback) } }
        guard last != "localhost" || trustsLoopback == true else {
            throw Refusal("its address is not on the public internet")
        }
        // Whether a name leads into a trusted range, where any port will do, is known when it is resolved.
        guard ports.contains(port) || !trusted.isEmpty else {
            throw Refusal("its port is none of 80, 443, 8080 and 8443")
        }
    }

    /// Whether a socket may connect there.
    package static func mayConnect(_ address: NetworkAddress, _ port: UInt16, trusted: [AddressRange]) -> Bool {
        trusted.contains { $0.contains(address) } || (PublicInternet.contains(address) && ports.contains(port))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
