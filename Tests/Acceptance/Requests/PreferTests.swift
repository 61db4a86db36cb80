import Glibc
import JSON
import Posix
import Support
import Testing

/// `Prefer: wait=N` on create.
@Suite(.waits) struct PreferTests {
    private static let small: JSON = [
        "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name"],
    ]

    @Test func `a client that would rather wait gets the job when it is over`() throws {
        let stage = try Stage.shared
        let reply = try stage.client.post("/report/exports", Self.small, [("Prefer", "respond-async, wait=30")])
        #expect(reply.status == 200)
        #expect(reply["Preference-Applied"] == "wait=30")
        let data = try #require(try reply.json["data"])
        #expect(data["status"] == "ready" && data["fileName"]?.string != nil)
        #expect(reply["Location"]?.hasSuffix("/report/exports/\(data["id"]?.string ?? "?")") == true)
    }

    @Test(arguments: ["respond-async", "wait=0", "wait=soon"])
    func `without a time to wait the answer comes at once`(preference: String) throws {
        let reply = try Stage.shared.client.post("/report/exports", Self.small, [("Prefer", preference)])
        #expect(reply.status == 202)
        #expect(try reply.json["data"]?["status"] == "pending")
        #expect(reply["Preference-Applied"] == nil)
    }

    /// The dispatcher is stopped, so that no job is over before the test wants it.
    @Test func `a wait that is over is a 202, and only half of the responders wait at once`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "4"])
        defer { stage.stop() }
        let dispatcher = try #require(stage.children(named: "dispatch").first)
        kill(dispatcher, SIGSTOP)
        defer { kill(dispatcher, SIGCONT) }
        let short = try stage.client.post("/report/exports", Self.small, [("Prefer", "wait=1")])
        #expect(short.status == 202)

        func begin() throws -> Exchange {
            try stage.client.begin(
                "POST", "/report/exports", [("Content-Type", "application/json"), ("Prefer", "wait=29")],
                body: Self.small.serialized)
        }
        // Two take the room there is; of the others none is held back, and the service goes on answering.
        let waiting = try [begin(), begin()]
        let bothAreIn = try eventually(within: 10) {
            try stage.value("select count(*) from report_export_jobs where state = 'pending'") == "3"
        }
        #expect(bothAreIn)
        let asked = Clock.monotonicMilliseconds
        for _ in 0..<3 {
            let reply = try begin().reply()
            #expect(reply.status == 202)
        }
        #expect(try stage.client.get("/report/exports").status == 200)
        #expect(Clock.monotonicMilliseconds - asked < 20_000)
        kill(dispatcher, SIGCONT)
        for exchange in waiting {
            let reply = try exchange.reply()
            #expect(reply.status == 200)
            #expect(try reply.json["data"]?["status"] == "ready")
        }
    }
}
