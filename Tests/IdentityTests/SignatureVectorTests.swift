import Coding
import JSON
import Testing

@testable import Identity

/// RFC 7515 appendix A and RFC 8037 appendix A, as printed there.
struct SignatureVectorTests {
    static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    static let a1 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(payload).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let a2 =
        "eyJhbGciOiJSUzI1NiJ9.\(payload).cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5"
        + "RZmh7AAuHIm4Bh-0Qc_l"
        + "F5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArL"
        + "IARNPvkSjtQBMHlb1L07Q"
        + "e7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE"
        + "UipUTI8np6LbgGY9Fs98r"
        + "qVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    static let a3 =
        "eyJhbGciOiJFUzI1NiJ9.\(payload).DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8"
        + "ISlSApmWQxfKTUJqPP3-"
        + "Kg6NU1Q"
    static let a4 =
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc"
        + "-mZZqwqT2SI-KGDKB34X"
        + "O0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
    static let a5 = "eyJhbGciOiJub25lIn0.\(payload)."
    static let ed25519 =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcv"
        + "Mg3AIbQR6dWbhijcNR4ki"
        + "4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

    @Test(arguments: [a1, a2, a3]) func `verifies appendix A 1 to 3`(_ token: String) throws {
        let bytes = try JWS(token).verifiedPayload(PublishedKeys.set())
        #expect(try JSON.parse(bytes) == ["iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true])
    }

    @Test func `verifies the Ed25519 example`() throws {
        #expect(try JWS(Self.ed25519).verifiedPayload(PublishedKeys.set()) == Array("Example of Ed25519 signing".utf8))
    }

    @Test func `signing gives the printed signatures`() throws {
        for (token, key) in [
            (Self.a1, PublishedKeys.hs256), (Self.a2, PublishedKeys.rs256), (Self.ed25519, PublishedKeys.edDSA),
        ] {
            let parts = token.split(separator: ".").map { Base64.decode(String($0), .url) }
            let (header, payload) = (try #require(parts[0]), try #require(parts[1]))
            #expect(try PublishedKeys.signer(key).sign(header: header, payload: payload) == token)
        }
    }

    @Test func `refuses the unsupported ES512 of appendix A 4, as token and as key`() throws {
        #expect(throws: TokenError.unknownKey) { try JWS(Self.a4).verifiedPayload(PublishedKeys.set()) }
        let error = #expect(throws: JWKSError.self) { try PublishedKeys.set([PublishedKeys.es512]) }
        #expect(error?.description.contains(#"key 1 ("es5"): crv "P-521" is neither P-256 nor Ed25519"#) == true)
    }

    @Test func `refuses the unsecured token of appendix A 5`() throws {
        #expect(throws: TokenError.unknownKey) { try JWS(Self.a5).verifiedPayload(PublishedKeys.set()) }
    }

    @Test(arguments: [a1, a2, a3, ed25519]) func `refuses any flipped bit of a signature`(_ token: String) throws {
        let keys = try PublishedKeys.set()
        let dot = try #require(token.lastIndex(of: "."))
        let signature = try #require(Base64.decode(String(token[token.index(after: dot)...]), .url))
        for bit in stride(from: 0, to: signature.count * 8, by: 7) {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let forged = "\(token[...dot])\(Base64.encode(changed, .url))"
            #expect(throws: TokenError.wrongSignature) { try JWS(forged).verifiedPayload(keys) }
        }
    }
}
