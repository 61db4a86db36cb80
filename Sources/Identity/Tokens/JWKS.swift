import JSON

/// The keys that tokens are checked against: a JSON Web Key Set (RFC 7517 section 5).
///
/// Providers publish keys of new kinds beside those that are in use, so a key of a kind, curve, size or algorithm that
/// is not known here is passed over (RFC 7517 section 5: implementations SHOULD ignore such keys), and told in
/// `notices`. A key of a known kind that is broken is an error: it was meant to count. So is a set in which no key is
/// left.
package struct JWKS: Sendable {
    package let keys: [VerificationKey]
    /// A sentence for each key that was passed over or is doubtful, naming its place and kid.
    package let notices: [String]

    package init(parsing bytes: [UInt8]) throws(JWKSError) {
        var keys: [VerificationKey] = []
        var notices: [String] = []
        for (index, value) in try Self.values(bytes).enumerated() where !JWKMembers.isForEncryption(value) {
            do throws(JWKSError) {
                let members = try JWKMembers(value, number: index + 1)
                let key = try VerificationKey(members)
                if let kid = key.kid, keys.contains(where: { $0.kid == kid && $0.algorithm == key.algorithm }) {
                    notices.append("\(members.label): an earlier key has the same kid; tokens are tried with both")
                }
                keys.append(key)
            } catch {
                guard error.isUnsupported else { throw error }
                notices.append("\(error.description); the key is passed over")
            }
        }
        guard !keys.isEmpty else {
            throw JWKSError(description: (["there is no key for signatures"] + notices).joined(separator: "; "))
        }
        self.keys = keys
        self.notices = notices
    }

    /// The keys that a token may be signed with: those of that very `kid`; for a token without one, the only key of its
    /// algorithm. Whether the algorithm fits keys found by `kid` is still to be compared.
    func keys(kid: String?, algorithm: String) -> [VerificationKey] {
        if let kid { return keys.filter { $0.kid?.isExactly(kid) == true } }
        let fitting = keys.filter { $0.algorithm.rawValue == algorithm }
        return fitting.count == 1 ? fitting : []
    }

    /// The members of `keys`; a file that holds one bare key is taken as a set of one.
    static func values(_ bytes: [UInt8]) throws(JWKSError) -> [JSON] {
        let root: JSON
        do { root = try JSON.parse(bytes, limits: .stored) } catch {
            let isPEM = bytes.starts(with: "-----BEGIN".utf8)
            throw JWKSError(
                description: isPEM
                    ? "a PEM file; a JSON Web Key Set is wanted, such as penstock keys jwks makes"
                    : "not JSON: \(error)")
        }
        if root["kty"] != nil { return [root] }
        guard let values = root["keys"]?.array else { throw JWKSError(description: "there is no array \"keys\"") }
        return values
    }
}
