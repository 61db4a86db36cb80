import Coding

/// The server that takes our e-mail: `smtp://host` with STARTTLS, or `smtps://host` with TLS from the beginning.
package struct MailServer: Equatable, Sendable {
    package enum Encryption: String, Sendable, CaseIterable {
        /// TLS, or nothing is sent.
        case required
        /// None, for a server on this host.
        case none
    }

    /// As libcurl takes it, without what is secret in it: the path is the name by which EHLO calls this host.
    package let url: String
    /// From the beginning; otherwise by STARTTLS.
    package let isEncrypted: Bool
    package let user: String?
    package let password: String?

    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    /// - Parameters:
    ///   - text: `smtps://user:password@host:port/name`, of which only scheme and host must be there. User and password
    ///     are percent-encoded.
    ///   - name: what EHLO says where the URL has none.
    /// - Throws: `Refusal`, which shows nothing of the text.
    package init(_ text: String, calledAs name: String) throws(Refusal) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw Refusal("it is no URL in ASCII") }
        let (scheme, usual): (String, UInt16)
        if text.hasPrefix("smtps://") {
            (scheme, usual) = ("smtps", 465)
        } else if text.hasPrefix("smtp://") {
            (scheme, usual) = ("smtp", 587)
        } else {
            throw Refusal("it must begin with smtps:// or smtp://")
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count)
        let at = authority.lastIndex(of: "@")
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        let credentials = at.map { at in
            authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(Self.decoded)
        }
        let (host, port) = Self.split(place)
        let isHost = (1...253).contains(host.utf8.count) && host.utf8.allSatisfy(Self.isHostByte)
        let number = port.map { UInt16($0) ?? 0 } ?? usual
        guard isHost, number > 0 else {
            throw Refusal("its host or port is none")
        }
        guard path.isEmpty || path.utf8.dropFirst().allSatisfy(Self.isHostByte) && path.hasPrefix("/") else {
            throw Refusal("its path is no host's name")
        }
        if let credentials {
            guard let user = credentials.first ?? nil, !user.isEmpty, credentials.allSatisfy({ $0 != nil }) else {
                throw Refusal("its user or password cannot be read; both are percent-encoded")
            }
        }
        isEncrypted = scheme == "smtps"
        let called = path.count > 1 ? String(path.dropFirst()) : name
        url = "\(scheme)://\(host):\(number)/\(called)"
        user = credentials?.first ?? nil
        password = (credentials?.count ?? 0) > 1 ? credentials?[1] : nil
    }

    private static func split(_ place: Substring) -> (host: Substring, port: Substring?) {
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            let after = place[place.index(after: end)...]
            return (place[...end], after.hasPrefix(":") ? after.dropFirst() : after.isEmpty ? nil : "")
        }
        let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.first ?? "", parts.count == 2 ? parts[1] : nil)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: ".-:[]_".utf8.contains(byte)
        }
    }

    /// nil for a text that is not percent-encoded, or has a control character.
    private static func decoded(_ text: Substring) -> String? {
        guard let bytes = PercentCoding.decode(text.utf8, plusIsSpace: false),
            let decoded = String(validating: bytes, as: UTF8.self),
            decoded.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { return nil }
        return decoded
    }
}
