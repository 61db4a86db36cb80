import JSON
import Time

/// Makes identities of signed tokens (RFC 7519, RFC 8725).
package struct TokenVerifier: Sendable {
    private let keys: JWKS
    private let issuer: String?
    private let audience: String?

    /// - Parameters:
    ///   - issuer: the required `iss`; nil to accept any.
    ///   - audience: a value that `aud` must be or contain; nil to accept any.
    package init(keys: JWKS, issuer: String? = nil, audience: String? = nil) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
    }

    package func verify(_ token: String, now: Timestamp) throws(TokenError) -> Identity {
        try verified(token).identity(at: now)
    }

    /// A token that is right but for the time, which is another one at each use. No claim is looked at before the
    /// signature is right.
    func verified(_ token: String) throws(TokenError) -> VerifiedToken {
        let payload = try JWS(token).verifiedPayload(keys)
        guard let claims = (try? JSON.parse(payload))?.object else { throw .malformedClaims }
        guard let expiry = try time(claims["exp"]) else { throw .missingExpiry }
        let starts = [try time(claims["nbf"]), try time(claims["iat"])].compactMap { $0 }
        if let issuer { guard claims["iss"]?.string?.isExactly(issuer) == true else { throw .wrongIssuer } }
        if let audience { guard isMeant(for: audience, claims["aud"]) else { throw .wrongAudience } }
        return VerifiedToken(holder: try identity(claims), start: starts.max(), expiry: expiry)
    }

    /// Nil when the claim is not there.
    private func time(_ claim: JSON?) throws(TokenError) -> NumericDate? {
        guard let claim else { return nil }
        guard let time = NumericDate(claim) else { throw .malformedTime }
        return time
    }

    private func isMeant(for audience: String, _ claim: JSON?) -> Bool {
        ([claim].compactMap { $0 } + (claim?.array ?? [])).contains { $0.string?.isExactly(audience) == true }
    }

    private func identity(_ claims: JSON.Object) throws(TokenError) -> Identity {
        guard let subject = claims["sub"]?.string, Identity.isPlausibleName(subject) else { throw .malformedClaims }
        let tenants = try names(claims["tenants"] ?? claims["tenant_id"].map { [$0] })
        guard tenants.allSatisfy(Identity.isPlausibleName) else { throw .malformedClaims }
        let permissions =
            if let text = claims["permissions"]?.string { Identity.list(text) } else {
                try names(claims["permissions"])
            }
        guard let isSuperuser = (claims["superuser"] ?? false).bool else { throw .malformedClaims }
        return Identity(
            subject: subject, tenants: tenants, permissions: Set(permissions), isSuperuser: isSuperuser, kind: .bearer,
            claims: Self.claims(claims))
    }

    /// Every claim that is a value or a list of values; others choose no rows, and neither do those that are read here.
    private static func claims(_ claims: JSON.Object) -> [String: [String]] {
        Dictionary(
            claims.members.filter { !Self.known.contains($0.key) }.compactMap { name, claim in
                let values = (claim.array ?? [claim]).map(\.claimValue)
                return values.contains(nil) ? nil : (name, values.compactMap { $0 })
            }, uniquingKeysWith: { first, _ in first })
    }

    private static let known: Set = [
        "sub", "tenants", "tenant_id", "permissions", "superuser", "iss", "aud", "exp", "nbf", "iat", "jti",
    ]

    private func names(_ claim: JSON?) throws(TokenError) -> [String] {
        guard let claim else { return [] }
        let names = claim.array?.map(\.string) ?? [nil]
        guard !names.contains(nil) else { throw .malformedClaims }
        return names.compactMap { $0 }
    }
}

extension JSON {
    /// A text, a number as it is written, or a truth value.
    fileprivate var claimValue: String? {
        switch self {
        case .string(let text): text
        case .number, .bool: self.text
        default: nil
        }
    }
}
