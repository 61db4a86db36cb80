import Glibc
import JSON
import Support
import Testing

/// PUT and DELETE of the Re-exports API: what may become of a re-export, and what may not. The engine is held still
/// while its jobs have to stay pending.
@Suite(.serialized, .waitsFirst) struct ReexportTransitionTests {
    private static let json = [("Content-Type", "application/json")]

    private static func put(_ id: String, _ body: JSON, _ client: Client) throws -> Reply {
        try client.send("PUT", "\(ReexportTests.path)/\(id)", json, body: body.serialized)
    }

    private static func id(_ reexport: JSON) -> String { reexport["reexport_id"]?.string ?? "" }

    @Test func `what is pending can be cancelled, once, and what is over cannot become anything else`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let client = stage.client
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        let tenant = "?tenant_id=\(stage.tenant)"
        let report = try client.export(ReexportTests.report).job["id"]?.string ?? ""

        let dispatchers = stage.children(named: "dispatcher")
        #expect(!dispatchers.isEmpty)
        for pid in dispatchers { kill(pid, SIGSTOP) }
        defer { for pid in dispatchers { kill(pid, SIGCONT) } }

        // DELETE: every field of the document; only while pending.
        let first = Self.id(try ReexportTests.create(report, [:], client))
        let deleted = try client.send("DELETE", "\(ReexportTests.path)/\(first)")
        #expect(deleted.status == 200)
        #expect(try deleted.json.object?.keys == ["reexport_id", "cancelled", "cancelled_at"])
        #expect(try deleted.json["reexport_id"]?.string == first && deleted.json["cancelled"] == true)
        #expect(isTime(try deleted.json["cancelled_at"]?.string ?? ""))
        #expect(try client.get("\(ReexportTests.path)/\(first)").json["status"] == "cancelled")
        #expect(try client.send("DELETE", "\(ReexportTests.path)/\(first)").status == 409)
        for status in ["pending", "processing", "completed", "failed"] {
            #expect(try Self.put(first + tenant, ["status": .string(status)], admin).status == 409, "\(status)")
        }
        #expect(try Self.put(first + tenant, ["status": "cancelled"], admin).status == 200, "it is that already")

        // PUT moves what is pending to cancelled; the rest is the engine's.
        let second = Self.id(try ReexportTests.create(report, [:], client))
        for status in ["processing", "completed", "failed"] {
            let reply = try Self.put(second + tenant, ["status": .string(status)], admin)
            #expect(reply.status == 409, "\(status)")
            #expect(try reply.json["error"]?["code"] == "illegal_transition")
        }
        #expect(try Self.put(second + tenant, ["status": "pending"], admin).status == 200)
        let cancelled = try Self.put(second + tenant, ["status": "cancelled"], admin)
        #expect(try cancelled.status == 200 && cancelled.json["status"] == "cancelled")

        // A manager who is no superuser; everyone else is refused (see ReexportTests).
        let name = "manager-\(UInt32.random(in: 0 ... .max))"
        let added = try stage.penstock(
            "users", "add", name, "--tenant", stage.tenant, "--permission", "manage:reexports", "--password-stdin",
            input: Array("correct horse\n".utf8))
        #expect(added.status == 0, "\(added.errorText)")
        let third = Self.id(try ReexportTests.create(report, [:], client))
        let manager = stage.client(.basic("\(name):correct horse"))
        #expect(try Self.put(third, ["status": "cancelled"], manager).status == 200)
        #expect(try manager.get("\(ReexportTests.path)/\(third)").status == 403)
    }

    @Test func `what is completed is described by the service alone`() throws {
        let stage = try Stage.shared
        let client = stage.client
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        let tenant = "?tenant_id=\(stage.tenant)"
        let report = try client.export(ReexportTests.report).job["id"]?.string ?? ""
        let id = Self.id(try ReexportTests.create(report, [:], client, notify: true))
        let done = try ReexportTests.completed(id, client)
        let ref = done["output_file_ref"] ?? nil

        for path in ["../../etc/passwd", "reports/\(stage.otherTenant)/reexports/x.csv", ""] {
            let reply = try Self.put(id + tenant, ["output_file_ref": .string(path)], admin)
            #expect(reply.status == 400 && reply.text.contains("output_file_ref"), "\(path)")
        }
        for body: JSON in [
            ["output_file_size_bytes": "1"], ["output_file_size_bytes": -1], ["completed_at": "yesterday"],
            ["notified": "yes"], ["status": "ready"], ["org_id": "x"], [],
        ] {
            #expect(try Self.put(id + tenant, body, admin).status == 400, "\(body.text)")
        }
        for status in ["pending", "processing", "failed", "cancelled"] {
            #expect(try Self.put(id + tenant, ["status": .string(status)], admin).status == 409, "\(status)")
        }
        #expect(try client.send("DELETE", "\(ReexportTests.path)/\(id)").status == 409)

        // The document's example, with the service's own reference.
        let put = try Self.put(
            id + tenant,
            [
                "status": "completed", "output_file_ref": ref, "output_file_size_bytes": 215040,
                "completed_at": "2026-03-26T12:02:30Z", "notified": true,
            ], admin)
        #expect(put.status == 200)
        let answer = try put.json
        #expect(
            answer.object?.keys == [
                "reexport_id", "report_id", "org_id", "status", "output_file_ref", "output_file_size_bytes",
                "requested_at", "completed_at", "notified", "data",
            ])
        #expect(answer["output_file_ref"] == ref && answer["notified"] == true && answer["status"] == "completed")
        #expect(answer["output_file_size_bytes"] == done["output_file_size_bytes"])
        #expect(answer["completed_at"] == done["completed_at"], "both are the service's own")
        #expect(try client.get("\(ReexportTests.path)/\(id)").json["notified"] == true)
        #expect(try Self.put(id + tenant, ["notified": false], admin).status == 409)

        let quiet = Self.id(try ReexportTests.create(report, [:], client))
        _ = try ReexportTests.completed(quiet, client)
        #expect(try Self.put(quiet + tenant, ["notified": true], admin).status == 409, "nobody wanted to be told")
    }

    @Test func `what is processing can be failed with a reason, and its worker stops`() throws {
        let stage = try Stage(["PENSTOCK_WORKERS": "1", "DEMO_ROWS": "60000"])
        defer { stage.stop() }
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        let report = try stage.client.export(ReexportHistoryTests.large).job["id"]?.string ?? ""
        let id = Self.id(try ReexportTests.create(report, ["format": "xlsx"], stage.client))
        #expect(
            try eventually(within: 20) {
                try stage.client.get("\(ReexportTests.path)/\(id)").json["status"] == "processing"
            })
        #expect(try stage.client.send("DELETE", "\(ReexportTests.path)/\(id)").status == 409)
        let reply = try Self.put(
            "\(id)?tenant_id=\(stage.tenant)", ["status": "failed", "error_message": "not needed"], admin)
        #expect(try reply.status == 200 && reply.json["status"] == "failed", "\(reply.text)")
        let failed = try stage.client.get("\(ReexportTests.path)/\(id)").json
        #expect(failed["error_message"] == "not needed" && failed["output_file_ref"] == .some(.null))
        let idle = eventually(within: 10) {
            stage.children(named: "dispatcher").allSatisfy { stage.children(named: "export", of: $0).isEmpty }
        }
        #expect(idle)
    }
}
