import HTTP
import JSON

/// Why a token is refused: for the log; the client is only told that it is.
package enum TokenError: String, Error, Sendable {
    case tooLong = "longer than 16 KiB"
    case malformed = "not a JWS in compact form"
    case malformedHeader = "malformed header"
    case criticalExtension = "a header extension that must be understood"
    case wrongType = "not a JWT by its typ"
    case unknownKey = "no key fits"
    case wrongAlgorithm = "its algorithm is not its key's"
    case wrongSignature = "wrong signature"
    case malformedClaims = "malformed claims"
    case expired = "expired"
    case notYetValid = "not valid yet"
    case wrongIssuer = "another issuer's"
    case wrongAudience = "for another audience"
}

/// A JSON Web Signature in compact form (RFC 7515 section 7.1), taken apart and not yet believed.
struct JWS {
    static let maximumBytes = 16_384

    let kid: String?
    let algorithm: String
    let payload: [UInt8]
    private let signingInput: [UInt8]
    private let signature: [UInt8]

    /// `header.payload.signature`, three parts of strict base64url. Whatever the header says of keys (`jwk`, `jku`,
    /// `x5c`, `x5u`) is not looked at: keys come from the file.
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
        // We implement no extension, so any that must be understood is not (RFC 7515 section 4.1.11); `b64` changes
        // what is signed and is refused even where nobody calls it critical.
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
        guard let key = keys.key(kid: kid, algorithm: algorithm) else { throw .unknownKey }
        guard key.algorithm.rawValue == algorithm else { throw .wrongAlgorithm }
        guard key.isValid(signature, for: signingInput) else { throw .wrongSignature }
        return payload
    }
}
