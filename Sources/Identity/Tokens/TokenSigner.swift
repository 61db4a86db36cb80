import Coding
import Crypto
import CryptoExtras
import JSON
import Time

/// Signs tokens with a private key of a JWK file, for `penstock token` and the demonstration.
package struct TokenSigner: Sendable {
    package let kid: String?
    package let algorithm: Algorithm
    private let material: Material

    private enum Material: Sendable {
        case secret(SymmetricKey)
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// - Parameter kid: which key to sign with; nil for the first that has its private part.
    package init(parsing bytes: [UInt8], kid: String? = nil) throws(JWKSError) {
        for (index, value) in try JWKS.values(bytes).enumerated() where !JWKMembers.isForEncryption(value) {
            do throws(JWKSError) {
                let members = try JWKMembers(value, number: index + 1)
                guard kid == nil || members.kid == kid, members.has("d") || members.has("k") else { continue }
                try self.init(members)
                return
            } catch {
                // Unless it is the one that is asked for, a key of an unknown kind says nothing of the others.
                guard error.isUnsupported, kid == nil || value["kid"]?.string != kid else { throw error }
            }
        }
        let which = kid.map { "with the kid \($0.debugDescription) " } ?? ""
        throw JWKSError(description: "there is no private key \(which)to sign with")
    }

    private init(_ members: JWKMembers) throws(JWKSError) {
        kid = members.kid
        algorithm = members.algorithm
        switch members.algorithm {
        case .hs256:
            material = .secret(SymmetricKey(data: try members.secret()))
        case .rs256:
            let (modulus, exponent) = (try members.modulus(), try members.bytes("e"))
            let (d, p, q) = (try members.bytes("d"), try members.bytes("p"), try members.bytes("q"))
            guard let key = try? _RSA.Signing.PrivateKey(n: modulus, e: exponent, d: d, p: p, q: q) else {
                throw members.fault("n, e, d, p and q are no RSA key")
            }
            material = .rsa(key)
        case .es256:
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: try members.bytes("d", count: 32)),
                Array(key.publicKey.rawRepresentation) == (try members.bytes("x", count: 32))
                    + (try members.bytes("y", count: 32))
            else { throw members.fault("d is not the private part of x and y") }
            material = .p256(key)
        case .edDSA:
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: try members.bytes("d", count: 32)),
                Array(key.publicKey.rawRepresentation) == (try members.bytes("x", count: 32))
            else { throw members.fault("d is not the private part of x") }
            material = .ed25519(key)
        }
    }

    /// A token of this identity that expires `lifetimeSeconds` after `now`.
    package func token(
        for identity: Identity, now: Timestamp, lifetimeSeconds: Int64, issuer: String? = nil, audience: String? = nil
    ) throws(JWKSError) -> String {
        var claims: JSON.Object = [
            "sub": .string(identity.subject),
            "tenants": .array(identity.tenants.map { .string($0) }),
            "permissions": .array(identity.permissions.sorted().map { .string($0) }),
            "iat": .int(now.seconds),
            "exp": .int(now.adding(seconds: lifetimeSeconds).seconds),
        ]
        if identity.isSuperuser { claims["superuser"] = true }
        for (name, values) in identity.claims.sorted(by: { $0.key < $1.key }) where claims[name] == nil {
            claims[name] = values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) })
        }
        if let issuer { claims["iss"] = .string(issuer) }
        if let audience { claims["aud"] = .string(audience) }
        var header: JSON.Object = ["alg": .string(algorithm.rawValue), "typ": "JWT"]
        if let kid { header["kid"] = .string(kid) }
        return try sign(header: JSON.object(header).serialized, payload: JSON.object(claims).serialized)
    }

    /// The compact form over exactly these bytes.
    func sign(header: [UInt8], payload: [UInt8]) throws(JWKSError) -> String {
        let input = "\(Base64.encode(header, .url)).\(Base64.encode(payload, .url))"
        let bytes = Array(input.utf8)
        let signature: [UInt8]
        do {
            switch material {
            case .secret(let key): signature = Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
            case .rsa(let key):
                let digest = SHA256.hash(data: bytes)
                signature = Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
            case .p256(let key): signature = Array(try key.signature(for: bytes).rawRepresentation)
            case .ed25519(let key): signature = Array(try key.signature(for: bytes))
            }
        } catch {
            throw JWKSError(description: "the key cannot sign: \(error)")
        }
        return "\(input).\(Base64.encode(signature, .url))"
    }
}
