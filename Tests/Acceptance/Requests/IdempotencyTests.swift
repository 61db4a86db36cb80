import JSON
import Support
import Testing

/// A create that arrives more than once makes one job.
@Suite(.waits) struct IdempotencyTests {
    private func key(_ name: String) -> [(String, String)] {
        [("Idempotency-Key", "\(name)-\(UInt64.random(in: 0 ... .max))")]
    }

    @Test(arguments: Depth.allCases)
    func `the same key and body give the same job, another body is refused`(at depth: Depth) throws {
        let client = try depth.shared.api
        let key = key("again")
        let first = try client.create(JobLifeTests.small, key)
        #expect(try client.create(JobLifeTests.small, key)["id"] == first["id"])
        // The same request in other words.
        let reordered: JSON = [
            "format": "csv", "columns": ["name", "code", "city"], "catalog": "warehouses", "module": "warehouse",
            "timezone": "UTC",
        ]
        #expect(try client.create(reordered, key)["id"] == first["id"])
        let other = try client.post("/report/exports", JobLifeTests.small.setting("columns", to: ["name"]), key)
        #expect(other.status == 422)
        #expect(other.text == #"{"success":false,"message":"idempotency_key_reused"}"#)
        guard depth == .throughNginx else { return }
        // Once more when the job is long done.
        _ = try client.job(first["id"]?.string ?? "", reaching: "ready")
        let late = try client.create(JobLifeTests.small, key)
        #expect(late["id"] == first["id"] && late["status"] == "ready")
    }

    @Test(arguments: Depth.allCases) func `a key belongs to one tenant`(at depth: Depth) throws {
        let stage = try depth.shared
        let key = key("tenants")
        let mine = try stage.api.create(JobLifeTests.small, key)
        let theirs = try stage.api(.bearer(stage["OTHER_TOKEN"])).create(JobLifeTests.small, key)
        #expect(mine["id"] != theirs["id"])
    }

    @Test(arguments: Depth.allCases) func `without a key each create is a job of its own`(at depth: Depth) throws {
        let client = try depth.shared.api
        #expect(try client.create(JobLifeTests.small)["id"] != client.create(JobLifeTests.small)["id"])
    }

    @Test(
        arguments: ["", "\"\"", String(repeating: "k", count: 256), "a b", "ø", String(repeating: "k", count: 7000)],
        Depth.allCases)
    func `a key that is none is refused`(_ key: String, at depth: Depth) throws {
        let reply = try depth.shared.api.post("/report/exports", JobLifeTests.small, [("Idempotency-Key", key)])
        #expect(reply.status == 400)
        #expect(try reply.json["message"] == "invalid_request")
    }

    @Test func `a hundred creates at once with one key make one job`() throws {
        let stage = try Stage.shared
        let key = key("parallel")
        let body = JobLifeTests.small.serialized
        let exchanges = try (0..<100).map { _ in
            try stage.client.begin(
                "POST", "/report/exports", [("Content-Type", "application/json")] + key, body: body)
        }
        let replies = try exchanges.map { try $0.reply() }
        // 409 would say that the first is still under way.
        #expect(replies.allSatisfy { $0.status == 202 || $0.status == 409 })
        let ids = Set(try replies.filter { $0.status == 202 }.map { try $0.json["data"]?["id"]?.string ?? "" })
        #expect(ids.count == 1)
        let made = try stage.value("select count(*) from report_export_jobs where idempotency_key = '\(key[0].1)'")
        #expect(made == "1")
    }

    @Test func `a create that nginx sends again under its request id makes one job`() throws {
        let stage = try Stage.shared
        let id = "replay-\(UInt64.random(in: 0 ... .max))"
        let replies = try (0..<2).map { _ in
            try FastCGIClient.request(
                stage,
                [
                    ("REQUEST_METHOD", "POST"), ("DOCUMENT_URI", "/report/exports"), ("PENSTOCK_REQUEST_ID", id),
                    ("HTTP_AUTHORIZATION", "Bearer \(stage["TOKEN"])"), ("CONTENT_TYPE", "application/json"),
                    ("HTTP_CONTENT_TYPE", "application/json"),
                ], body: JobLifeTests.small.serialized)
        }
        let jobs = try replies.map { reply in
            let body = try #require(reply.split(separator: "\r\n\r\n", maxSplits: 1).last)
            return try JSON.parse(Array(body.utf8), limits: .stored)["data"]?["id"]?.string
        }
        #expect(jobs[0] != nil && jobs[0] == jobs[1])
        #expect(try stage.value("select count(*) from report_export_jobs where request_id = '\(id)'") == "1")
    }
}
