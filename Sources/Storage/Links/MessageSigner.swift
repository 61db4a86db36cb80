import Coding
import Crypto

/// Signs messages for one purpose by the keys of a ring (HMAC-SHA256), and tells whether one was signed by them.
package struct MessageSigner: Sendable {
    private let keys: [KeyRing.Entry]

    /// - Parameter purpose: no signature for one purpose is valid for another.
    package init(_ ring: KeyRing, for purpose: String) {
        keys = ring.derived(for: purpose)
    }

    /// The key that signs.
    package var kid: String { keys[0].kid }

    /// Lower-case hexadecimal.
    package func signature(of message: [UInt8]) -> String {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: keys[0].key)).hexadecimal
    }

    /// Nil when the ring has no such key.
    package func isSignature(_ signature: String, of message: [UInt8], by kid: String) -> Bool? {
        guard let entry = keys.first(where: { $0.kid.utf8.elementsEqual(kid.utf8) }) else { return nil }
        guard let code = Hexadecimal.decode(signature) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: entry.key)
    }
}
