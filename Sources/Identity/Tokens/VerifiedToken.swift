import Time

/// A token whose signature and claims have been found right. Both stay right as long as the keys do; only its times
/// have to be checked again.
struct VerifiedToken {
    let holder: Identity
    /// `nbf` or `iat`, the later one.
    let start: NumericDate?
    /// `exp`.
    let expiry: NumericDate

    /// How far the clocks of issuer and service may be apart.
    static let skewSeconds: Int64 = 60

    func identity(at now: Timestamp) throws(TokenError) -> Identity {
        guard expiry > NumericDate(now.adding(seconds: -Self.skewSeconds)) else { throw .expired }
        if let start, start > NumericDate(now.adding(seconds: Self.skewSeconds)) { throw .notYetValid }
        return holder
    }
}

/// The tokens that were verified last, so that a client that asks every second is not verified every second. Lives as
/// long as its process, which is no longer than the keys: a reload of the keys makes new processes.
struct TokenMemory {
    private var tokens: [String: VerifiedToken] = [:]
    /// About a MiB at the most, as tokens longer than `longest` are not kept.
    private static let most = 512
    private static let longest = 2048

    func find(_ token: String) -> VerifiedToken? { tokens[token] }

    mutating func keep(_ token: String, _ verified: VerifiedToken) {
        guard token.utf8.count <= Self.longest else { return }
        // Forgetting all of them costs each caller one verification, and no order has to be kept.
        if tokens.count >= Self.most { tokens.removeAll(keepingCapacity: true) }
        tokens[token] = verified
    }
}
