import JSON
import Time

@testable import Identity

/// The instant at which the tests happen: 2026-05-07T10:30:00Z.
let testTime = Timestamp(seconds: 1_778_149_800)

/// The keys of RFC 7515 appendix A.1 to A.4 and RFC 8037 appendix A.
enum PublishedKeys {
    static let hs256 =
        #"{"kty":"oct","kid":"hs","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Y"#
        + #"j0iPS4hcgUuTwjAzZr1Z9CAow"}"#

    static let rs256 =
        #"{"kty":"RSA","kid":"rs","n":"\#(rsaModulus)","e":"AQAB","#
        + #""d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7"#
        + #"YwVol2NXOoAJe46sui395"#
        + "IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0Z"
        + "HHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeW"
        + #"jnczT0QU91p1DhOVRuOopznQ","#
        + #""p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9A"#
        + #"B0Hw_Py5PJdTJNPY8cQn"#
        + #"7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc","#
        + #""q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6u"#
        + #"l7TjeLQeZD_YwD66t62w"#
        + #"Dmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"}"#

    static let rsaModulus =
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
        + "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KX"
        + "BdQOS-UTo7WTBEMa2R2Ca"
        + "pHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2eth"
        + "FkMLs91kzk2PAcDTW9gb5"
        + "4h4FRWyuXpoQ"

    static let es256 =
        #"{"kty":"EC","kid":"es","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
        + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#

    static let es512 =
        #"{"kty":"EC","kid":"es5","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBp"#
        + #"Xp5EOnYG_NjFZ6OvLFV1j"#
        + #"SfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79aj"#
        + #"L4Kkd0AZMaZmh9ubmf63e3ky"#
        + #"Mj2"}"#

    static let edDSA =
        #"{"kty":"OKP","kid":"ed","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","#
        + #""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}"#

    static let all = [hs256, rs256, es256, edDSA]

    static func set(_ keys: [String] = all) throws -> JWKS {
        try JWKS(parsing: Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8))
    }

    static func signer(_ key: String) throws -> TokenSigner { try TokenSigner(parsing: Array(key.utf8)) }
}

/// The claims of a good token, with some of them replaced.
func claims(_ changes: [(String, JSON?)] = []) -> JSON {
    var object: JSON.Object = [
        "sub": "ada", "tenants": ["acme", "globex"], "permissions": ["view:reports"],
        "exp": .int(testTime.seconds + 300),
    ]
    for (name, value) in changes { object[name] = value }
    return .object(object)
}

/// A token of these claims, signed with the HS256 key.
func token(_ claims: JSON, header: String = #"{"alg":"HS256"}"#, key: String = PublishedKeys.hs256) throws -> String {
    try PublishedKeys.signer(key).sign(header: Array(header.utf8), payload: claims.serialized)
}

/// What the verifier makes of a token at the time of the tests.
func outcome(
    _ token: String, keys: [String] = PublishedKeys.all, issuer: String? = nil, audience: String? = nil
) throws -> Result<Identity, TokenError> {
    let verifier = TokenVerifier(keys: try PublishedKeys.set(keys), issuer: issuer, audience: audience)
    do throws(TokenError) { return .success(try verifier.verify(token, now: testTime)) } catch {
        return .failure(error)
    }
}
