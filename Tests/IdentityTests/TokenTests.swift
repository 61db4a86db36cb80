import HTTP
import JSON
import Testing

@testable import Identity

struct TokenTests {
    @Test(arguments: PublishedKeys.all) func `what the signer signs the verifier believes`(_ key: String) throws {
        let identity = Identity(
            subject: "ada", tenants: ["acme", "*"], permissions: ["view:reports", "export:reports"], isSuperuser: true,
            kind: .bearer)
        let token = try PublishedKeys.signer(key).token(
            for: identity, now: testTime, lifetimeSeconds: 60, issuer: "i", audience: "a")
        #expect(try outcome(token, issuer: "i", audience: "a") == .success(identity))
        #expect(try outcome(token, keys: PublishedKeys.all.filter { $0 != key }) == .failure(.unknownKey))
    }

    @Test func `reads one tenant_id, and permissions as a list in text`() throws {
        let changes: [(String, JSON?)] = [
            ("tenants", nil), ("tenant_id", "acme"), ("permissions", "view:reports export:reports,x"),
            ("superuser", false),
        ]
        let expected = Identity(
            subject: "ada", tenants: ["acme"], permissions: ["view:reports", "export:reports", "x"], kind: .bearer)
        #expect(try outcome(token(claims(changes))) == .success(expected))
        let none = try outcome(token(claims([("tenants", nil), ("permissions", nil)])))
        #expect(none == .success(Identity(subject: "ada", tenants: [], kind: .bearer)))
    }

    @Test(
        arguments: [
            ("", "not JSON: the text is empty (at byte 0)"), ("{}", "there is no array \"keys\""),
            (#"{"keys":[]}"#, "there is no key for signatures"), (#"{"keys":[7]}"#, "key 1 is not an object"),
            (#"{"keys":[{"kty":"oct","kid":7,"k":"AA"}]}"#, "key 1: kid is not a string"),
            (#"{"keys":[{"kty":"oct","kid":"a"}]}"#, "key 1 (\"a\"): k is missing"),
            (#"{"keys":[{"kty":"oct","kid":"a","k":"AA=="}]}"#, "key 1 (\"a\"): k is not base64url without padding"),
            (
                #"{"keys":[{"kty":"DH"}]}"#,
                "there is no key for signatures; key 1: kty \"DH\" is none of oct, RSA, EC, OKP; the key is passed over"
            ),
            (#"{"keys":[{"kty":"EC","crv":"P-256","y":"AA"}]}"#, "key 1: x is missing"),
            (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, "key 1: x has 1 bytes instead of 32"),
            (#"{"keys":[{"kty":"oct","use":"enc","k":"AA"}]}"#, "there is no key for signatures"),
        ])
    func `says which key of a file is at fault`(_ text: String, _ description: String) {
        let error = #expect(throws: JWKSError.self) { try JWKS(parsing: Array(text.utf8)) }
        #expect(error?.description == description)
    }

    @Test func `refuses points off the curve`() {
        let zeros = String(repeating: "A", count: 43)
        let off = #"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(zeros)","y":"\#(zeros)"}]}"#
        #expect(throws: JWKSError(description: "key 1: x and y are no point of P-256")) {
            try JWKS(parsing: Array(off.utf8))
        }
    }

    @Test func `the signer takes the first private key or the named one`() throws {
        let publicOnly = PublishedKeys.edDSA.replacing(#","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#, with: "")
        let file = Array(#"{"keys":[\#(publicOnly),\#(PublishedKeys.es256),\#(PublishedKeys.hs256)]}"#.utf8)
        #expect(try TokenSigner(parsing: file).algorithm == .es256)
        #expect(try TokenSigner(parsing: file, kid: "hs").algorithm == .hs256)
        #expect(throws: JWKSError(description: #"there is no private key with the kid "ed" to sign with"#)) {
            try TokenSigner(parsing: file, kid: "ed")
        }
    }
}
