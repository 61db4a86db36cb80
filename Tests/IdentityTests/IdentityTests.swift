import Coding
import Testing

@testable import Identity

struct IdentityTests {
    private func identity(_ tenants: [String], _ isSuperuser: Bool = false) -> Identity {
        Identity(subject: "a", tenants: tenants, permissions: ["view:reports"], isSuperuser: isSuperuser, kind: .basic)
    }

    @Test func `a superuser has every permission, others what they were granted`() {
        #expect(Permission.allCases.allSatisfy(identity([], true).has))
        #expect(Permission.allCases.filter(identity([]).has) == [.viewReports])
    }

    @Test func `the only tenant need not be named`() throws {
        #expect(try identity(["acme"]).tenant(named: nil) == "acme")
        #expect(try identity(["acme", "acme"]).tenant(named: nil) == "acme")
        #expect(try identity(["acme", "globex"]).tenant(named: "globex") == "globex")
        #expect(throws: TenantError.ambiguous) { try identity(["acme", "globex"]).tenant(named: nil) }
        #expect(throws: TenantError.foreign) { try identity([]).tenant(named: nil) }
    }

    @Test(arguments: ["initech", "", "*", "ACME", "acme "]) func `no other tenant can be named`(_ name: String) {
        #expect(throws: TenantError.foreign) { try identity(["acme"], true).tenant(named: name) }
    }

    @Test func `a tenant that is spelled with other characters is another one`() throws {
        let (one, two) = ("caf\u{E9}", "cafe\u{301}")
        #expect(one == two)
        #expect(throws: TenantError.foreign) { try identity([one]).tenant(named: two) }
        #expect(throws: TenantError.ambiguous) { try identity([one, two]).tenant(named: nil) }
        #expect(Array(try identity([one, two]).tenant(named: two).utf8) == Array(two.utf8))
    }

    @Test func `a star is every tenant for a superuser and none for others`() throws {
        #expect(try identity(["*"], true).tenant(named: "initech") == "initech")
        #expect(throws: TenantError.ambiguous) { try identity(["*"], true).tenant(named: nil) }
        #expect(throws: TenantError.ambiguous) { try identity(["acme", "*"], true).tenant(named: nil) }
        #expect(throws: TenantError.foreign) { try identity(["*"], true).tenant(named: "*") }
        #expect(throws: TenantError.foreign) { try identity(["*"]).tenant(named: "initech") }
        #expect(throws: TenantError.foreign) { try identity(["*"]).tenant(named: nil) }
        #expect(try identity(["*", "acme"]).tenant(named: nil) == "acme")
    }

    @Test func `every API key is another, and is read back`() {
        var seen: Set<String> = []
        for _ in 0..<200 {
            let key = ApiKey.generate()
            #expect(key.text.utf8.count == 56 && ApiKey(key.text) == key && key.hash.utf8.count == 64)
            #expect(seen.insert(key.text).inserted)
        }
    }

    @Test func `hashes the whole key`() {
        let key = ApiKey("psk_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        #expect(key?.prefix == "00000000")
        #expect(key?.hash == "80b967e93970249944b38ee1b6d06879a677d8c132475e6bf1a7c98c7de0fa78")
    }

    @Test(arguments: [
        "", "psk_", "psk_0000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "psk_0000000U_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "psk_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
        "psk_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A",
        "PSK_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "psk_00000000-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `refuses what is no API key`(_ text: String) {
        #expect(ApiKey(text) == nil)
    }

    @Test(
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func `base64 of RFC 4648`(_ text: String, _ encoded: String) {
        let bytes = Array(text.utf8)
        let padded = encoded + String(repeating: "=", count: (4 - encoded.count % 4) % 4)
        #expect(Base64.encode(bytes, .url) == encoded && Base64.decode(encoded, .url) == bytes)
        #expect(Base64.decode(padded, .standard) == bytes)
        if padded != encoded { #expect(Base64.decode(padded, .url) == nil && Base64.decode(encoded, .standard) == nil) }
    }

    @Test(arguments: [
        "=", "==", "====", "A", "A===", "AA=A", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Z-_v", "Zg=", "Zg==Zg==",
    ])
    func `refuses base64 that is not strict`(_ text: String) {
        #expect(Base64.decode(text, .standard) == nil)
    }
}
