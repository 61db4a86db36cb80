import Coding
import Crypto
import Posix

/// The keys that sign, by name. Several are valid at once, so that they can be changed while links are under way.
///
///     # comment
///     2026b  f1c1…  (64 or more hexadecimal digits, or base64url of 32 or more bytes)
///     2026a  9b0e…
///
/// The first line's key signs; every key verifies. A new key goes on top, and an old one is taken out when the last
/// link that it signed has run out. A key of hexadecimal digits alone is read as hexadecimal.
package struct KeyRing: Sendable {
    /// A key name and its bytes, or a key derived from them.
    struct Entry: Sendable {
        let kid: String
        let key: SymmetricKey
    }

    let entries: [Entry]

    /// Bytes. As many as the digest has, RFC 2104 section 3.
    static let shortestKey = 32

    package init(contentsOf path: String) throws(KeyRingError) {
        let bytes: [UInt8]
        do {
            bytes = try File.bytes(at: path, limit: 1 << 16)
        } catch {
            throw KeyRingError(line: 0, reason: "cannot be read: \(error.reason)")
        }
        try self.init(parsing: bytes)
    }

    package init(parsing bytes: [UInt8]) throws(KeyRingError) {
        var entries: [Entry] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            guard words.count == 2 else { throw KeyRingError(line: index + 1, reason: "is not a name and a key") }
            let kid = String(decoding: first, as: UTF8.self)
            guard Self.isName(first) else {
                throw KeyRingError(line: index + 1, reason: "has a name that is not 1 to 32 letters, digits, - and _")
            }
            guard !entries.contains(where: { $0.kid == kid }) else {
                throw KeyRingError(line: index + 1, reason: "repeats the name \(kid)")
            }
            guard let key = Self.key(words[1]) else {
                throw KeyRingError(line: index + 1, reason: "has a key that is neither hexadecimal nor base64url")
            }
            guard key.count >= Self.shortestKey else {
                throw KeyRingError(line: index + 1, reason: "has a key of less than \(Self.shortestKey) bytes")
            }
            entries.append(Entry(kid: kid, key: SymmetricKey(data: key)))
        }
        guard !entries.isEmpty else { throw KeyRingError(line: 0, reason: "holds no key") }
        self.entries = entries
    }

    /// A line for a key file with a new random key.
    package static func newLine(kid: String) -> String {
        "\(kid) \(Base64.encode(Random.bytes(shortestKey), .url))"
    }

    /// Keys for one purpose (RFC 5869): a signature for one is never valid for another.
    func derived(for purpose: String) -> [Entry] {
        entries.map { entry in
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: entry.key, info: Array(purpose.utf8), outputByteCount: 32)
            return Entry(kid: entry.kid, key: key)
        }
    }

    private static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...32).contains(bytes.count)
            && bytes.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func key(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        Hexadecimal.decode(text) ?? Base64.decode(text, .url)
    }
}

/// An error in a key file. It names the line and never shows a key.
package struct KeyRingError: Error, Equatable, CustomStringConvertible {
    /// From 1; 0 is the file as a whole.
    package let line: Int
    package let reason: String

    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }

    package var description: String {
        line == 0 ? "the key file \(reason)" : "line \(line) of the key file \(reason)"
    }
}
