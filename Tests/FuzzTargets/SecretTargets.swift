import Coding
import Crypto
import Identity
import JSON
import Posix
import Storage
import Time

extension FuzzTarget {
    /// tenant NUL name of the file NUL expires NUL kid NUL signature
    static let link = FuzzTarget("link") { bytes in
        _ = try? KeyRing(parsing: bytes)
        let fields = (bytes.split(by: 0).map(\.text) + Array(repeating: "", count: 5)).prefix(5)
        let (tenant, name) = (fields[0], fields[1])
        let signer = LinkSigner(try KeyRing(parsing: Array("a \(String(repeating: "17", count: 32))\n".utf8)))
        guard let job = UUID("01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5") else { return }
        func refusal(_ query: SignedQuery, _ tenant: String, _ name: String, _ epoch: Int, now: Int64) -> String? {
            do {
                try signer.verify(query, tenant: tenant, job: job, epoch: epoch, fileName: name, now: now)
                return nil
            } catch { return error.description }
        }
        let given = SignedQuery(expires: fields[2], kid: fields[3], signature: fields[4])
        try demand(refusal(given, tenant, name, 1, now: 1_000) == "invalid_signature", "a link that was not signed")

        let link = DownloadLink(tenant: tenant, job: job, epoch: 1, fileName: name, expires: 2_000)
        let query = signer.sign(link)
        try demand(refusal(query, tenant, name, 1, now: 1_999) == nil, "a link that was signed is refused")
        try demand(refusal(query, tenant, name, 1, now: 2_000) == "link_expired", "a link lives too long")
        let others = [
            refusal(query, tenant + "a", name, 1, now: 1_000), refusal(query, name, tenant, 2, now: 1_000),
            refusal(query, tenant, "a" + name, 1, now: 1_000), refusal(query, tenant, name, 2, now: 1_000),
            refusal(
                SignedQuery(expires: "2001", kid: query.kid, signature: query.signature), tenant, name, 1, now: 1_000),
        ]
        try demand(others.allSatisfy { $0 == "invalid_signature" }, "a link is good for something else")
        let last = Array(link.path.utf8).split(by: UInt8(ascii: "/")).last
        try demand(
            PercentCoding.decode(last ?? [], plusIsSpace: false).map { $0 == Array(name.utf8) } == true,
            "the name is another one in the path")
    }

    private static let secret = [UInt8](repeating: 0x35, count: 32)

    /// The keys of an installation: an HMAC's, and a public one whose private half nobody has here.
    private static let keys = Result {
        try JWKS(
            parsing: Array(
                (#"{"keys":[{"kty":"oct","kid":"hs","k":"\#(Base64.encode(secret, .url))"},"#
                    + #"{"kty":"OKP","kid":"ed","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#)
                    .utf8))
    }

    /// A whole token; or header, NUL and claims, which are signed here.
    static let token = FuzzTarget("token") { bytes in
        let verifier = TokenVerifier(keys: try keys.get())
        let now = Timestamp(seconds: 1_778_149_800)
        let parts = bytes.split(by: 0)
        guard parts.count == 2 else {
            if case .value = Outcome(({ try verifier.verify(bytes.text, now: now).subject })) {
                throw BrokenRule(description: "a token that was not signed here is believed")
            }
            return
        }
        let input = parts.map { Base64.encode($0, .url) }.joined(separator: ".")
        let code = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: SymmetricKey(data: secret))
        let token = "\(input).\(Base64.encode(Array(code), .url))"
        let identity: Identity
        do { identity = try verifier.verify(token, now: now) } catch { return }
        // Of whom is believed, the header and the claims say so when they are read a second time.
        let header = try JSON.parse(parts[0])
        let claims = try JSON.parse(parts[1])
        try demand(header["alg"] == "HS256" && header["crit"] == nil && header["b64"] == nil, "the header")
        try demand(header["kid"].map { $0 == "hs" } ?? true, "the key's name")
        try demand(claims["sub"]?.string == identity.subject && !identity.subject.isEmpty, "the subject")
        try demand(identity.isSuperuser == (claims["superuser"] == true), "a superuser by nothing")
        guard case .number(let expiry) = claims["exp"], let end = Double(expiry) else {
            throw BrokenRule(description: "a token without an end")
        }
        try demand(end >= Double(now.seconds) - 61, "a token whose time is over")
        let forged = "\(input).\(Base64.encode([UInt8](repeating: 0, count: 32), .url))"
        try demand(Outcome { try verifier.verify(forged, now: now).subject } != .value(identity.subject), "a forgery")
    }

    static let keySet = FuzzTarget("keyset") { bytes in
        guard case .value(let kids) = Outcome(({ try JWKS(parsing: bytes).keys.map(\.kid) })) else { return }
        try demand(!kids.isEmpty, "a set without keys is taken")
        let verifier = TokenVerifier(keys: try JWKS(parsing: bytes))
        let claims = Base64.encode(Array(#"{"sub":"ada","exp":1778149900}"#.utf8), .url)
        for algorithm in ["HS256", "RS256", "ES256", "EdDSA", "none"] {
            let header = Base64.encode(Array(#"{"alg":"\#(algorithm)"}"#.utf8), .url)
            for signature in ["", Base64.encode([UInt8](repeating: 0, count: 64), .url)] {
                let token = "\(header).\(claims).\(signature)"
                let outcome = Outcome { try verifier.verify(token, now: Timestamp(seconds: 1_778_149_800)).subject }
                try demand(outcome != .value("ada"), "a token without a signature is believed")
            }
        }
    }
}
