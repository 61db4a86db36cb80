import Coding
import HTTP
import JSON
import Posix
import Testing

@testable import Identity

/// Users and keys in memory.
private struct Directory: IdentityStore {
    var users: [String: StoredUser] = [:]
    var keys: [String: StoredApiKey] = [:]
    var isDown = false

    struct Down: Error {}

    func user(named name: String) throws -> StoredUser? {
        if isDown { throw Down() }
        return users[name]
    }

    func apiKey(prefix: String) throws -> StoredApiKey? {
        if isDown { throw Down() }
        return keys[prefix]
    }
}

struct AuthenticatorTests {
    private let key = ApiKey.generate()

    private func directory(isRevoked: Bool = false, isDown: Bool = false) -> Directory {
        // bcrypt at its lowest cost, as `htpasswd -B -C 4` writes it, of "open sesame".
        let ali = StoredUser(
            name: "ali", passwordHash: "$2b$04$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq",
            tenants: ["acme"],
            permissions: ["report.can_view_report"])
        let stored = StoredApiKey(
            prefix: key.prefix, hash: key.hash, tenant: "acme", permissions: ["view:reports"], isRevoked: isRevoked)
        return Directory(users: ["ali": ali], keys: [key.prefix: stored], isDown: isDown)
    }

    private func identify(
        _ headers: [(String, String)], gateway: GatewayParameters = GatewayParameters(), trusting: Bool = false,
        directory: Directory? = nil
    ) throws -> Result<Identity, IdentityError> {
        let authenticator = Authenticator(
            store: directory ?? self.directory(), tokens: TokenVerifier(keys: try PublishedKeys.set()),
            trustsGateway: trusting)
        let request = Request(path: "/", headers: Headers(headers), gateway: gateway)
        do throws(IdentityError) { return .success(try authenticator.identify(request, now: testTime)) } catch {
            return .failure(error)
        }
    }

    private func status(
        _ headers: [(String, String)], gateway: GatewayParameters = GatewayParameters(), trusting: Bool = false,
        directory: Directory? = nil
    ) throws -> Int {
        switch try identify(headers, gateway: gateway, trusting: trusting, directory: directory) {
        case .success: 200
        case .failure(let error): error.status
        }
    }

    private func basic(_ text: String) -> String { basic(Array(text.utf8)) }

    private func basic(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes, .url).replacing("-", with: "+").replacing("_", with: "/")
        return "Basic " + text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    @Test func `a request without a credential is missing one`() throws {
        guard case .failure(.missing) = try identify([("Accept", "*/*"), ("Authorization", ""), ("Api-Key", "")]) else {
            Issue.record("not missing")
            return
        }
        #expect(
            IdentityError.missing.challenge()
                == #"Bearer realm="penstock", Api-Key realm="penstock", Basic realm="penstock", charset="UTF-8""#)
        #expect(
            IdentityError.invalid(CredentialRefusal("x")).challenge(offering: [.bearer])
                == #"Bearer realm="penstock", error="invalid_token""#)
    }

    @Test func `two credentials are ambiguous, even equal or good ones`() throws {
        let bearer = "Bearer \(try token(claims()))"
        for headers in [
            [("Api-Key", key.text), ("Authorization", bearer)], [("Api-Key", key.text), ("api-key", key.text)],
            [("Authorization", bearer), ("authorization", bearer)],
            [("Api-Key", key.text), ("Authorization", "Api-Key \(key.text)")],
            [("Authorization", basic("ali:open sesame")), ("Api-Key", "x")],
            // As nginx passes two headers on since 1.23.
            [("Api-Key", "\(key.text), \(key.text)")], [("Api-Key", "\(key.text),psk_x")],
        ] {
            #expect(try status(headers) == 400)
        }
    }

