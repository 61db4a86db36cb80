import Coding
import JSON
import Testing
import Time

@testable import Identity

/// Rows I5 to I13 of the list of bad inputs. Every one of these tokens is refused.
struct HostileTokenTests {
    private func refusal(_ token: String, keys: [String] = PublishedKeys.all) throws -> TokenError? {
        guard case .failure(let error) = try outcome(token, keys: keys) else { return nil }
        return error
    }

    @Test func `takes a good token`() throws {
        let identity = Identity(
            subject: "ada", tenants: ["acme", "globex"], permissions: ["view:reports"], kind: .bearer)
        for header in [
            #"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":"hs","typ":"jwt"}"#, #"{"alg":"HS256","typ":"at+jwt","x":1}"#,
        ] {
            #expect(try outcome(token(claims(), header: header)) == .success(identity))
        }
    }

    @Test(arguments: ["none", "None", "nOnE", "", "HS512", "hs256", "EdDSA "])
    func `no key has such an algorithm`(_ algorithm: String) throws {
        let parts = try token(claims()).split(separator: ".")
        let header = Base64.encode(Array(#"{"alg":"\#(algorithm)"}"#.utf8), .url)
        #expect(try refusal("\(header).\(parts[1]).") == .unknownKey)
        #expect(try refusal("\(header).\(parts[1]).\(parts[2])") == .unknownKey)
        let named = Base64.encode(Array(#"{"alg":"\#(algorithm)","kid":"hs"}"#.utf8), .url)
        #expect(try refusal("\(named).\(parts[1]).\(parts[2])") == .wrongAlgorithm)
    }

    @Test func `an empty signature is none`() throws {
        let parts = try token(claims()).split(separator: ".")
        #expect(try refusal("\(parts[0]).\(parts[1]).") == .wrongSignature)
    }

    @Test func `a public key is no secret of an HMAC`() throws {
        let modulus = #"{"kty":"oct","k":"\#(PublishedKeys.rsaModulus)"}"#
        let named = try token(claims(), header: #"{"alg":"HS256","kid":"rs"}"#, key: modulus)
        #expect(try refusal(named) == .wrongAlgorithm)
        let nameless = try token(claims(), key: modulus)
        #expect(try refusal(nameless, keys: [PublishedKeys.rs256]) == .unknownKey)
    }

    @Test func `keys that a token brings along are not looked at`() throws {
        let own = #"{"kty":"oct","k":"\#(PublishedKeys.rsaModulus)"}"#
        for extra in [#""jwk":\#(own)"#, #""jku":"http://evil/jwks""#, #""x5u":"http://evil/c""#, #""x5c":["MIIB"]"#] {
            let forged = try token(claims(), header: #"{"alg":"HS256",\#(extra)}"#, key: own)
            #expect(try refusal(forged) == .wrongSignature)
        }
    }

    @Test(arguments: ["../../dev/null", "' OR 1=1--", "HS", "hs ", "", String(repeating: "k", count: 10_000)])
    func `a kid is the name of a key or nothing`(_ kid: String) throws {
        let header = JSON.object(["alg": "HS256", "kid": .string(kid)]).text
        #expect(try refusal(token(claims(), header: header)) == .unknownKey)
    }

    @Test func `without a kid only a single fitting key is tried`() throws {
        let second = PublishedKeys.hs256.replacing("\"hs\"", with: "\"h2\"")
        #expect(try refusal(token(claims()), keys: [PublishedKeys.hs256, second]) == .unknownKey)
        #expect(try refusal(token(claims(), header: #"{"alg":"HS256","kid":7}"#)) == .malformedHeader)
        #expect(try refusal(token(claims(), header: #"{"alg":"HS256","kid":null}"#)) == .malformedHeader)
    }

    @Test(
        arguments: [
            ("exp", nil, .missingExpiry), ("exp", "9999999999", .malformedTime),
            ("exp", .number("1e308"), .malformedTime), ("exp", .number("1e400"), .malformedTime),
            ("exp", .number("1.6e9"), .expired), ("exp", .number("99999999999999999999"), .malformedTime),
            ("exp", true, .malformedTime), ("exp", [], .malformedTime),
            ("exp", JSON.null, .malformedTime), ("exp", -1, .malformedTime), ("exp", 0, .expired),
            ("exp", .int(testTime.seconds - 60), .expired), ("nbf", .int(testTime.seconds + 61), .notYetValid),
            ("iat", .int(testTime.seconds + 61), .notYetValid), ("nbf", "0", .malformedTime),
            ("iat", .number("-0.5"), .malformedTime),
            ("sub", nil, .malformedClaims), ("sub", "", .malformedClaims), ("sub", 7, .malformedClaims),
            ("sub", "a\nb", .malformedClaims),
            ("sub", .string(String(repeating: "a", count: 256)), .malformedClaims),
            ("tenants", "acme", .malformedClaims),
            ("tenants", ["acme", 7], .malformedClaims), ("tenants", [""], .malformedClaims),
            ("tenants", JSON.null, .malformedClaims),
            ("permissions", 7, .malformedClaims), ("permissions", [nil], .malformedClaims),
            ("superuser", "true", .malformedClaims),
            ("superuser", 1, .malformedClaims),
        ] as [(String, JSON?, TokenError)])
    func `refuses a bad claim`(_ name: String, _ value: JSON?, _ error: TokenError) throws {
        #expect(try refusal(token(claims([(name, value)]))) == error)
    }

    @Test func `a minute of skew is allowed`() throws {
        let edges: [(String, JSON?)] = [
            ("exp", .int(testTime.seconds - 59)), ("nbf", .int(testTime.seconds + 60)),
            ("iat", .int(testTime.seconds + 60)),
        ]
        #expect(try refusal(token(claims(edges))) == nil)
    }

    @Test func `issuer and audience count when they are configured`() throws {
        func refusal(_ changes: [(String, JSON?)], _ issuer: String?, _ audience: String?) throws -> TokenError? {
            let result = try outcome(token(claims(changes)), issuer: issuer, audience: audience)
            if case .failure(let error) = result { return error }
            return nil
        }
        #expect(try refusal([("iss", "a"), ("aud", ["x", "us"])], "a", "us") == nil)
        #expect(try refusal([("aud", "us")], nil, "us") == nil)
        #expect(try refusal([("iss", "b"), ("aud", "x")], nil, nil) == nil)
        #expect(try refusal([("iss", "b")], "a", nil) == .wrongIssuer)
        #expect(try refusal([], "a", nil) == .wrongIssuer)
        #expect(try refusal([("iss", ["a"])], "a", nil) == .wrongIssuer)
        #expect(try refusal([("aud", ["x", "y"])], nil, "us") == .wrongAudience)
        #expect(try refusal([("aud", "us ")], nil, "us") == .wrongAudience)
        #expect(try refusal([], nil, "us") == .wrongAudience)
    }

    @Test(
        arguments: [
            (#"{"alg":"HS256","typ":"JWE"}"#, .wrongType), (#"{"alg":"HS256","typ":7}"#, .wrongType),
            (#"{"alg":"HS256","crit":["exp"],"exp":1}"#, .criticalExtension),
            (#"{"alg":"HS256","crit":[]}"#, .criticalExtension),
            (#"{"alg":"HS256","crit":["b64"],"b64":false}"#, .criticalExtension),
            (#"{"alg":"HS256","b64":false}"#, .criticalExtension),
            (#"{"alg":"HS256","alg":"none"}"#, .malformedHeader), (#"{"alg":["HS256"]}"#, .malformedHeader),
            ("{}", .malformedHeader),
            ("[]", .malformedHeader), ("", .malformedHeader), (#"{"alg":"HS256",}"#, .malformedHeader),
        ] as [(String, TokenError)])
    func `refuses a bad header`(_ header: String, _ error: TokenError) throws {
        #expect(try refusal(token(claims(), header: header)) == error)
    }

    @Test func `refuses what is not three parts of strict base64url`() throws {
        let good = try token(claims())
        let parts = good.split(separator: ".").map(String.init)
        for text in [
            "", ".", "..", "...", parts[0], "\(parts[0]).\(parts[1])", "\(good).", "\(good).x", "\(good).x.y",
            "\(good)=", " \(good)",
            "\(good)\n", "\(parts[0])==.\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).+/\(parts[2])",
            "\(parts[0])!.\(parts[1]).\(parts[2])",
        ] {
            #expect([.malformed, .malformedHeader].contains(try refusal(text)), "\(text.debugDescription)")
        }
        // 32 bytes leave two bits of the last of 43 digits unused; set, they would write the same signature again.
        #expect(good.last == "A")
        #expect(try refusal(good.dropLast() + "B") == .malformed)
        #expect(try refusal(good + "A") == .wrongSignature)
        #expect(Base64.decode("AA", .url) == [0] && Base64.decode("AB", .url) == nil)
    }

    @Test func `refuses ECDSA signatures of zeros, in DER and of other lengths`() throws {
        let input = try token(claims(), header: #"{"alg":"ES256"}"#, key: PublishedKeys.es256).split(separator: ".")
        let signature = try #require(Base64.decode(String(input[2]), .url))
        let der = [0x30, 0x44, 0x02, 0x20] + signature[..<32] + [0x02, 0x20] + signature[32...]
        let order = Array(repeating: UInt8(0xFF), count: 64)
        for bad in [Array(repeating: 0, count: 64), der, signature + [0], Array(signature.dropLast()), [], order] {
            #expect(try refusal("\(input[0]).\(input[1]).\(Base64.encode(bad, .url))") == .wrongSignature)
        }
        #expect(try refusal(input.joined(separator: ".")) == nil)
    }

    @Test func `refuses payloads that two readers read differently, deep ones and long ones`() throws {
        let signer = try PublishedKeys.signer(PublishedKeys.hs256)
        let header = Array(#"{"alg":"HS256"}"#.utf8)
        for payload in [
            #"{"sub":"ada","sub":"root","exp":9999999999}"#, "[]", "null", "", #"{"exp":9999999999,"sub":"\ud800"}"#,
            #"{"exp":9999999999,"sub":"a","x":"# + String(repeating: "[", count: 10_000),
        ] {
            #expect(try refusal(signer.sign(header: header, payload: Array(payload.utf8))) == .malformedClaims)
        }
        #expect(try refusal(token(claims([("x", .string(String(repeating: "a", count: 1_000_000)))]))) == .tooLong)
    }
}
