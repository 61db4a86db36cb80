import Coding
import HTTP

/// The credential in a request's own headers, not yet checked.
enum Credential: Equatable {
    case bearer(String)
    case apiKey(String)
    /// The base64 text after `Basic`.
    case basic(String)

    /// The one credential of the request; nil when it has no credential.
    ///
    /// Two credentials are always refused, since which of them counts would depend on the reader. A header that is
    /// empty is one that was not sent: nginx passes an absent header on as an empty parameter when told to pass it by
    /// name. Since 1.23 nginx passes repeated headers as one, joined with a comma, which no key holds.
    static func find(in headers: Headers) throws(IdentityError) -> Credential? {
        let authorizations = headers.all("authorization").filter { !$0.isEmpty }
        let keys = headers.all("api-key").flatMap(Self.lines)
        guard authorizations.count + keys.count <= 1 else {
            throw .ambiguous("\(authorizations.count) Authorization and \(keys.count) Api-Key headers")
        }
        if let key = keys.first { return .apiKey(key) }
        guard let authorization = authorizations.first else { return nil }

        // RFC 9110 section 11.4: scheme, one space, token68. Anything else between or after them is no credential.
        let parts = authorization.utf8.split(
            separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let proof = String(parts[1]), !proof.isEmpty,
            proof.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .invalid(CredentialRefusal("authorization_malformed")) }
        switch String(Substring(parts[0])).lowercasedASCII {
        case "bearer": return .bearer(proof)
        case "api-key": return .apiKey(proof)
        case "basic": return .basic(proof)
        default: throw .invalid(CredentialRefusal("authorization_scheme_unknown"))
        }
    }

    /// The values of a header's lines, of which a proxy may have made one (RFC 9110 section 5.3).
    private static func lines(_ value: String) -> [String] {
        let values = value.utf8.split(separator: UInt8(ascii: ",")).compactMap { String($0)?.trimmedOWS }
            .filter { !$0.isEmpty }
        return values.count > 1 || value.isEmpty ? values : [value]
    }
}
