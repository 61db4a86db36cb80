/// The signature algorithms of tokens (RFC 7518 section 3.1, RFC 8037).
///
/// A key has exactly one of them; the algorithm in a token's header is compared with it and never chooses.
package enum Algorithm: String, CaseIterable, Sendable {
    case hs256 = "HS256"
    case rs256 = "RS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"
}
