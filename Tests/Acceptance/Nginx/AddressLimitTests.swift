import JSON
import Support
import Testing

/// The limits for one address, as `penstock nginx` prints them but with small numbers.
@Suite struct AddressLimitTests {
    @Test func `beyond its limits an address is 429 in JSON, and another one is answered`() throws {
        let stage = try Stage.shared
        let http = try stage.penstock("nginx", "--http")
        let locations = try stage.penstock("nginx", "--page", "\(TestRun.source)/nginx/www")
        #expect(http.status == 0 && locations.status == 0)
        let nginx = try OwnNginx(http: http.text.replacing("rate=50r/s", with: "rate=1r/m")) { _ in
            locations.text.replacing("burst=200", with: "burst=3")
        }
        defer { withExtendedLifetime(nginx) {} }
        let client = Client(port: nginx.port, credential: .bearer(stage["TOKEN"]))
        let replies = try (0..<6).map { _ in try client.get("/report/exports?limit=1") }
        #expect(replies.map(\.status) == [200, 200, 200, 200, 429, 429])
        NginxAnswersTests.expectJSON(replies[5], 429, "rate_limited")
        #expect(replies[5]["Retry-After"] == "1")
        let other = try Shell.output([
            "curl", "-sS", "--interface", "127.0.0.9", "-o", "/dev/null", "-w", "%{http_code}", "-H",
            "Authorization: Bearer \(stage["TOKEN"])", "http://127.0.0.1:\(nginx.port)/report/exports?limit=1",
        ])
        #expect(String(decoding: other, as: UTF8.self) == "200")
    }

    @Test func `more requests at once than an address may have are 429`() throws {
        let stage = try Stage.shared
        let http = try stage.penstock("nginx", "--http").text
        let locations = try stage.penstock("nginx", "--page", "\(TestRun.source)/nginx/www").text
        let nginx = try OwnNginx(http: http) { _ in
            locations.replacing("limit_conn penstock_connections 100", with: "limit_conn penstock_connections 1")
        }
        defer { withExtendedLifetime(nginx) {} }
        let client = Client(port: nginx.port, credential: .bearer(stage["TOKEN"]))
        var stream: Exchange? = try client.begin("GET", "/report/exports/events", [("Accept", "text/event-stream")])
        try #require(try eventually { try client.get("/report/exports?limit=1").status == 429 })
        #expect(stream != nil)
        stream = nil
        #expect(try eventually { try client.get("/report/exports?limit=1").status == 200 })
    }
}
