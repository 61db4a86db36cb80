import Coding
import Crypto

/// Makes opaque tokens of a few bytes and reads them again (AES-256-GCM, keys derived for this purpose alone).
///
///     base64url( nonce 12 · ciphertext · tag 16 )         authenticated with it, but not in it: purpose and context
///
/// A token does not show its content and opens only in the context it was made for, such as a tenant. The nonce is a
/// MAC of all that goes in, so that the same bytes in the same context give the same token, and two different ones
/// never share a nonce (the construction of RFC 5297, SIV). Every key of the ring opens, so a token lives until its key
/// is taken out.
package struct TokenSealer: Sendable {
    /// The purpose of a token: one made for another purpose does not open.
    package enum Purpose: String, Sendable {
        case report = "penstock-report-1"
        case cursor = "penstock-cursor-1"
    }

    private let keys: [KeyRing.Entry]
    private let nonceKeys: [KeyRing.Entry]

    package init(_ ring: KeyRing) {
        keys = ring.derived(for: "token-v1")
        nonceKeys = ring.derived(for: "token-nonce-v1")
    }

    /// - Throws: the library's error, which it has for no key or nonce of these sizes.
    package func seal(_ bytes: [UInt8], for purpose: Purpose, context: [String]) throws -> String {
        let bound = Self.bound(purpose, context)
        let mac = HMAC<SHA256>.authenticationCode(for: bound + bytes, using: nonceKeys[0].key)
        let nonce = Array(mac.prefix(12))
        let box = try AES.GCM.seal(
            bytes, using: keys[0].key, nonce: AES.GCM.Nonce(data: nonce), authenticating: bound)
        return Base64.encode(nonce + Array(box.ciphertext) + Array(box.tag), .url)
    }

    /// The sealed bytes; nil for a token of another context or purpose, of another maker, or one that was changed.
    package func open(_ text: String, for purpose: Purpose, context: [String]) -> [UInt8]? {
        guard text.utf8.count <= 512, let bytes = Base64.decode(text, .url), bytes.count >= 28 else { return nil }
        let bound = Self.bound(purpose, context)
        for entry in keys {
            guard
                let box = try? AES.GCM.SealedBox(
                    nonce: AES.GCM.Nonce(data: bytes[..<12]), ciphertext: bytes[12..<(bytes.count - 16)],
                    tag: bytes[(bytes.count - 16)...]),
                let opened = try? AES.GCM.open(box, using: entry.key, authenticating: bound)
            else { continue }
            return Array(opened)
        }
        return nil
    }

    /// Every field with its length before it, so that no two contexts share their bytes.
    private static func bound(_ purpose: Purpose, _ context: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in [purpose.rawValue] + context {
            withUnsafeBytes(of: UInt32(field.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: field.utf8)
        }
        return bytes
    }
}
