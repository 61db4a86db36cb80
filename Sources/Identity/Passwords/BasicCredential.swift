import Coding

/// Name and password of `Authorization: Basic` (RFC 7617).
struct BasicCredential: Equatable {
    /// Bytes of a name or a password: a key derivation is given no more than this to work on.
    static let maximumBytes = 1_024

    let name: String
    let password: String

    /// Nil when the text is not strict base64 of `name:password` in UTF-8, or either part is empty, too long, or holds
    /// U+0000, at which crypt(3) would stop reading.
    init?(_ text: String) {
        guard text.utf8.count <= (2 * Self.maximumBytes + 1 + 2) / 3 * 4, let bytes = Base64.decode(text, .standard),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let name = String(validating: bytes[..<colon], as: UTF8.self),
            let password = String(validating: bytes[(colon + 1)...], as: UTF8.self),
            Identity.isPlausibleName(name), (1...Self.maximumBytes).contains(password.utf8.count),
            !password.utf8.contains(0)
        else { return nil }
        self.name = name
        self.password = password
    }
}