    @Test func `a scheme has no case and stands one space before its credential`() throws {
        let token = try token(claims())
        for scheme in ["Bearer", "bearer", "BEARER"] {
            #expect(try status([("Authorization", "\(scheme) \(token)")]) == 200)
        }
        for value in [
            "Bearer  \(token)", "Bearer \(token)\t", "Bearer \(token) ", " Bearer \(token)", "Bearer\t\(token)",
            "Bearer", "Bearer ",
            token, "Bearer \(token) x", "Digest \(token)", "Token \(token)", "Bearer: \(token)", "Bearer \(token)é",
        ] {
            #expect(try status([("Authorization", value)]) == 401, "\(value.debugDescription)")
        }
    }

    @Test func `an API key is one tenant's, in either header`() throws {
        let expected = Identity(
            subject: "api-key:\(key.prefix)", tenants: ["acme"], permissions: ["view:reports"], kind: .apiKey)
        for headers in [
            [("Api-Key", key.text)], [("Authorization", "Api-Key \(key.text)")],
            [("Authorization", "api-key \(key.text)")],
        ] {
            guard case .success(let identity) = try identify(headers) else {
                Issue.record("refused")
                continue
            }
            #expect(identity == expected)
        }
        let other = ApiKey.generate()
        let mixed = "psk_\(key.prefix)_\(other.text.dropFirst(13))"
        for text in [
            other.text, mixed, String(key.text.dropLast()), "\(key.text)x", key.prefix, "' or 1=1--", " \(key.text)",
        ] {
            #expect(try status([("Api-Key", text)]) == 401)
        }
        #expect(try status([("Api-Key", key.text)], directory: directory(isRevoked: true)) == 401)
    }

    @Test func `a user proves a password`() throws {
        guard case .success(let identity) = try identify([("Authorization", basic("ali:open sesame"))]) else {
            Issue.record("refused")
            return
        }
        let expected = Identity(
            subject: "ali", tenants: ["acme"], permissions: ["report.can_view_report"], kind: .basic)
        #expect(identity == expected)
        for text in [
            "ali:open sesam", "ali:open sesame ", "ali:", "ali", ":open sesame", "Ali:open sesame", "eve:open sesame",
            "ali:\0",
        ] {
            #expect(try status([("Authorization", basic(text))]) == 401)
        }
        var disabled = directory()
        disabled.users["ali"]?.isDisabled = true
        #expect(try status([("Authorization", basic("ali:open sesame"))], directory: disabled) == 401)
        var broken = directory()
        broken.users["ali"]?.passwordHash = ""
        #expect(try status([("Authorization", basic("ali:open sesame"))], directory: broken) == 401)
    }

    @Test func `refuses a Basic credential that is not strict`() throws {
        let good = basic("ali:open sesame")
        let values = [
            good + "=", String(good.dropLast()), good.replacing("Y", with: "-"), "Basic ****",
            basic([0x61, 0x3A, 0xFF]),
            basic("ali:open\0sesame"), basic("a\nb:x"), basic("ali:" + String(repeating: "x", count: 1_025)),
            basic(String(repeating: "a", count: 256) + ":x"), "Basic " + String(repeating: "A", count: 1_000_000),
        ]
        for value in values { #expect(try status([("Authorization", value)]) == 401) }
        #expect(BasicCredential("YTpiOmM=") == BasicCredential(String(basic("a:b:c").dropFirst(6))))
        #expect(BasicCredential("YTpiOmM=")?.password == "b:c")
    }

    @Test func `a store that cannot answer is not a wrong password`() throws {
        #expect(try status([("Authorization", basic("ali:open sesame"))], directory: directory(isDown: true)) == 503)
        #expect(try status([("Api-Key", key.text)], directory: directory(isDown: true)) == 503)
    }

    @Test func `a trusted gateway goes first`() throws {
        let gateway = GatewayParameters(
            user: ["grace"], tenant: ["acme, globex"], permissions: ["view:reports export:reports"], superuser: ["1"])
        let expected = Identity(
            subject: "grace", tenants: ["acme", "globex"], permissions: ["view:reports", "export:reports"],
            isSuperuser: true,
            kind: .gateway)
        for headers in [[], [("Api-Key", key.text)], [("Authorization", "Bearer wrong")]] {
            guard case .success(let identity) = try identify(headers, gateway: gateway, trusting: true) else {
                Issue.record("refused")
                continue
            }
            #expect(identity == expected)
        }
        #expect(try status([("Api-Key", "a"), ("Authorization", "Bearer b")], gateway: gateway, trusting: true) == 400)
    }

    @Test func `what a token and a gateway say of the caller beside his name are claims, a number as it is written`()
        throws
    {
        let said = claims([
            ("driver_id", 12), ("depot", ["oslo", "bergen"]), ("address", ["street": "a"]), ("email", "a@b"),
        ])
        guard case .success(let bearer) = try identify([("Authorization", "Bearer \(try token(said))")]) else {
            throw Refused()
        }
        #expect(bearer.claims == ["driver_id": ["12"], "depot": ["oslo", "bergen"], "email": ["a@b"]])
        var gateway = GatewayParameters(user: ["grace"], tenant: ["acme"], claims: ["driver_id=1%262&depot=a&depot=b"])
        guard case .success(let passed) = try identify([], gateway: gateway, trusting: true) else { throw Refused() }
        #expect(passed.claims == ["driver_id": ["1&2"], "depot": ["a", "b"]])
        for doubtful in [["a=1", "a=2"], ["%zz=1"], ["=1"]] {
            gateway.claims = doubtful
            #expect(try status([], gateway: gateway, trusting: true) == 500)
        }
    }

    private struct Refused: Error {}

    @Test func `an untrusted gateway says nothing`() throws {
        let gateway = GatewayParameters(user: ["root", "root"], tenant: ["*"], superuser: ["true"])
        #expect(try status([], gateway: gateway) == 401)
        #expect(
            try status([("Remote-User", "admin"), ("X-User-Id", "1"), ("Penstock-User", "root")], trusting: true) == 401
        )
    }

