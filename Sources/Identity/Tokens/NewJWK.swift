import Coding
import Crypto
import JSON
import Posix

/// A new key for the file of JWT keys, with its private part, by which `penstock token` signs.
package enum NewJWK {
    /// The algorithms that a key is made for. RSA keys come from identity providers.
    package static let algorithms: [Algorithm] = [.es256, .edDSA, .hs256]

    /// - Parameter algorithm: one of `algorithms`.
    package static func key(kid: String, _ algorithm: Algorithm) -> JSON {
        var members: JSON.Object = [:]
        func text(_ bytes: some Sequence<UInt8>) -> JSON { .string(Base64.encode(Array(bytes), .url)) }
        switch algorithm {
        case .hs256, .rs256:
            members["kty"] = "oct"
            members["k"] = text(Random.bytes(32))
        case .es256:
            let key = P256.Signing.PrivateKey()
            let point = key.publicKey.rawRepresentation
            members["kty"] = "EC"
            members["crv"] = "P-256"
            members["x"] = text(point.prefix(32))
            members["y"] = text(point.suffix(32))
            members["d"] = text(key.rawRepresentation)
        case .edDSA:
            let key = Curve25519.Signing.PrivateKey()
            members["kty"] = "OKP"
            members["crv"] = "Ed25519"
            members["x"] = text(key.publicKey.rawRepresentation)
            members["d"] = text(key.rawRepresentation)
        }
        members["kid"] = .string(kid)
        members["alg"] = .string(algorithm.rawValue)
        members["use"] = "sig"
        return .object(members)
    }

    /// A set with a new key before those of another set.
    /// - Parameter file: the bytes of that set; nil without one.
    /// - Throws: `JWKSError` when the bytes are no set, or have a key of that name.
    package static func set(adding key: JSON, to file: [UInt8]?) throws(JWKSError) -> JSON {
        let others = try file.map { bytes throws(JWKSError) in try JWKS.values(bytes) } ?? []
        if let kid = key["kid"]?.string, others.contains(where: { $0["kid"]?.string == kid }) {
            throw JWKSError(description: "there is a key with the kid \(kid.debugDescription) already")
        }
        return ["keys": .array([key] + others)]
    }

    /// The set without private parts, for those who only check tokens. A shared secret has no public part.
    /// - Throws: `JWKSError` when the bytes are no set.
    package static func withoutPrivateParts(of file: [UInt8]) throws(JWKSError) -> JSON {
        let keys = try JWKS.values(file).compactMap { key -> JSON? in
            guard var members = key.object, key["kty"] != "oct" else { return nil }
            for name in ["d", "p", "q", "dp", "dq", "qi"] { members[name] = nil }
            return .object(members)
        }
        return ["keys": .array(keys)]
    }
}
