import Coding
import JSON

/// Why a token is refused, in a word for the log; the client is only told that it is.
package enum TokenError: String, Error, Sendable {
    /// Longer than `JWS.maximumBytes`.
    case tooLong = "token_too_long"
    /// Not a JWS in compact form.
    case malformed = "token_malformed"
    case malformedHeader = "token_header_malformed"
    /// A header extension that must be understood.
    case criticalExtension = "token_extension_unknown"
    /// Not a JWT by its `typ`.
    case wrongType = "token_type_wrong"
    /// No key of the set fits.
    case unknownKey = "token_key_unknown"
    /// Its algorithm is not its key's.
    case wrongAlgorithm = "token_algorithm_wrong"
    case wrongSignature = "token_signature_wrong"
    case malformedClaims = "token_claims_malformed"
    /// There is no `exp`.
    case missingExpiry = "token_exp_missing"
    /// `exp`, `nbf` or `iat` is no number, negative, or too far away.
    case malformedTime = "token_time_malformed"
    case expired = "token_expired"
    case notYetValid = "token_not_yet_valid"
    case wrongIssuer = "token_issuer_wrong"
    case wrongAudience = "token_audience_wrong"
}

/// A JSON Web Signature in compact form (RFC 7515 section 7.1), taken apart and not yet believed.
struct JWS {
    static let maximumBytes = 16_384

    let kid: String?
    let algorithm: String
    let payload: [UInt8]
    private let signingInput: [UInt8]
    private let signature: [UInt8]

    /// `header.payload.signature`, three parts of strict base64url. Keys in the header (`jwk`, `jku`, `x5c`, `x5u`) are
    /// ignored: keys come from the file.
    init(_ token: String) throws(TokenError) {
        let bytes = Array(token.utf8)
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.decode(parts[0], .url), let payload = Base64.decode(parts[1], .url),
            let signature = Base64.decode(parts[2], .url)
        else { throw .malformed }
        guard let members = (try? JSON.parse(header))?.object, let algorithm = members["alg"]?.string else {
            throw .malformedHeader
        }
        // We implement no extension, so any that must be understood is not (RFC 7515 section 4.1.11); `b64` changes the
        // signed bytes and is refused even when it is not marked critical.
        guard members["crit"] == nil, members["b64"] == nil else { throw .criticalExtension }
        if let type = members["typ"] {
            guard let text = type.string, ["jwt", "at+jwt"].contains(text.lowercasedASCII) else { throw .wrongType }
        }
        guard members["kid"] == nil || members["kid"]?.string != nil else { throw .malformedHeader }
        kid = members["kid"]?.string
        self.algorithm = algorithm
        self.payload = payload
        self.signature = signature
        signingInput = Array(bytes[..<parts[2].startIndex].dropLast())
    }

    /// The payload, once the signature is found to be that of a key in the set.
    func verifiedPayload(_ keys: JWKS) throws(TokenError) -> [UInt8] {
        let candidates = keys.keys(kid: kid, algorithm: algorithm)
        guard !candidates.isEmpty else { throw .unknownKey }
        let fitting = candidates.filter { $0.algorithm.rawValue == algorithm }
        guard !fitting.isEmpty else { throw .wrongAlgorithm }
        guard fitting.contains(where: { $0.isValid(signature, for: signingInput) }) else { throw .wrongSignature }
        return payload
    }

    /// The `kid` of a token's header before its signature is checked: for the log, where a token is refused.
    static func claimedKid(of token: String) -> String? {
        guard let part = token.utf8.prefix(maximumBytes).split(separator: UInt8(ascii: ".")).first,
            let header = Base64.decode(Array(part), .url), let kid = (try? JSON.parse(header))?["kid"]?.string
        else { return nil }
        return String(kid.prefix(128))
    }
}
