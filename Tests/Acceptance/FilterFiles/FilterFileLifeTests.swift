import Glibc
import JSON
import Posix
import Support
import Testing

/// How long a list of keys is kept, and who may use it again.
@Suite(.waits) struct FilterFileLifeTests {
    @Test(.overFolder) func `a kept list can be named by its digest, by its tenant alone`() throws {
        let stage = try Stage.shared
        let codes = try FilterFile.codes(stage, "true", limit: 12)
        let list = Array((codes.joined(separator: "\n") + "\nonce-\(Random.integer())").utf8)
        let digest = try FilterFile.sha256(list)
        var request = try #require(FilterFile.orders.object)
        request["filterFile"] = .string(digest)
        func refusal(_ client: Client) throws -> String {
            let reply = try client.post("/report/exports", .object(request))
            #expect(reply.status == 400)
            return try reply.json["errors"]?.array?.first?["message"]?.string ?? ""
        }
        #expect(try refusal(stage.client).hasPrefix("filterFile must be the SHA-256"))
        let first = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(first, reaching: "ready")
        #expect(try refusal(stage.client(.bearer(stage["OTHER_TOKEN"]))).hasPrefix("filterFile must be the SHA-256"))

        let preview = try stage.client.post("/report/exports/preview", .object(request))
        #expect(try preview.json["data"]?["totalRows"] == 12)
        let second = try stage.client.create(.object(request))["id"]?.string ?? ""
        let job = try stage.client.job(second, reaching: "ready")
        #expect(job["rowCount"] == 12 && job["metadata"]?["filterKeysUnmatched"] == 1)
        #expect(access(FilterFile.keyFile(stage, of: second), R_OK) == 0)
        var twice = try #require(FilterFile.orders.object)
        twice["filterFile"] = .string(digest)
        let both = try stage.client.post("/report/exports", .object(twice), list: list)
        #expect(both.status == 400 && both.text.contains("is a part already"))
    }

    @Test(.overFolder) func `an idempotency key covers the list, and a repetition keeps no second one`() throws {
        let stage = try Stage.shared
        let key = [("Idempotency-Key", "list-\(Random.integer())")]
        let codes = try FilterFile.codes(stage, "true", limit: 3)
        let list = Array(codes.joined(separator: "\n").utf8)
        let first = try stage.client.create(FilterFile.orders, list: list, key)["id"]
        let again = try stage.client.create(FilterFile.orders, list: list, key)["id"]
        #expect(first == again)
        let other = try stage.client.post("/report/exports", FilterFile.orders, list: list + [0x0A, 0x61], key)
        #expect(other.status == 422)
        #expect(access(FilterFile.keyFile(stage, of: first?.string ?? ""), F_OK) == 0)
    }

    @Test(.overFolder)
    func `a list goes with its job that is cancelled on whichever surface, and the report keeps its own`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let codes = try FilterFile.codes(stage, "true", limit: 3)
        let list = Array(codes.joined(separator: "\n").utf8)
        // A report whose rows are gone: a re-export of it asks the data again, with a list of its own.
        let report = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(report, reaching: "ready")
        try stage.psql("select record_rows_deletion('\(report)')")
        func again() throws -> String {
            let name = try ReexportTests.create(report, [:], stage.client)["reexport_id"]?.string ?? ""
            return UUID(ulid: String(name.dropFirst("reexp_".utf8.count)))?.description ?? ""
        }
        // Cancelled, on whichever surface: at once.
        let waiting = try #require(stage.children(named: "dispatcher").first)
        kill(waiting, SIGSTOP)
        let superuser = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        func made() throws -> String { try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? "" }
        let surfaces: [(name: String, make: () throws -> String, cancel: (String) throws -> Int)] = [
            ("Exports", made, { try stage.client.send("POST", "/report/exports/\($0)/cancel").status }),
            (
                "Records", made,
                { id in
                    let serial = try stage.value("select serial from report_export_jobs where id = '\(id)'")
                    return try superuser.send("POST", "/api/v1/exports/\(serial ?? "")/set_cancel/").status
                }
            ),
            ("Re-exports, DELETE", again, { try stage.client.send("DELETE", "\(ReexportTests.path)/\($0)").status }),
            (
                "Re-exports, PUT", again,
                {
                    try superuser.send(
                        "PUT", "\(ReexportTests.path)/\($0)?tenant_id=\(stage.tenant)",
                        [("Content-Type", "application/json")], body: Array(#"{"status":"cancelled"}"#.utf8)
                    ).status
                }
            ),
        ]
        for surface in surfaces {
            let id = try surface.make()
            #expect(access(FilterFile.keyFile(stage, of: id), F_OK) == 0, "\(surface.name)")
            #expect(try surface.cancel(id) == 200, "\(surface.name)")
            #expect(access(FilterFile.keyFile(stage, of: id), F_OK) != 0, "\(surface.name)")
        }
        #expect(access(FilterFile.keyFile(stage, of: report), F_OK) == 0, "the report keeps its own")
        kill(waiting, SIGCONT)
    }

    @Test(.overFolder) func `a list goes with the file of its export, and not with its kept rows`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let codes = try FilterFile.codes(stage, "true", limit: 3)
        let list = Array(codes.joined(separator: "\n").utf8)
        let old = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(old, reaching: "ready")
        #expect(access(FilterFile.keyFile(stage, of: old), F_OK) == 0)
        try stage.rows(
            "update report_export_jobs set rows_expire_at = clock_timestamp() - interval '1 day' where id = '\(old)'")
        stage.keepHouse()
        let kept = "select count(*) from report_export_jobs where id = '\(old)' and rows_deleted_at is null"
        #expect(try eventually(within: 30) { try stage.value(kept) == "0" })
        #expect(access(FilterFile.keyFile(stage, of: old), F_OK) == 0)
        try stage.rows(
            """
            update report_export_jobs set expires_at = clock_timestamp() - interval '1 day' where id = '\(old)'
            """)
        stage.keepHouse()
        #expect(eventually(within: 30) { access(FilterFile.keyFile(stage, of: old), F_OK) != 0 })
    }

    @Test func `an attempt that dies leaves the list to the next one`() throws {
        let stage = try Stage(["DEMO_ROWS": "20000"])
        defer { stage.stop() }
        let all = try FilterFile.codes(stage, "true", limit: 100_000)
        let id =
            try stage.client.create(FilterFile.orders, list: Array(all.joined(separator: "\n").utf8))["id"]?.string
            ?? ""
        let dispatcher = try #require(stage.children(named: "dispatcher").first)
        let killed = eventually(within: 20) {
            guard let child = stage.children(named: "export", of: dispatcher).first else { return false }
            return kill(child, SIGKILL) == 0
        }
        #expect(killed)
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["rowCount"] == .int(all.count))
        #expect(try stage.value("select attempts from report_export_jobs where id = '\(id)'") == "2")
    }
}
