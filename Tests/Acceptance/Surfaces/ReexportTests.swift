import Glibc
import JSON
import Posix
import Support
import Testing

/// The Re-exports API: its five calls with every field, and who may do what.
@Suite(.waits) struct ReexportTests {
    static let path = "/api/v1/report-reexports"
    static let missing = "reexp_01JXX3S6JJFF8RYVGBDP7HR8F5"

    /// A report with kept rows.
    static let report: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv", "timezone": "Europe/Oslo",
        "dateRange": ["from": "2026-05-01", "to": "2026-05-03"],
        "columns": ["delivery_code", "status", "amount", "created_at", "note"],
    ]

    static func reportID(_ id: String) throws -> String { "rpt_\(try #require(UUID(id)).ulid)" }

    @Test func `a report is rendered again, watched, listed and named, with every field of the document`() throws {
        let stage = try Stage.shared
        let client = stage.client
        let original = try client.export(Self.report).job
        let report = try Self.reportID(original["id"]?.string ?? "")
        let params: JSON = ["format": "xlsx", "include_annexes": true, "locale": "nb-NO"]
        let reply = try client.post(
            Self.path, ["report_id": .string(report), "export_params": params, "notify_on_completion": false])
        #expect(reply.status == 202)
        let created = try reply.json
        #expect(
            created.object?.keys == [
                "reexport_id", "report_id", "org_id", "status", "export_params", "output_file_ref", "requested_by",
                "requested_at", "completed_at", "notified", "data",
            ])
        let id = try #require(created["reexport_id"]?.string)
        #expect(id.wholeMatch(of: #/reexp_[0-9A-HJKMNP-TV-Z]{26}/#) != nil)
        #expect(reply["Location"] == "\(stage["URL"])\(Self.path)/\(id)")
        #expect(created["report_id"]?.string == report && created["org_id"]?.string == stage.tenant)
        #expect(created["status"] == "pending" && created["export_params"] == params && created["notified"] == false)
        #expect(created["output_file_ref"] == .some(.null) && created["completed_at"] == .some(.null))
        #expect(isTime(created["requested_at"]?.string ?? "") && created["data"] == "historical")

        let done = try Self.completed(id, client)
        #expect(
            done.object?.keys == [
                "reexport_id", "report_id", "org_id", "status", "export_params", "output_file_ref",
                "output_file_size_bytes", "requested_by", "requested_at", "completed_at", "notified", "error_message",
                "data",
            ])
        #expect(done["requested_by"] == created["requested_by"] && done["requested_at"] == created["requested_at"])
        #expect(isTime(done["completed_at"]?.string ?? "") && done["error_message"] == .some(.null))

        // The same job in the words of the Exports API, by the same id.
        let uuid = try #require(UUID(ulid: String(id.dropFirst(6)))).description
        let job = try client.job(uuid)
        let day = (job["requestedAt"]?.string ?? "").prefix(10).filter { $0 != "-" }
        let name = "delivery-orders-2026-05-01_2026-05-03_reexport_\(day).xlsx"
        #expect(job["fileName"]?.string == name && job["format"] == "xlsx")
        #expect(done["output_file_ref"]?.string == "reports/\(stage.tenant)/reexports/\(id)/\(name)")
        #expect(done["output_file_size_bytes"] == job["fileSizeBytes"])
        #expect(job["rowCount"] == original["rowCount"] && job["metadata"]?["sheets"] == 4)
        #expect(job["metadata"]?["snapshotAt"] == original["metadata"]?["snapshotAt"])
        #expect(try client.file(uuid).body.count == done["output_file_size_bytes"]?.int)
        #expect(try client.get("\(Self.path)/\(uuid)").json == done, "a plain id names it as well")

        let list = try client.get("\(Self.path)?report_id=\(report)&status=completed&page=1&limit=20").json
        #expect(list.object?.keys == ["data", "pagination"])
        #expect(list["pagination"] == ["page": 1, "limit": 20, "total": 1])
        let listed = try #require(list["data"]?.array?.first)
        #expect(listed.object?.keys == created.object?.keys)
        for member in listed.object?.members ?? [] { #expect(member.value == done[member.key], "\(member.key)") }
        #expect(try client.get("\(Self.path)?report_id=\(report)&status=failed").json["data"] == [])
        #expect(try client.get("\(Self.path)?report_id=\(Self.missing)").json["pagination"]?["total"] == 0)
    }

    static func create(
        _ report: String, _ params: JSON = [:], _ client: Client, query: String = "", notify: Bool = false
    ) throws -> JSON {
        let reply = try client.post(
            path + query,
            [
                "report_id": .string(try reportID(report)), "export_params": params,
                "notify_on_completion": .bool(notify),
            ])
        guard reply.status == 202 else { throw Unmet("re-export answered \(reply.status): \(reply.text.prefix(500))") }
        return try reply.json
    }

    static func completed(_ id: String, _ client: Client, within seconds: Double = 60) throws -> JSON {
        var last: JSON = nil
        let over = try eventually(within: seconds) {
            last = try client.get("\(path)/\(id)").json
            return !["pending", "processing"].contains(last["status"]?.string)
        }
        guard over, last["status"] == "completed" else { throw Unmet("the re-export is \(last.text)") }
        return last
    }

    /// A re-export from POST to the file's bytes.
    static func rendered(
        _ report: String, _ params: JSON = [:], _ client: Client, query: String = ""
    ) throws -> (reexport: JSON, file: [UInt8]) {
        let id = try create(report, params, client, query: query)["reexport_id"]?.string ?? ""
        let done = try completed(id, client)
        return (done, try client.file(try #require(UUID(ulid: String(id.dropFirst(6)))).description).body)
    }

    // MARK: - Refusals

    private static func error(_ reply: Reply) -> String? { try? reply.json["error"]?["code"]?.string }

    @Test func `requests that say what is not so are refused with a code and a message`() throws {
        let client = try Stage.shared.client
        let report = try Self.reportID(client.export(Self.report).job["id"]?.string ?? "")
        for (body, field) in [
            ("{}", "report_id"), (#"{"report_id":7}"#, "report_id"), ("[]", "body"),
            (#"{"report_id":"R","x":1}"#, "x"), (#"{"report_id":"R","export_params":[]}"#, "export_params"),
            (#"{"report_id":"R","export_params":{"format":"pdf"}}"#, "export_params.format"),
            (#"{"report_id":"R","export_params":{"include_annexes":"yes"}}"#, "export_params.include_annexes"),
            (#"{"report_id":"R","export_params":{"locale":"xx-YY"}}"#, "export_params.locale"),
            (#"{"report_id":"R","export_params":{"timezone":"Mars/Olympus"}}"#, "export_params.timezone"),
            (#"{"report_id":"R","export_params":{"columns":[]}}"#, "export_params.columns"),
            (#"{"report_id":"R","export_params":{"columns":["address"]}}"#, "export_params.columns"),
            (#"{"report_id":"R","export_params":{"columns":["note","note"]}}"#, "export_params.columns"),
            (#"{"report_id":"R","export_params":{"sort":[]}}"#, "export_params.sort"),
            (#"{"report_id":"R","notify_on_completion":1}"#, "notify_on_completion"),
            (#"{"report_id":"R","format":"xlsx"}"#, "format: unknown field; did you mean export_params.format?"),
        ] {
            let text = body.replacingOccurrence(of: "\"R\"", with: "\"\(report)\"")
            let reply = try client.send(
                "POST", Self.path, [("Content-Type", "application/json")], body: Array(text.utf8))
            #expect(reply.status == 400 && Self.error(reply) == "invalid_request", "\(body): \(reply.text)")
            #expect(try reply.json["error"]?["message"]?.string?.contains(field) == true, "\(body): \(reply.text)")
        }
        let both = try client.post(
            Self.path, ["report_id": .string(report), "export_params": ["format": "pdf", "locale": "q"]])
        #expect(both.text.contains("format") && both.text.contains("locale"), "all faults at once")
        for query in ["status=ready", "limit=0", "limit=101", "page=0", "report_id=7", "x=1"] {
            #expect(try client.get("\(Self.path)?\(query)").status == 400, "\(query)")
        }
        #expect(try client.get("\(Self.path)/").status == 404)
        #expect(try client.send("PATCH", Self.path).status == 405)
        let problem = try client.get("\(Self.path)/\(Self.missing)", [("Accept", "application/problem+json")])
        #expect(problem.status == 404 && problem["Content-Type"] == "application/problem+json")
    }

    @Test(arguments: Depth.allCases) func `each call needs its permission`(at depth: Depth) throws {
        let service = try depth.shared
        let report = try Self.reportID(service.api.create(Self.report)["id"]?.string ?? "")
        let view = service.api(.bearer(service["VIEW_TOKEN"]))
        let none = service.api(.none)
        let body: JSON = ["report_id": .string(report)]
        #expect(try none.get(Self.path).status == 401)
        #expect(try none.post(Self.path, body).status == 401)
        #expect(try view.get(Self.path).status == 200)
        let refused = try view.post(Self.path, body)
        #expect(refused.status == 403 && Self.error(refused) == "insufficient_permissions")
        #expect(try view.send("DELETE", "\(Self.path)/\(Self.missing)").status == 403)
        for client in [view, service.api] {
            let put = try client.send(
                "PUT", "\(Self.path)/\(Self.missing)", [("Content-Type", "application/json")], body: Array("{}".utf8))
            #expect(put.status == 403, "only manage:reexports may")
        }
    }

    @Test func `another tenant's report and re-export are as unknown as missing ones`() throws {
        let stage = try Stage.shared
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let theirs = try other.export(JobLifeTests.small).job["id"]?.string ?? ""
        let reexport = try Self.create(theirs, [:], other)["reexport_id"]?.string ?? ""
        let client = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        let json = [("Content-Type", "application/json")]
        func calls(_ report: String, _ id: String) throws -> [String] {
            try [
                client.post("\(Self.path)?tenant_id=\(stage.tenant)", ["report_id": .string(report)]),
                client.get("\(Self.path)/\(id)?tenant_id=\(stage.tenant)"),
                client.send(
                    "PUT", "\(Self.path)/\(id)?tenant_id=\(stage.tenant)", json,
                    body: Array(#"{"status":"cancelled"}"#.utf8)),
                client.send("DELETE", "\(Self.path)/\(id)?tenant_id=\(stage.tenant)"),
            ].map { "\($0.status) \($0.text)" }
        }
        let foreign = try calls(try Self.reportID(theirs), reexport)
        #expect(foreign == (try calls("rpt_01JXX3S6JJFF8RYVGBDP7HR8F5", Self.missing)))
        #expect(foreign.allSatisfy { $0.hasPrefix("404 {\"error\":{\"code\":\"not_found\"") }, "\(foreign)")
        #expect(try calls("rpt_x", "x") == foreign)
        let list = try client.get("\(Self.path)?limit=100&tenant_id=\(stage.tenant)")
        #expect(!list.text.contains(reexport))
        // A report of one's own is no re-export.
        let own = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
        #expect(try stage.client.get("\(Self.path)/reexp_\(try #require(UUID(own)).ulid)").status == 404)
    }

    @Test(arguments: Depth.allCases)
    func `a report that is not finished cannot be rendered again`(at depth: Depth) throws {
        let client = try depth.shared.api
        let id = try client.create(JobLifeTests.long)["id"]?.string ?? ""
        func refusal() throws -> String? {
            let reply = try client.post(Self.path, ["report_id": .string(try Self.reportID(id))])
            return reply.status == 409 ? Self.error(reply) : reply.text
        }
        #expect(try refusal() == "report_not_completed")
        _ = try client.send("POST", "/report/exports/\(id)/cancel")
        #expect(try refusal() == "report_not_completed")
    }

    /// pending, processing, failed and cancelled are in the other suites.
    @Test func `a re-export is a job on every surface, and completed without a file once it has expired`() throws {
        let stage = try Stage.shared
        let client = stage.client
        let report = try client.export(Self.report).job["id"]?.string ?? ""
        let again = try Self.rendered(report, ["format": "xlsx"], client)
        let id = again.reexport["reexport_id"]?.string ?? ""
        let uuid = try #require(UUID(ulid: String(id.dropFirst(6)))).description
        #expect(try client.job(uuid)["status"] == "ready")
        #expect(try client.get("/api/v1/exports/\(uuid)").json["export"]?["status"] == "completed")
        #expect(try client.get("/api/v1/exports/\(uuid)/").json["status"] == "completed")
        let sha256 = try client.job(uuid)["metadata"]?["sha256"]?.string ?? ""
        #expect(try client.get("/b/api/v1/reports?limit=200").text.contains(sha256))

        try stage.rows("update report_export_jobs set expires_at = clock_timestamp() where id = '\(uuid)'")
        try stage.rows("select expire_jobs()")
        let expired = try client.get("\(Self.path)/\(id)").json
        #expect(expired["status"] == "completed" && expired["output_file_ref"] == .some(.null))
        #expect(expired["output_file_size_bytes"] == .some(.null) && isTime(expired["completed_at"]?.string ?? ""))
        #expect(try client.job(uuid)["status"] == "expired")
        #expect(try client.get("\(Self.path)?status=completed&limit=100").text.contains(id))
    }

    @Test func `an Idempotency-Key makes a repetition harmless`() throws {
        let client = try Stage.shared.client
        let report = try Self.reportID(client.export(Self.report).job["id"]?.string ?? "")
        let key = [("Idempotency-Key", "reexport-\(UInt64.random(in: 0 ... .max))")]
        let body: JSON = ["report_id": .string(report), "export_params": ["locale": "de-DE"]]
        let first = try client.post(Self.path, body, key)
        let second = try client.post(Self.path, body, key)
        #expect(first.status == 202 && second.status == 202)
        #expect(try first.json["reexport_id"] == second.json["reexport_id"])
        let other = try client.post(Self.path, ["report_id": .string(report)], key)
        #expect(other.status == 422 && Self.error(other) == "idempotency_key_reused")
    }
}
