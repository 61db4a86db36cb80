import JSON
import Support
import Testing

/// The Recent API: what a caller asked for last.
@Suite(.waits) struct RecentTests {
    static func serial(_ stage: Stage, _ id: String?) throws -> String {
        try stage.value("select serial from report_export_jobs where id = '\(id ?? "")'") ?? ""
    }

    @Test func `a job is shown by its serial and by its id, with a link once it is ready`() throws {
        let stage = try Stage.shared
        let (job, file) = try stage.client.export(JobLifeTests.small)
        let serial = try Self.serial(stage, job["id"]?.string)
        let reply = try stage.client.get("/api/v1/exports/\(serial)")
        let export = try #require(try reply.json["export"])
        #expect(try reply.json.object?.keys == ["export"])
        #expect(export["id"] == .number(serial) && export["report_type"] == "warehouses_csv")
        #expect(export["status"] == "completed" && export["status_display"] == "Completed")
        #expect(export["filename"] == job["fileName"] && export["parameters"]?["catalog"] == "warehouses")
        #expect(export["status_url"]?.string == "\(stage["URL"])/api/v1/exports/\(serial)")
        let seconds = export["download_expires_in_seconds"]?.int ?? 0
        #expect((1...300).contains(seconds))
        let link = try ReportsTests.target(export["download_url"]?.string, stage)
        #expect(try stage.client(.none).get(link).body == file)
        let byID = try stage.client.get("/api/v1/exports/\(job["id"]?.string ?? "")").json["export"]
        #expect(byID?["id"] == export["id"])
        let list = try stage.client.get("/api/v1/exports?limit=100").json
        #expect(list.object?.keys == ["exports", "meta"])
        let exports = list["exports"]?.array ?? []
        #expect(exports.contains { $0["id"] == export["id"] })
        #expect(list["meta"] == ["count": .int(exports.count), "limit": 100])
        // Who got a link is in the audit.
        let row = try AuditTests.entries(stage).first { $0["requestId"]?.string == reply["X-Request-Id"] }
        #expect(row?["via"] == "recent" && row?["outcome"] == "link_issued" && row?["subject"] == "demo")
    }

    @Test func `others see their own, a superuser sees the tenant's`() throws {
        let stage = try Stage.shared
        let mine = try Self.serial(stage, try stage.client.export(JobLifeTests.small).job["id"]?.string)
        let viewer = stage.client(.bearer(stage["VIEW_TOKEN"]))
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        for target in ["/api/v1/exports/\(mine)", "/api/v1/exports/\(mine)/"] {
            let foreign = try viewer.get(target)
            let missing = try viewer.get(target.replacingOccurrence(of: mine, with: "9223372036854775807"))
            #expect(foreign.status == 404 && foreign.text == missing.text)
            #expect(try admin.get(target).status == 200)
        }
        #expect(try viewer.get("/api/v1/exports?limit=100").json["exports"] == [])
        #expect(try viewer.get("/api/v1/exports/").json == [])
        #expect(try admin.get("/api/v1/exports?limit=1").json["exports"]?.array?.count == 1)
    }

    @Test func `a cancelled job is failed in this surface's words, and an expired one has no link`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        _ = try stage.client.send("POST", "/report/exports/\(id)/cancel")
        let cancelled = try stage.client.get("/api/v1/exports/\(id)").json["export"]
        #expect(cancelled?["status"] == "failed" && cancelled?["status_display"] == "Cancelled")
        #expect(cancelled?["error_message"] == "cancelled" && cancelled?["download_url"] == .null)
        let old = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
        try stage.rows(
            "update report_export_jobs set expires_at = clock_timestamp(), state = 'expired' where id = '\(old)'")
        let expired = try stage.client.get("/api/v1/exports/\(old)").json["export"]
        #expect(expired?["status"] == "completed" && expired?["status_display"] == "Expired")
        #expect(expired?["download_url"] == .null && expired?["download_expires_in_seconds"] == .null)
    }
}
