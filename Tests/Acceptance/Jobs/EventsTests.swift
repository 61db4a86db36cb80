import Glibc
import JSON
import Posix
import Support
import Testing

/// GET /report/exports/events
@Suite(.waits) struct EventsTests {
    /// A stream that is being read.
    private final class Listener {
        private let exchange: Exchange
        private(set) var text = ""

        init(_ client: Client, _ headers: [(String, String)] = [], target: String = "/report/exports/events") throws {
            exchange = try client.begin("GET", target, headers)
        }

        /// Reads on until the text has `needle`, or twenty seconds have passed.
        func hears(_ needle: String) throws -> Bool {
            let deadline = Clock.monotonicMilliseconds + 20_000
            while !text.contains(needle) {
                let left = deadline - Clock.monotonicMilliseconds
                guard left > 0, try waitReadable([exchange.descriptor], milliseconds: left)[0] else { return false }
                let bytes = try exchange.read()
                if bytes.isEmpty { return text.contains(needle) }
                text += String(decoding: bytes, as: UTF8.self)
            }
            return true
        }

        /// The jobs of the events so far, with the ids of the events.
        var events: [(id: Int?, name: String, job: JSON)] {
            text.split(separator: "\n\n").compactMap { block in
                var id: Int?
                var (name, job) = ("", JSON.null)
                for line in block.split(whereSeparator: \.isNewline) {
                    if line.hasPrefix("id: ") { id = Int(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { job = (try? JSON.parse(String(line.dropFirst(6)))) ?? .null }
                }
                return name.isEmpty ? nil : (id, name, job)
            }
        }
    }

    private static let small: JSON = [
        "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name"],
    ]

    @Test func `tells each change of state once, in order, to the tenant alone`() throws {
        let stage = try Stage.shared
        let mine = try Listener(stage.client)
        let other = try Listener(stage.client(.bearer(stage["OTHER_TOKEN"])))
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
        let before = try Listener(stage.client, [("Last-Event-ID", String(number - 1))])
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
        let stage = try Stage(["PENSTOCK_RESPONDERS": "1"])
        defer { stage.stop() }
        let listeners = try (0..<200).map { _ in try Listener(stage.client) }
        for listener in listeners { #expect(try listener.hears("retry: ")) }
        let id = try stage.client.create(Self.small)["id"]?.string ?? ""
        for listener in listeners { #expect(try listener.hears("\"id\":\"\(id)\"")) }
        #expect(try stage.client.get("/report/exports?limit=1").status == 200)
    }

    @Test func `a stream that the service ends can be taken up again`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let listener = try Listener(stage.client)
        #expect(try listener.hears("retry: "))
        for events in stage.children(named: "events") { kill(events, SIGKILL) }
        #expect(
            try eventually(within: 10) {
                let again = try Listener(stage.client)
                return try again.hears("retry: ")
            })
    }
}
