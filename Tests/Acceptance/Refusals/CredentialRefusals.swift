import JSON
import Posix
import Support

extension Refusal {
    private static let list = "/report/exports?limit=1"

    private static func bearer(_ name: String, _ token: String, _ statuses: Set<Int> = [401]) -> Case {
        Case(
            name: name, method: "GET", target: list, headers: [], credential: .bearer(token), statuses: statuses,
            holding: statuses == [401] ? "unauthorized" : "")
    }

    private static func header(_ fields: [(String, String)], _ statuses: Set<Int>, holding: String = "") -> Case {
        .get(list, statuses, holding: holding, headers: fields, credential: Credential.none)
    }

    static let credentials: [Refusal] = [
        Refusal(row: "I1", what: "no credential on any route") { _ in
            let id = "01900000-0000-7000-8000-000000000001"
            let gets = [
                "/report/catalogs/delivery", "/report/exports", "/report/exports/\(id)",
                "/report/exports/\(id)/download",
            ]
            let posts = ["/report/exports", "/report/exports/preview", "/report/exports/\(id)/cancel"]
            return gets.map { .get($0, [401], holding: "unauthorized", credential: Credential.none) }
                + posts.map {
                    Case(
                        name: $0, target: $0, body: Case.goodRequest.serialized, credential: Credential.none,
                        statuses: [401], holding: "unauthorized")
                }
        },
        Refusal(row: "I2", what: "two kinds of credential at once") { stage in
            let basic = "Basic \(base64(Array(stage["BASIC"].utf8)))"
            return [
                header([("Authorization", "Bearer \(stage["TOKEN"])"), ("Api-Key", stage["API_KEY"])], [400]),
                header([("Authorization", basic), ("Api-Key", stage["API_KEY"])], [400]),
            ]
        },
        Refusal(row: "I3", what: "two Api-Key headers") { stage in
            [
                header([("Api-Key", stage["API_KEY"]), ("Api-Key", "psk_x")], [400]),
                header([("Api-Key", stage["API_KEY"]), ("Api-Key", stage["API_KEY"])], [400]),
            ]
        },
        Refusal(row: "I4", what: "the spelling of Bearer") { stage in
            [
                header([("Authorization", "bearer \(stage["TOKEN"])")], [200]),
                header([("Authorization", "BEARER \(stage["TOKEN"])")], [200]),
                header([("Authorization", "Bearer  \(stage["TOKEN"])")], [401]),
                header([("Authorization", "Bearer \(stage["TOKEN"])\t")], [401]),
                header([("Authorization", "Bearer")], [401]),
                header([("Authorization", "Bearer ")], [401]),
                header([("Authorization", "Digest x")], [401]),
                header([("Authorization", "Api-Key \(stage["API_KEY"])")], [200]),
            ]
        },
        Refusal(row: "I5–I13", what: "forged, stale and misshapen tokens") { stage in
            try Forge(stage).hostileTokens().map { bearer($0.name, $0.token) }
                + [
                    bearer("good", try Forge(stage).sign(), [200]),
                    Case(
                        name: "1 MB token", method: "GET", target: list, headers: [],
                        credential: .bearer(String(repeating: "a", count: 1 << 20)), statuses: [400, 431],
                        byServer: true),
                ]
        },
        Refusal(row: "I14", what: "misshapen Basic") { stage in
            let name = String(stage["BASIC"].split(separator: ":")[0])
            let values: [[UInt8]] = [
                Array("nocolon".utf8), Array("\(name):".utf8), Array("\(name):wrong".utf8), Array(":".utf8),
                Array("\(name):a\0b".utf8), [0xFF, 0x3A, 0xFE], Array("\(name):".utf8) + [0xFF],
                Array("\(name):\(String(repeating: "x", count: 4000))".utf8),
            ]
            return values.map { header([("Authorization", "Basic \(base64($0))")], [401], holding: "unauthorized") }
                + ["!!!", "", "YTpi=", "YQ"].map { header([("Authorization", "Basic \($0)")], [401]) }
        },
        Refusal(row: "I15", what: "a user without the permission") { stage in
            [.get(list, [403], holding: "insufficient_permissions", credential: .basic(stage["BASIC_DENIED"]))]
        },
        Refusal(row: "I16", what: "wrong, revoked and foreign API keys") { stage in
            let made = try JSON.parse(
                stage.penstock(
                    "keys", "create", "--tenant", stage.otherTenant, "--name", "short-lived", "--permission",
                    "view:reports", "--json"
                ).output, limits: .stored)
            let key = made["key"]?.string ?? ""
            var cases = [
                header([("Api-Key", String(stage["API_KEY"].dropLast(4)) + "AAAA")], [401], holding: "unauthorized"),
                header([("Api-Key", String(stage["API_KEY"].prefix(13)))], [401]), header([("Api-Key", "")], [401]),
                header([("Api-Key", key)], [200]),
                .get(
                    "\(list)&tenant_id=\(stage.tenant)", [403], holding: "insufficient_permissions",
                    credential: .apiKey(key)),
            ]
            let second = try JSON.parse(
                stage.penstock("keys", "create", "--tenant", stage.otherTenant, "--name", "revoked", "--json").output,
                limits: .stored)
            let revoked = second["key"]?.string ?? ""
            let outcome = try stage.penstock("keys", "revoke", String(revoked.dropFirst(4).prefix(8)))
            guard outcome.status == 0 else { throw Unmet("keys revoke: \(outcome.errorText)") }
            cases.append(header([("Api-Key", revoked)], [401], holding: "unauthorized"))
            return cases
        },
        Refusal(row: "I17", what: "headers that pretend to be the gateway's") { stage in
            [
                ("Remote-User", "admin"), ("X-User-Id", "admin"), ("X-Auth-Tenant", "\(stage.tenant)"),
                ("Penstock-User", "admin"), ("PENSTOCK_USER", "admin"), ("PENSTOCK-SUPERUSER", "true"),
            ].map { header([$0], [401]) }
                + [
                    .get(list, [200], headers: [("Proxy", "http://evil.example")]),
                    Case(
                        name: "a superuser header beside a view token",
                        headers: [("Content-Type", "application/json"), ("Penstock-Superuser", "true")],
                        body: Case.goodRequest.serialized, credential: .bearer(stage["VIEW_TOKEN"]), statuses: [403]),
                ]
        },
    ]
}

