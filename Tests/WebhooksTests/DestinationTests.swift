import Posix
import Testing

@testable import Webhooks

/// I64: where a webhook may go.
struct DestinationTests {
    private func refusal(_ url: String, trusted: [String] = []) -> String? {
        do throws(Destination.Refusal) {
            _ = try Destination(url, trusted: trusted.compactMap(AddressRange.init))
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        "https://example.com", "https://example.com/", "http://example.com/hook?a=b", "https://example.com:8443/hook",
        "http://example.com:8080/x", "https://EXAMPLE.com/x", "https://8.8.8.8/", "https://[2606:4700::1111]/x",
        "https://[2606:4700::1111]:8443/", "https://hooks.sub-domain.example_x.co/x", "https://xn--bcher-kva.example/",
        "https://1.example", "http://example.com:80", "https://a.b:443/@x",
    ])
    func `a public address is taken`(_ url: String) { #expect(refusal(url) == nil) }

    @Test(arguments: [
        "", "example.com", "//example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://x/_",
        "HTTPS://example.com/",
        "javascript:alert(1)", "https:///x", "https://", "http://:80/", "https://user@example.com/",
        "https://u:p@example.com/",
        "https://example.com@10.0.0.1/", "https://example.com:0/", "https://example.com:65536/",
        "https://example.com:5432/",
        "https://example.com:22/", "https://example.com:+80/", "https://example.com:8 0/", "https://exa mple.com/",
        "https://example.com/\r\nHost: x", "https://example.com/#x", "https://example.com\\@x/",
        "https://bücher.example/",
        "http://localhost/", "http://LOCALHOST/", "http://a.localhost:8080/", "http://127.0.0.1/", "http://127.1/",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.0.0.1./",
        "http://0/", "http://0.0.0.0/", "http://10.1.2.3/", "http://172.16.0.1/", "http://172.31.255.255/",
        "http://192.168.1.1/", "http://169.254.169.254/latest/", "http://100.64.0.1/", "http://198.18.0.1/",
        "http://224.0.0.1/", "http://255.255.255.255/", "http://[::1]/", "http://[::]/", "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/", "http://[fd00::1]/", "http://[ff02::1]/", "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::10.0.0.1]/", "http://[2002:7f00:1::]/",
        "http://[2001:db8::1]/", "http://[2001::1]/", "http://[1.2.3.4]/", "http://[::1/", "http://[]/", "http://::1/",
        "http://-/".replacing("-", with: ".."), "http://a..b/", "http://example.com./", "http://1.2.3/",
    ])
    func `what is none, or leads inside, is refused`(_ url: String) { #expect(refusal(url) != nil, "\(url)") }

    @Test func `a trusted range may be reached, at any port, and nothing beside it`() {
        let trusted = ["10.1.0.0/16", "fd00:1::/32"]
        #expect(refusal("http://10.1.255.1:5432/", trusted: trusted) == nil)
        #expect(refusal("http://[fd00:1::5]:9/", trusted: trusted) == nil)
        #expect(refusal("http://[::ffff:10.1.0.1]:9/", trusted: trusted) == nil)
        #expect(refusal("http://10.2.0.1/", trusted: trusted) != nil)
        #expect(refusal("http://[fd00:2::5]/", trusted: trusted) != nil)
        #expect(refusal("http://8.8.8.8:5432/", trusted: trusted) != nil)
        #expect(refusal("http://localhost/", trusted: trusted) != nil)
        #expect(refusal("http://localhost:9/", trusted: ["127.0.0.0/8"]) == nil)
        #expect(refusal("http://intranet.example:9/", trusted: trusted) == nil)
    }

    @Test(arguments: [
        ("8.8.8.8", true), ("1.1.1.1", true), ("172.15.255.255", true), ("172.32.0.0", true), ("100.63.255.255", true),
        ("100.128.0.0", true), ("223.255.255.255", true), ("169.253.0.1", true), ("2606:4700::1111", true),
        ("2a00:1450::1", true), ("64:ff9b::8.8.8.8", true), ("2002:808:808::", true), ("::ffff:8.8.8.8", true),
        ("127.255.255.255", false), ("169.254.169.254", false), ("192.0.2.1", false), ("203.0.113.9", false),
        ("240.0.0.1", false), ("::2", false), ("4000::1", false), ("64:ff9b::7f00:1", false), ("2002:a00:1::1", false),
        ("64:ff9b:1::1", false), ("100::1", false), ("fec0::1", false),
    ])
    func `an address is public or it is not`(_ text: String, _ isPublic: Bool) throws {
        #expect(PublicInternet.contains(try #require(NetworkAddress(text))) == isPublic)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/8", "::g", "fe80::1%eth0", " 1.2.3.4",
    ])
    func `what is no address is none`(_ text: String) { #expect(NetworkAddress(text) == nil) }

    @Test func `a range holds what begins with its bits`() throws {
        let range = try #require(AddressRange("10.20.240.0/20"))
        #expect(range.contains(try #require(NetworkAddress("10.20.255.255"))))
        #expect(!range.contains(try #require(NetworkAddress("10.20.239.255"))))
        #expect(!range.contains(try #require(NetworkAddress("::1"))))
        #expect(try #require(AddressRange("0.0.0.0/0")).contains(try #require(NetworkAddress("9.9.9.9"))))
        #expect(try #require(AddressRange("::1")).contains(try #require(NetworkAddress("::1"))))
        for text in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "x/8", "::/129", "10/8"] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }
}
