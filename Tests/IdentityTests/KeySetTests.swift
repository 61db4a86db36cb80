import HTTP
import JSON
import Testing

@testable import Identity

/// Sets as providers publish them: keys of new kinds stand beside the one that is in use.
struct KeySetTests {
    @Test(arguments: [
        (#"{"kty":"AKP","alg":"ML-DSA-44","kid":"a","pub":"AA"}"#, #"kty "AKP" is none of oct, RSA, EC, OKP"#),
        (#"{"kid":"a","alg":"RS256"}"#, "there is no kty"), (#"{"kty":"none","kid":"a"}"#, #"kty "none" is none of"#),
        (#"{"kty":7,"kid":"a"}"#, "there is no kty"),
        (#"{"kty":"EC","crv":"P-384","kid":"a","x":"AA","y":"AA"}"#, #"crv "P-384" is neither P-256 nor Ed25519"#),
        (#"{"kty":"EC","crv":"P-521","kid":"a"}"#, "P-521"),
        (#"{"kty":"EC","crv":"secp256k1","kid":"a"}"#, "secp256k1"),
        (#"{"kty":"OKP","crv":"X25519","kid":"a","x":"AA"}"#, "X25519"),
        (#"{"kty":"OKP","crv":"Ed448","kid":"a"}"#, "Ed448"),
        (
            #"{"kty":"RSA","alg":"PS256","kid":"a","n":"AA","e":"AQAB"}"#,
            #"alg is "PS256", a key of this type is used with RS256 only"#
        ),
        (#"{"kty":"RSA","alg":"RS512","kid":"a","n":"AA","e":"AQAB"}"#, "RS512"),
        (#"{"kty":"RSA","alg":"RSA-OAEP","kid":"a","n":"AA","e":"AQAB"}"#, "RSA-OAEP"),
        (
            #"{"kty":"RSA","kid":"a","n":"\#(String(repeating: "_", count: 170))8","e":"AQAB"}"#,
            "n has 1024 bits, at least 2048 are needed"
        ),
        (#"{"kty":"oct","kid":"a","k":"AAAA"}"#, "k has 24 bits, at least 256 are needed"),
        (#"{"kty":"EC","crv":"P-256","key_ops":["deriveKey"],"kid":"a"}"#, "key_ops names neither verify nor sign"),
    ])
    func `a key that is not understood is passed over, by its place and kid`(_ key: String, _ reason: String) throws {
        let set = try PublishedKeys.set([PublishedKeys.rs256, key])
        #expect(set.keys.map(\.kid) == ["rs"])
        let notice = try #require(set.notices.first)
        #expect(set.notices.count == 1 && notice.hasPrefix(#"key 2 ("a"): "#) && notice.contains(reason), "\(notice)")
        #expect(notice.hasSuffix("; the key is passed over"))
        // Before the good one as well, and for the signer.
        #expect(try PublishedKeys.set([key, PublishedKeys.es256]).keys.map(\.kid) == ["es"])
        let file = Array(#"{"keys":[\#(key),\#(PublishedKeys.es256)]}"#.utf8)
        #expect(try TokenSigner(parsing: file).kid == "es")
        // Alone it leaves nothing to check with.
        let error = #expect(throws: JWKSError.self) { try PublishedKeys.set([key]) }
        #expect(error?.description.hasPrefix("there is no key for signatures; key 1") == true)
    }

    @Test func `the same kid may stand with another kty, and a token finds its own`() throws {
        let twin = PublishedKeys.es256.replacing(#""kid":"es""#, with: #""kid":"hs""#)
        let header = #"{"alg":"ES256","kid":"hs"}"#
        let keys = [PublishedKeys.hs256, twin]
        #expect(try PublishedKeys.set(keys).notices.isEmpty)
        #expect(throws: Never.self) {
            try outcome(token(claims(), header: #"{"alg":"HS256","kid":"hs"}"#), keys: keys).get()
        }
        #expect(throws: Never.self) { try outcome(token(claims(), header: header, key: twin), keys: keys).get() }
        #expect(try outcome(token(claims(), header: header), keys: keys) == .failure(.wrongSignature))
        #expect(
            try outcome(token(claims(), header: #"{"alg":"RS256","kid":"hs"}"#), keys: keys)
                == .failure(.wrongAlgorithm))
    }

    @Test func `of two keys with one kid and algorithm both are tried, and the set says so`() throws {
        let other = #"{"kty":"oct","kid":"hs","k":"\#(String(repeating: "A", count: 43))"}"#
        let keys = [PublishedKeys.hs256, other]
        #expect(
            try PublishedKeys.set(keys).notices == [
                #"key 2 ("hs"): an earlier key has the same kid; tokens are tried with both"#
            ])
        for key in keys {
            #expect(throws: Never.self) {
                try outcome(token(claims(), header: #"{"alg":"HS256","kid":"hs"}"#, key: key), keys: keys).get()
            }
        }
    }

    @Test func `a broken key of a known kind is an error`() {
        let broken = #"{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}"#
        #expect(throws: JWKSError(description: #"key 2 ("a"): x has 1 bytes instead of 32"#)) {
            try PublishedKeys.set([PublishedKeys.rs256, broken])
        }
    }
}
