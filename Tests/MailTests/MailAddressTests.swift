import Mail
import Testing

@Suite struct MailAddressTests {
    @Test(arguments: [
        ("ops@example.com", "ops@example.com"), ("Ops.Team+x@EXAMPLE.Com", "Ops.Team+x@example.com"),
        ("post@münchen.example", "post@xn--mnchen-3ya.example"), ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
    ])
    func `an address is taken, its domain as IDNA writes it`(_ text: String, _ expected: String) {
        #expect(MailAddress(text)?.description == expected)
    }

    @Test(arguments: [
        "", "ops", "@example.com", "ops@", "ops@localhost", "ops@example", "ops@example..com", "ops@-x.com",
        "ops@x-.com", "ops@127.0.0.1", "ops@[127.0.0.1]", "a b@example.com", "\"a\"@example.com", "é@example.com",
        ".a@example.com", "a.@example.com", "a@example.com\r\nBcc: b@example.com", "a\n@example.com", "a@exa mple.com",
        "a,b@example.com", "<a@example.com>", "a@example.com>", "a@ex\u{0}ample.com",
        String(repeating: "a", count: 65) + "@example.com", "a@" + String(repeating: "a", count: 64) + ".com",
    ])
    func `what could be more than one address, or a header, is none`(_ text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test func `a sender may have a name, which holds no line break`() throws {
        let named = try #require(Mailbox("\"Reports, daily\" <reports@example.com>"))
        #expect(named.label == "Reports, daily" && named.address.description == "reports@example.com")
        #expect(Mailbox("reports@example.com")?.label == nil && Mailbox("reports@example.com") != nil)
        #expect(Mailbox("Reports\r\nBcc: a@example.com <reports@example.com>") == nil && Mailbox("Reports") == nil)
    }

    @Test func `domains are allowed one by one, or all below one`() throws {
        var wrong = ""
        let domains = try #require(MailDomains("example.com, *.example.org münchen.example", wrong: &wrong))
        func allows(_ text: String) -> Bool { MailDomain(text).map { domains.contains($0) } ?? false }
        #expect(allows("example.com") && allows("EXAMPLE.com") && allows("a.b.example.org"))
        #expect(allows("xn--mnchen-3ya.example"))
        #expect(!allows("a.example.com") && !allows("example.org") && !allows("evilexample.org"))
        #expect(!allows("example.com.evil.net"))
        #expect(MailDomains("example.com, *", wrong: &wrong) == nil && wrong == "*")
    }

    @Test func `a server's address says what libcurl is told, and a wrong one shows no password`() throws {
        let server = try MailServer("smtp://re%40ports:p%3Aw@mail.example.com", calledAs: "example.com")
        #expect(server.url == "smtp://mail.example.com:587/example.com" && !server.isEncrypted)
        #expect(server.user == "re@ports" && server.password == "p:w")
        let other = try MailServer("smtps://[::1]:4650/erp.example.com", calledAs: "example.com")
        #expect(other.url == "smtps://[::1]:4650/erp.example.com" && other.isEncrypted && other.user == nil)
        for wrong in [
            "https://secret@x/", "smtp://", "smtp://a:secret@x:0", "smtp://a:secret%0D@x", "smtp://a:secret@x/?y",
            "smtp://a:secret@x y", "smtp://:secret@x", "smtp://a:secret%zz@x",
        ] {
            #expect(throws: MailServer.Refusal.self) { try MailServer(wrong, calledAs: "example.com") }
            do { _ = try MailServer(wrong, calledAs: "e") } catch { #expect(!"\(error)".contains("secret")) }
        }
    }
}
