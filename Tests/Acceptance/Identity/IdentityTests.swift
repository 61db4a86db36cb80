import Glibc
import JSON
import Posix
import Support
import Testing

/// Tokens, keys and password hashes as the world has them, against the running service.
@Suite(.waits) struct IdentityTests {
    private static let sheet = "/report/exports?limit=1"

    /// The time part of a token's claims replaced, signed with the stage's own key file.
    private static func token(_ stage: Stage, exp: String, kid: String? = nil) throws -> String {
        let script = """
            import base64, hashlib, hmac, json, sys
            exp, kid, path, tenant = sys.argv[1:]
            b = lambda x: base64.urlsafe_b64encode(x).rstrip(b"=")
            key = next(k for k in json.load(open(path))["keys"] if k["kty"] == "oct")
            head = json.dumps({"alg": "HS256", "kid": kid or key["kid"]}).encode()
            body = ('{"sub":"clock","tenants":["%s"],"permissions":["view:reports"],"exp":%s}' % (tenant, exp)).encode()
            text = b(head) + b"." + b(body)
            secret = base64.urlsafe_b64decode(key["k"] + "=" * (-len(key["k"]) % 4))
            print((text + b"." + b(hmac.new(secret, text, hashlib.sha256).digest())).decode())
            """
        let path = stage.settings["PENSTOCK_JWKS"] ?? ""
        let out = try Shell.output(["python3", "-c", script, exp, kid ?? "", path, stage.tenant])
        return String(decoding: out, as: UTF8.self).split(separator: "\n").map(String.init).first ?? ""
    }

    @Test(arguments: [
        ("4102444800.5", 200), ("4.1024448E9", 200), ("4102444800e0", 200), ("4102444800.336421", 200),
        ("41024448e+2", 200), ("1e9", 401), ("1688117968.5", 401), ("1e400", 401), ("-4102444800", 401),
        ("\"4102444800\"", 401), ("null", 401), ("[4102444800]", 401), ("1e-400", 401), ("99999999999999999999", 401),
    ])
    func `exp is any number, and what is none is 401`(_ exp: String, _ status: Int) throws {
        let stage = try Stage.shared
        let token = try Self.token(stage, exp: exp)
        #expect(try stage.client(.bearer(token)).get(Self.sheet).status == status)
    }