    @Test func `an empty gateway user is none, and what is doubtful fails closed`() throws {
        let empty = GatewayParameters(user: [""], tenant: [""], permissions: [""], superuser: [""])
        #expect(try status([], gateway: empty, trusting: true) == 401)
        #expect(try status([("Api-Key", key.text)], gateway: empty, trusting: true) == 200)
        for gateway in [
            GatewayParameters(user: ["a", "a"]), GatewayParameters(user: ["", "a"]),
            GatewayParameters(user: ["a"], tenant: ["t", "u"]),
            GatewayParameters(user: ["a"], permissions: ["p", "q"]), GatewayParameters(superuser: ["0", "1"]),
            GatewayParameters(user: ["a"], superuser: ["maybe"]), GatewayParameters(user: ["a\nb"]),
            GatewayParameters(user: [" "]),
            GatewayParameters(user: ["a"], tenant: ["t\tu"]),
        ] {
            #expect(try status([("Api-Key", key.text)], gateway: gateway, trusting: true) == 500)
        }
    }

    @Test func `without keys no token is believed`() throws {
        let authenticator = Authenticator(store: directory(), tokens: nil, trustsGateway: false)
        let request = Request(path: "/", headers: ["Authorization": "Bearer \(try token(claims()))"])
        let error = #expect(throws: IdentityError.self) { try authenticator.identify(request, now: testTime) }
        #expect(error?.status == 401)
    }

    @Test func `where too many passwords are compared already a new one waits, and one that was right is let in`()
        throws
    {
        var isFull = false
        let authenticator = Authenticator(
            store: directory(), tokens: nil, trustsGateway: false,
            room: SharedRoom(enter: { !isFull }, leave: {}))
        func identify(_ proof: String) -> Int {
            let request = Request(
                path: "/", headers: ["Authorization": "Basic \(Base64.encode(Array(proof.utf8), .standard))"])
            do throws(IdentityError) {
                return try authenticator.identify(request, now: testTime).subject == "ali" ? 200 : 0
            } catch {
                return error.status
            }
        }
        #expect(identify("ali:open sesame") == 200)
        isFull = true
        #expect(identify("ali:open sesame") == 200)
        #expect(identify("ali:open") == 503 && identify("nobody:open") == 503)
        isFull = false
        #expect(identify("ali:open") == 401 && identify("nobody:open") == 401)
    }
}
