import HTTP
import JSON
import Posix
import Support
import Testing

/// What administrators see of their tenant: its use and limits, its audit, its webhook and its keys.
@Suite(.waits) struct AdministrationTests {
    private func data(_ client: any APIClient, _ path: String) throws -> JSON {
        let reply = try client.get(path)
        guard reply.status == 200 else { throw Unmet("\(path) answered \(reply.status): \(reply.text)") }
        return try reply.json["data"] ?? .null
    }

    @Test func `what a tenant has and may have is told to its callers, hosts to those who may see figures alone`()
        throws
    {
        let stage = try Stage([
            "PENSTOCK_TENANT_QUEUED": "7", "PENSTOCK_TENANT_STORED_MB": "0", "PENSTOCK_WORKERS": "2",
        ])
        defer { stage.stop() }
        let viewer = stage.client(.bearer(stage["VIEW_TOKEN"]))
        let before = try data(viewer, "/report/usage")
        #expect(before["queued"] == ["used": 0, "limit": 7] && before["running"]?["limit"] == 2)
        #expect(before["storedBytes"] == ["used": 0, "limit": .null] && before["hosts"] == .null)
        let file = try stage.client.export(ReportsTests.unique()).file
        _ = try stage.client.post("/report/schedules", ScheduleTests.body())
        _ = try stage.client.post("/report/presets", PresetTests.body())
        let after = try data(viewer, "/report/usage")
        #expect((after["storedBytes"]?["used"]?.int ?? 0) >= file.count)
        #expect(after["schedules"]?["used"] == 1 && after["presets"]?["used"] == 1 && after["ownPresets"]?["used"] == 0)
        #expect(try data(stage.client(.bearer(stage["OTHER_TOKEN"])), "/report/usage")["schedules"]?["used"] == 0)
        let hosts = try data(stage.client(.bearer(stage["ADMIN_TOKEN"])), "/report/usage")["hosts"]?.array
        #expect(hosts?.count == 1 && hosts?.first?["alive"] == true && hosts?.first?["workers"] == 2)
    }

    @Test func `a superuser finds who has a file, and nobody else does`() throws {
        let stage = try Stage.shared
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        let id = try #require(try stage.client.export(ReportsTests.unique()).job["id"]?.string)
        func rows(_ query: String) throws -> [JSON] {
            try data(admin, "/report/audit?exportId=\(id)\(query)").array ?? []
        }
        let granted = try rows("&outcome=granted")
        #expect(!granted.isEmpty && granted.allSatisfy { $0["exportId"] == .string(id) && $0["status"] == 200 })
        // The link was given to somebody; whoever has used it is not named by it.
        let issued = try rows("&outcome=link_issued")
        #expect(issued.count == 1 && issued.first?["subject"] == "demo")
        #expect(
            try eventually {
                try rows("&outcome=granted").contains { ($0["sent"]?["bytes"]?.int ?? 0) > 0 }
            }, "nginx tells what it sent")
        for query in ["&outcome=forged", "&subject=nobody", "&from=2999-01-01", "&to=2001-01-01"] {
            #expect(try rows(query).isEmpty, "\(query)")
        }
        #expect(try rows("&subject=demo&from=2001-01-01&to=2999-01-01").count == rows("&subject=demo").count)
        let pages = try (1...3).map { try admin.get("/report/audit?exportId=\(id)&limit=1&page=\($0)").json }
        #expect(pages.map { $0["data"]?.array?.first?["outcome"] } == ["granted", "link_issued", nil])
        #expect(pages.map { $0["more"] } == [true, false, false])
        #expect(try admin.get("/report/audit?exportId=abc").status == 400)

        let theirs =
            try stage.client(.bearer(stage["OTHER_TOKEN"])).export(ReportsTests.unique()).job["id"]?.string ?? ""
        #expect(try data(admin, "/report/audit?exportId=\(theirs)") == [])
        for path in ["/report/audit", "/report/webhook", "/report/keys"] {
            #expect(try stage.client.get(path).status == 403 && stage.client(.none).get(path).status == 401)
        }
    }

    @Test func `a superuser sees the webhook with its last answers, and the keys, without any secret`() throws {
        let stage = try Stage([:])
        defer { stage.stop() }
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        #expect(try data(admin, "/report/webhook") == .null)
        let set = try stage.penstock(
            "webhooks", "set", "--tenant", stage.tenant, "--url", "https://hooks.invalid/s3cret?key=s3cret", "--json")
        #expect(set.status == 0, "\(set.errorText)")
        let wanted = ReportsTests.unique().setting("notifyOnCompletion", to: true)
        let id = try stage.client.export(wanted).job["id"]
        func delivery() throws -> JSON? {
            try data(admin, "/report/webhook")["deliveries"]?.array?.first { $0["exportId"] == id }
        }
        #expect(try eventually { try delivery()?["lastError"]?.string != nil }, "the answer is there")
        let reply = try admin.get("/report/webhook")
        #expect(try reply.json["data"]?["origin"] == "https://hooks.invalid")
        let secret = try JSON.parse(Array(set.text.utf8))["secret"]?.string ?? "none"
        #expect(!reply.text.contains("s3cret") && !reply.text.contains(secret))

        let made = try stage.penstock(
            "keys", "create", "--tenant", stage.tenant, "--name", "nightly", "--permission", "view:reports", "--json")
        let key = try JSON.parse(Array(made.text.utf8))
        let keys = try admin.get("/report/keys")
        let shown = try keys.json["data"]?.array?.first { $0["prefix"] == key["prefix"] }
        #expect(
            shown?["name"] == "nightly" && shown?["permissions"] == ["view:reports"] && shown?["revokedAt"] == .null)
        #expect(!keys.text.contains(key["key"]?.string ?? "none"))
    }
}
