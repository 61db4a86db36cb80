import Glibc
import JSON
import Posix
import Support
import Testing

/// How many event streams there may be, and how long each may be open.
@Suite(.waits) struct StreamLimitTests {
    /// Reads to the end of the stream, for twenty seconds at most.
    private static func hasEnded(_ listener: EventListener) throws -> Bool {
        try !listener.hears("no stream has this text") && listener.isOver
    }

    @Test func `a caller and a tenant have their streams and no more, until one is closed`() throws {
        let stage = try Stage(["PENSTOCK_CALLER_STREAMS": "3", "PENSTOCK_TENANT_STREAMS": "4"])
        defer { stage.stop() }
        let other = stage.client(.apiKey(stage["API_KEY"]))
        var mine = try (0..<3).map { _ in try EventListener(stage.client) }
        for listener in mine { #expect(try listener.hears("retry: ")) }
        let refused = try stage.client.get("/report/exports/events")
        #expect(refused.status == 429 && refused["Retry-After"] == "30")
        #expect(refused.text == #"{"success":false,"message":"quota_exceeded"}"#)
        #expect(refused["RateLimit-Policy"] == "\"caller-streams\";q=3")
        #expect(try stage.client.head("/report/exports/events").status == 200)

        let fourth = try EventListener(other)
        #expect(try fourth.hears("retry: "))
        #expect(try other.get("/report/exports/events")["RateLimit-Policy"] == "\"tenant-streams\";q=4")
        #expect(try EventListener(stage.client(.bearer(stage["OTHER_TOKEN"]))).hears("retry: "))

        mine.removeLast()
        #expect(try eventually { try EventListener(stage.client).hears("retry: ") })
        // Those of a process that is killed are free at once.
        for events in stage.children(named: "events") { kill(events, SIGKILL) }
        #expect(
            try eventually {
                let again = try (0..<3).map { _ in try EventListener(stage.client) }
                return try again.allSatisfy { try $0.hears("retry: ") }
            })
    }

    @Test func `a stream ends with its token, its key and its user`() throws {
        let stage = try Stage(["PENSTOCK_STREAM_CHECK_SECONDS": "1"])
        defer { stage.stop() }
        let created = try stage.penstock(
            "keys", "create", "--tenant", stage.tenant, "--name", "stream", "--permission", "view:reports", "--json")
        let key = try JSON.parse(created.text)
        let added = try stage.penstock(
            "users", "add", "listener", "--tenant", stage.tenant, "--permission", "view:reports", "--password-stdin",
            input: Array("secret\n".utf8))
        #expect(added.status == 0)
        let token = try stage.penstock(
            "token", "--subject", "brief", "--tenant", stage.tenant, "--permission", "view:reports", "--expires", "3s")
        let streams = try [
            .apiKey(key["key"]?.string ?? ""), .basic("listener:secret"), .bearer(String(token.text.dropLast())),
        ].map { try EventListener(stage.client($0)) }
        let lasting = try EventListener(stage.client(.apiKey(stage["API_KEY"])))
        for stream in streams + [lasting] { #expect(try stream.hears("id: ")) }
        #expect(try stage.penstock("keys", "revoke", key["prefix"]?.string ?? "").status == 0)
        #expect(try stage.penstock("users", "remove", "listener").status == 0)
        for stream in streams { #expect(try Self.hasEnded(stream)) }
        let id = try stage.client.create(EventsTests.small)["id"]?.string ?? ""
        #expect(try lasting.hears("\"id\":\"\(id)\""))
    }
}
