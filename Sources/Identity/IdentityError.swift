/// Why a credential proves nothing: for the log. Never holds a token, a key or a password.
package struct CredentialRefusal: Equatable, Sendable {
    /// A word, one of few: `token_expired`, `api_key_revoked`, `password_wrong`.
    package let reason: String
    /// Further facts for the log.
    package var detail: String?
    /// The key that a token names, as it claims.
    package var kid: String?

    init(_ reason: String, detail: String? = nil, kid: String? = nil) {
        self.reason = reason
        self.detail = detail
        self.kid = kid
    }
}

/// The reason why no identity could be established.
///
/// A client is not told the reason: that would tell an unknown user from a wrong password.
package enum IdentityError: Error, Sendable {
    /// 401: the request has no credential.
    case missing
    /// 401: its credential is wrong.
    case invalid(CredentialRefusal)
    /// 400: it carries two credentials.
    case ambiguous(String)
    /// 429: too many wrong passwords, of this user from this network or from this address.
    case tooManyFailures(retryAfterSeconds: Int)
    /// 503: as many passwords as may be are compared already.
    case busy
    /// 500: the web server's parameters cannot be trusted.
    case failClosed(String)
    /// 503: users or keys could not be looked up.
    case storeFailed(any Error)

    package var status: Int {
        switch self {
        case .missing, .invalid: 401
        case .ambiguous: 400
        case .tooManyFailures: 429
        case .failClosed: 500
        case .storeFailed, .busy: 503
        }
    }

    /// For the log only.
    package var reason: String {
        switch self {
        case .missing: "no credential"
        case .invalid(let refusal): refusal.reason
        case .ambiguous(let reason), .failClosed(let reason): reason
        case .tooManyFailures: "too many wrong passwords"
        case .busy: "too many passwords at once"
        case .storeFailed(let error): "identity store: \(String(reflecting: error))"
        }
    }
}

/// A way of authenticating that a 401 offers.
package enum Challenge: CaseIterable, Sendable {
    case bearer
    case apiKey
    case basic
}

extension IdentityError {
    /// The value of `WWW-Authenticate` (RFC 9110 section 11.6.1), which a 401 must carry.
    ///
    /// - Parameters:
    ///   - realm: without quotes and backslashes.
    ///   - challenges: a browser that is offered `basic` asks its user for a password, also for a page's own calls.
    package func challenge(realm: String = "penstock", offering challenges: [Challenge] = Challenge.allCases) -> String
    {
        var bearer = "Bearer realm=\"\(realm)\""
        // RFC 6750 section 3.1: only when there was a credential.
        if case .invalid = self { bearer += ", error=\"invalid_token\"" }
        return challenges.map { challenge in
            switch challenge {
            case .bearer: bearer
            case .apiKey: "Api-Key realm=\"\(realm)\""
            case .basic: "Basic realm=\"\(realm)\", charset=\"UTF-8\""
            }
        }.joined(separator: ", ")
    }
}