/// Signs tokens with the stage's own key, in ways that a good issuer never would.
struct Forge {
    private let stage: any ServiceUnderTest

    init(_ stage: any ServiceUnderTest) { self.stage = stage }

    private static let goodHeader: JSON = ["alg": "HS256", "typ": "JWT", "kid": "demo"]

    private var goodPayload: JSON {
        [
            "sub": "forged", "tenants": [.string(stage.tenant)], "permissions": ["view:reports"], "exp": 4_102_444_800,
        ]
    }

    func sign() throws -> String { try tokens([(Self.goodHeader.text, goodPayload.text)])[0] }

    func hostileTokens() throws -> [(name: String, token: String)] {
        func header(_ name: String, _ value: JSON?) -> (String, String, String) {
            (
                "header \(name)=\(value?.text.prefix(40) ?? "none")", Self.goodHeader.setting(name, to: value).text,
                goodPayload.text
            )
        }
        func payload(_ name: String, _ value: JSON?) -> (String, String, String) {
            (
                "payload \(name)=\(value?.text.prefix(40) ?? "none")", Self.goodHeader.text,
                goodPayload.setting(name, to: value).text
            )
        }
        let deep = String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)
        let now = Clock.wallMicroseconds / 1_000_000
        let signed: [(String, String, String)] = [
            header("alg", "none"), header("alg", "None"), header("alg", "nOnE"), header("alg", "RS256"),
            header("alg", "HS512"), header("alg", nil), header("kid", "../../dev/null"), header("kid", "' OR 1=1--"),
            header("kid", "unknown"), header("kid", .string(String(repeating: "k", count: 3000))),
            header("crit", ["unknown"]), header("crit", ["b64"]),
            payload("exp", .int(now - 120)), payload("exp", "4102444800"), payload("exp", .number("1e308")),
            payload("exp", -1), payload("exp", nil), payload("nbf", .int(now + 3600)), payload("sub", nil),
            payload("sub", ""),
            (
                "two subjects", Self.goodHeader.text,
                goodPayload.text.replacingOccurrence(of: "{\"sub\"", with: "{\"sub\":\"a\",\"sub\"")
            ),
            (
                "deep payload", Self.goodHeader.text,
                goodPayload.setting("x", to: 0).text.replacingOccurrence(of: "\"x\":0", with: "\"x\":\(deep)")
            ),
        ]
        var result = try zip(signed.map(\.0), tokens(signed.map { ($0.1, $0.2) })).map { (name: $0, token: $1) }
        let good = try sign()
        let parts = good.split(separator: ".").map(String.init)
        result += [
            ("empty signature", "\(parts[0]).\(parts[1])."), ("four segments", good + ".x"),
            ("two segments", "\(parts[0]).\(parts[1])"), ("padding", good + "="),
            ("other payload", "\(parts[0]).\(parts[1].dropLast())A.\(parts[2])"),
            ("flipped signature", "\(parts[0]).\(parts[1]).\(parts[2].reversed())"), ("five segments", "a.b.c.d.e"),
            (
                "brought key",
                try tokens([
                    (
                        Self.goodHeader.setting("jwk", to: ["kty": "oct", "k": "AAAA"]).setting("kid", to: "mine").text,
                        goodPayload.text
                    )
                ])[0]
            ),
        ]
        return result
    }

    /// Signs by python3's hmac, which shares no code with the service.
    private func tokens(_ pairs: [(header: String, payload: String)]) throws -> [String] {
        let script = """
            import base64, hashlib, hmac, json, sys
            given = json.load(sys.stdin)
            key = json.load(open(given['keys']))['keys'][0]['k']
            key = base64.urlsafe_b64decode(key + '=' * (-len(key) % 4))
            def encoded(data): return base64.urlsafe_b64encode(data).rstrip(b'=')
            for header, payload in given['pairs']:
                text = encoded(header.encode()) + b'.' + encoded(payload.encode())
                print((text + b'.' + encoded(hmac.new(key, text, hashlib.sha256).digest())).decode())
            """
        let input: JSON = [
            "keys": .string("\(stage.state)/keys/jwks.json"),
            "pairs": .array(pairs.map { .array([.string($0.header), .string($0.payload)]) }),
        ]
        let output = try Shell.output(["python3", "-c", script], input: input.serialized)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension String {
    /// The text with the first occurrence replaced.
    func replacingOccurrence(of old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        var result = self
        result.replaceSubrange(range, with: new)
        return result
    }
}
