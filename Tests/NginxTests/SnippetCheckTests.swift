import Testing

@testable import Nginx

/// What `penstock check` says of a path in PUBLIC_URL and of nginx's error log; the rest is tried against a real nginx.
@Suite struct SnippetCheckTests {
    private func warnings(_ server: String, publicPath: String, more: String = "") throws -> [String] {
        let text = "http {\n\(more)\nserver {\n\(server)\nlocation = /report { fastcgi_pass unix:/s; }\n}\n}"
        let main = try Directive.read(
            "/n.conf", from: ConfigurationFiles(dump: Array("# configuration file /n.conf:\n\(text)\n".utf8)))
        let places = Snippet.Places(socket: "/s", auditSocket: "/a.sock", storage: "/st", uploadBytes: 1)
        let expectation = SnippetCheck.Expectation(places, trustsGateway: false, publicPath: publicPath)
        return try SnippetCheck.run(main, file: "/n.conf", expectation: expectation).faults
            .filter { $0.severity == .warning }.map(\.message)
    }

    private func speaksOfPath(_ server: String, _ path: String, more: String = "") throws -> [String] {
        try warnings(server, publicPath: path, more: more).filter { $0.contains("PENSTOCK_PUBLIC_URL has the path") }
    }

    @Test func `a parameter whose variable changes while it is written is an error`() throws {
        for (value, isFault) in [("$tcpinfo_rtt", true), ("a${tcpinfo_snd_cwnd}b", true), ("$remote_addr", false)] {
            let text = "http { server { location = /report { fastcgi_pass unix:/s; fastcgi_param X \(value); } } }"
            let main = try Directive.read(
                "/n.conf", from: ConfigurationFiles(dump: Array("# configuration file /n.conf:\n\(text)\n".utf8)))
            let places = Snippet.Places(socket: "/s", auditSocket: nil, storage: "/st", uploadBytes: 1)
            let faults = try SnippetCheck.run(
                main, file: "/n.conf",
                expectation: SnippetCheck.Expectation(places, trustsGateway: false, publicPath: "")
            ).faults
            #expect(faults.contains { $0.severity == .error && $0.message.contains("overflow") } == isFault, "\(value)")
        }
    }

    @Test func `a path that nothing takes away is spoken of`() throws {
        #expect(try speaksOfPath("", "").isEmpty)
        #expect(try speaksOfPath("", "/tools").first?.contains("the proxy in front of this nginx has to") == true)
        #expect(try speaksOfPath("rewrite ^/other/(.*)$ /$1 last;", "/tools").count == 1)
        #expect(try speaksOfPath("rewrite ^/tools/(.*)$ /$1 last;", "/tools").isEmpty)
        #expect(try speaksOfPath("location /tools/ { rewrite ^/tools/(.*)$ /$1 last; }", "/tools").isEmpty)
    }

    @Test func `a location that hands the path on is named, one that replaces it is not`() throws {
        func outer(_ target: String) -> String { "server { location /tools/ { proxy_pass \(target); } }" }
        #expect(try speaksOfPath("", "/tools", more: outer("http://127.0.0.1:81/")).isEmpty)
        #expect(try speaksOfPath("", "/tools", more: outer("http://127.0.0.1:81")).first?.contains("hands on") == true)
    }

    @Test(arguments: [
        ("", true), ("error_log /var/log/x error;", true),
        ("error_log syslog:server=unix:/other.sock,tag=x error;", true),
        ("error_log syslog:server=unix:/a.sock,nohostname,tag=penstock error;", false),
        ("error_log /dev/null emerg;", false),
        ("error_log syslog:server=unix:/a.sock,tag=x error; error_log /var/log/x;", true),
    ])
    func `an error log that gets signatures is spoken of`(_ directive: String, _ isSpokenOf: Bool) throws {
        let server = "location ^~ /report/files/ { access_log off; \(directive) fastcgi_pass unix:/s; }"
        let said = try warnings(server, publicPath: "").filter {
            $0.contains("is logged with the secret in its address")
        }
        #expect(said.isEmpty != isSpokenOf)
    }
}
