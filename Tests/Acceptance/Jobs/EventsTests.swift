import Glibc
import JSON
import Posix
import Support
import Testing

/// GET /report/exports/events
@Suite(.waits) struct EventsTests {
    static let small: JSON = [
        "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name"],
    ]

    @Test func `tells each change of state once, in order, to the tenant alone`() throws {
        let stage = try Stage.shared
        let mine = try EventListener(stage.client)
        let other = try EventListener(stage.client(.bearer(stage["OTHER_TOKEN"])))
        #expect(try mine.hears("retry: ") && other.hears("retry: "))
        #expect(mine.text.hasPrefix("HTTP/1.1 200"))
        #expect(mine.text.lowercased().contains("content-type: text/event-stream"))

        let created = try stage.client.create(Self.small)
        let id = created["id"]?.string ?? ""
        let category = created["category"]?.string ?? ""
        let head = "\"id\":\"\(id)\",\"module\":\"warehouse\",\"catalog\":\"warehouses\","
        let ready = head + "\"category\":\"\(category)\",\"format\":\"csv\",\"status\":\"ready\""
        #expect(try mine.hears(ready) && mine.hears("\n\n"))
        let states = mine.events.filter { $0.job["id"]?.string == id && $0.name == "job" }
            .compactMap { $0.job["status"]?.string }
        #expect(states == ["pending", "processing", "ready"])
        let numbers = mine.events.compactMap(\.id)
        #expect(numbers == numbers.sorted())
        #expect(!other.text.contains(id))
    }

    @Test func `goes on after the last event that was seen`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(Self.small)["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        let number = Int(try stage.value("select change_number from report_export_jobs where id = '\(id)'") ?? "") ?? 0
        let before = try EventListener(stage.client, [("Last-Event-ID", String(number - 1))])
        #expect(try before.hears("id: \(number)\n"))
    }

    @Test func `needs the permission, a whole Last-Event-ID and a tenant of the caller's`() throws {
        let stage = try Stage.shared
        #expect(try stage.client(.none).get("/report/exports/events").status == 401)
        #expect(try stage.client(.basic(stage["BASIC_DENIED"])).get("/report/exports/events").status == 403)
        #expect(try stage.client.get("/report/exports/events", [("Last-Event-ID", "x")]).status == 400)
        #expect(
            try stage.client.get("/report/exports/events?tenant_id=\(stage.otherTenant)").status == 403)
        let head = try stage.client.head("/report/exports/events")
        #expect(head.status == 200 && head["content-type"] == "text/event-stream; charset=utf-8")
    }

    @Test func `two hundred open streams leave every responder free`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "1", "PENSTOCK_CALLER_STREAMS": "200"])
        defer { stage.stop() }
        let listeners = try (0..<200).map { _ in try EventListener(stage.client) }
        for listener in listeners { #expect(try listener.hears("retry: ")) }
        let id = try stage.client.create(Self.small)["id"]?.string ?? ""
        for listener in listeners { #expect(try listener.hears("\"id\":\"\(id)\"")) }
        #expect(try stage.client.get("/report/exports?limit=1").status == 200)
    }

    @Test func `a stream that the service ends can be taken up again`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let listener = try EventListener(stage.client)
        #expect(try listener.hears("retry: "))
        for events in stage.children(named: "events") { kill(events, SIGKILL) }
        #expect(
            try eventually(within: 10) {
                let again = try EventListener(stage.client)
                return try again.hears("retry: ")
            })
    }
}
