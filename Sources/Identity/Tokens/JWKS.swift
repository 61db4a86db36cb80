import JSON

/// The keys that tokens are checked against: a JSON Web Key Set (RFC 7517 section 5).
///
/// A file with any key that cannot be used is refused as a whole, except for keys declared to be for encryption: a key
/// that silently does not count is found out only when tokens fail.
package struct JWKS: Sendable {
    package let keys: [VerificationKey]

    package init(parsing bytes: [UInt8]) throws(JWKSError) {
        let values = try Self.values(bytes)
        var keys: [VerificationKey] = []
        for (index, value) in values.enumerated() where !JWKMembers.isForEncryption(value) {
            let members = try JWKMembers(value, number: index + 1)
            if let kid = members.kid, keys.contains(where: { $0.kid == kid }) {
                throw members.fault("an earlier key has the same kid")
            }
            keys.append(try VerificationKey(members))
        }
        guard !keys.isEmpty else { throw JWKSError(description: "there is no key for signatures") }
        self.keys = keys
    }

    /// The key for a token: the one of that very `kid`; for a token without one, the only key of its algorithm.
    /// Whether the algorithm fits a key found by `kid` is still to be compared.
    func key(kid: String?, algorithm: String) -> VerificationKey? {
        if let kid { return keys.first { $0.kid == kid } }
        let fitting = keys.filter { $0.algorithm.rawValue == algorithm }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// The members of `keys`; a file that holds one bare key is taken as a set of one.
    static func values(_ bytes: [UInt8]) throws(JWKSError) -> [JSON] {
        let root: JSON
        do { root = try JSON.parse(bytes, limits: .stored) } catch {
            throw JWKSError(description: "not JSON: \(error)")
        }
        if root["kty"] != nil { return [root] }
        guard let values = root["keys"]?.array else { throw JWKSError(description: "there is no array \"keys\"") }
        return values
    }
}
