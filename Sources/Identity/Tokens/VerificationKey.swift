import Crypto
import CryptoExtras

/// A key that checks signatures, with the one algorithm that it checks.
package struct VerificationKey: Sendable {
    package let kid: String?
    package let algorithm: Algorithm
    private let material: Material

    private enum Material: Sendable {
        case secret(SymmetricKey)
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    init(_ members: JWKMembers) throws(JWKSError) {
        kid = members.kid
        algorithm = members.algorithm
        switch members.algorithm {
        case .hs256:
            material = .secret(SymmetricKey(data: try members.secret()))
        case .rs256:
            let (modulus, exponent) = (try members.modulus(), try members.bytes("e"))
            guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else {
                throw members.fault("n and e are no RSA key")
            }
            material = .rsa(key)
        case .es256:
            // X9.63: 04, x, y. The library checks that the point lies on the curve.
            let point = [0x04] + (try members.bytes("x", count: 32)) + (try members.bytes("y", count: 32))
            guard let key = try? P256.Signing.PublicKey(x963Representation: point) else {
                throw members.fault("x and y are no point of P-256")
            }
            material = .p256(key)
        case .edDSA:
            let point = try members.bytes("x", count: 32)
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point) else {
                throw members.fault("x is no Ed25519 key")
            }
            material = .ed25519(key)
        }
    }

    func isValid(_ signature: [UInt8], for input: [UInt8]) -> Bool {
        switch material {
        case .secret(let key):
            return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: input, using: key)
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: input),
                padding: .insecurePKCS1v1_5)
        case .p256(let key):
            // RFC 7518 section 3.4: r and s of 32 bytes each, never DER.
            guard signature.count == 64, let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else {
                return false
            }
            return key.isValidSignature(parsed, for: input)
        case .ed25519(let key):
            return signature.count == 64 && key.isValidSignature(signature, for: input)
        }
    }
}