    @Test func `the log says why a credential is refused, and never the credential`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "1"])
        defer { stage.stop() }
        let expired = try Self.token(stage, exp: "1688117968.5")
        let unknown = try Self.token(stage, exp: "4102444800", kid: "nobody's")
        for token in [expired, unknown] { #expect(try stage.client(.bearer(token)).get(Self.sheet).status == 401) }
        #expect(try stage.client(.bearer("nonsense")).get(Self.sheet).status == 401)
        #expect(try stage.client(.basic("ada:secret-of-ada")).get(Self.sheet).status == 401)
        func line(_ reason: String) throws -> JSON? {
            try stage.log.lines(with: "credential refused").compactMap { try? JSON.parse($0) }
                .first { $0["event"] == "credential refused" && $0["reason"] == .string(reason) }
        }
        #expect(try eventually { try line("password_wrong") != nil })
        #expect(try line("token_expired")?["kid"]?.string?.isEmpty == false)
        #expect(try line("token_key_unknown")?["kid"] == "nobody's")
        #expect(try line("token_malformed")?["kid"] == nil)
        for secret in [expired, unknown, "nonsense", "secret-of-ada"] { #expect(try !stage.log.contains(secret)) }
        // One that comes every moment does not fill the log.
        for _ in 0..<30 { _ = try stage.client(.bearer("nonsense")).get(Self.sheet) }
        #expect(try stage.log.lines(with: "token_malformed").count == 5)
    }

    @Test func `a new kind of key in the set stops nobody, and check names it`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let path = try #require(stage.settings["PENSTOCK_JWKS"])
        let before = String(decoding: try File.bytes(at: path), as: UTF8.self)
        let strange = #"{"kty":"AKP","alg":"ML-DSA-44","kid":"post-quantum","pub":"AA"}"#
        func write(_ text: String) throws { _ = try Shell.output(["tee", path], input: Array(text.utf8)) }
        try write(before.replacing("[", with: "[\(strange),", maxReplacements: 1))
        kill(stage.pid, SIGHUP)
        #expect(try eventually { try stage.log.contains("reloaded") })
        #expect(try stage.log.contains(#"key 1 (\"post-quantum\"): kty \"AKP\" is none of"#))
        #expect(try eventually { try stage.client.get(Self.sheet).status == 200 })
        let check = try stage.penstock("check")
        #expect(
            check.status == 0 && check.text.contains("warning\tjwks: \(path): key 1 (\"post-quantum\")"),
            "\(check.text)")
        // A broken one of a known kind is refused, and the service goes on with the others.
        let broken = #"{"kty":"EC","crv":"P-256","kid":"torn","x":"AA","y":"AA"}"#
        try write(before.replacing("[", with: "[\(broken),", maxReplacements: 1))
        kill(stage.pid, SIGHUP)
        #expect(try eventually { try stage.log.contains(#"key 1 (\"torn\"): x has 1 bytes instead of 32"#) })
        #expect(try stage.client.get(Self.sheet).status == 200)
        // A reload that the check refuses says why in its own line.
        try write(before)
        _ = try stage.rows("alter table warehouses rename to warehouses_gone", on: .sourceOwner)
        kill(stage.pid, SIGHUP)
        let refused = try eventually {
            try !stage.log.lines(with: "reload refused", "\"reason\":\"catalog: ", "warehouses").isEmpty
        }
        let log = try stage.log
        #expect(refused, "\(log.suffix(1500))")
    }

    @Test func `weak hashes are refused by name at import, and let nobody in where they are stored`() throws {
        let stage = try Stage.shared
        func add(_ hash: String) throws -> Shell.Outcome {
            try stage.penstock([
                "users", "add", "des", "--tenant", stage.tenant, "--permission", "view:reports", "--hash", hash,
            ])
        }
        for (hash, name) in [
            ("abLZt3uEKpz7w", "DES"), ("$1$abcdefgh$5dI8T/m8rCCNVwLWyHXzq/", "MD5"), ("$apr1$x$y", "$apr1$"),
            ("{SHA}2kuSN7rMzfGcB2DKt67EqDWQELA=", "{SHA}"), ("$6$rounds=999999999$a$b", "999999999 rounds"),
            ("$2y$31$abcdefghijklmnopqrstuuPZPTO0fAWiWAP1XLaG7p2vCsQBKEbZW", "cost 31"), ("secretpw", "plain password"),
            ("bob:$2y$05$x", "the user bob"),
        ] {
            let outcome = try add(hash)
            #expect(outcome.status == 64 && outcome.errorText.contains(name), "\(outcome.errorText)")
        }
        // As htpasswd -nB prints it.
        #expect(try add("des:$2y$04$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq\n").status == 0)
        #expect(try stage.client(.basic("des:open sesame")).get(Self.sheet).status == 200)
        _ = try stage.rows("update penstock_users set password_hash = 'abLZt3uEKpz7w' where name = 'des'")
        for password in ["secretpw", "secretpwANYTHING"] {
            #expect(try stage.client(.basic("des:\(password)")).get(Self.sheet).status == 401)
        }
        #expect(try eventually { try stage.log.contains("user des: the hash is DES") })
        _ = try stage.rows("update penstock_users set password_hash = '$6$rounds=999999999$abc$def' where name = 'des'")
        #expect(try stage.client(.basic("des:x")).get(Self.sheet).status == 401)
        #expect(try stage.penstock("users", "remove", "des").status == 0)
    }
}
