import Coding
import Crypto
import Posix

/// An API key: `psk_<prefix>_<secret>`.
///
/// The prefix, 8 characters, is public: the key is looked up, listed and logged by it. The secret is 32 random bytes in
/// base64url, 43 characters. Only the SHA-256 of the whole text is stored: with 256 random bits there is nothing to
/// guess, so a slow hash would add nothing.
package struct ApiKey: Equatable, Sendable {
    package let prefix: String
    /// The whole key. Shown once, never logged, never stored.
    package let text: String

    /// nil when the text has another form.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 56, text.hasPrefix("psk_"), bytes[12] == UInt8(ascii: "_"),
            bytes[4..<12].allSatisfy(Self.prefixAlphabet.contains), Base64.decode(bytes[13...], .url) != nil
        else { return nil }
        prefix = String(decoding: bytes[4..<12], as: UTF8.self)
        self.text = text
    }

    private init(prefix: String, secret: [UInt8]) {
        self.prefix = prefix
        text = "psk_\(prefix)_\(Base64.encode(secret, .url))"
    }

    package static func generate() -> ApiKey {
        let prefix = Random.bytes(8).map { prefixAlphabet[Int($0 & 31)] }
        return ApiKey(prefix: String(decoding: prefix, as: UTF8.self), secret: Random.bytes(32))
    }

    /// SHA-256 of the whole key in lower-case hexadecimal, as it is stored.
    package var hash: String { Array(SHA256.hash(data: Array(text.utf8))).hexadecimal }

    /// Crockford's base32 in lower case: without the letters that are misread.
    private static let prefixAlphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
