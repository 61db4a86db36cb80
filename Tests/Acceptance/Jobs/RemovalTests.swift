import JSON
import Posix
import Support
import Testing

/// DELETE /report/exports/:id
@Suite(.waits) struct RemovalTests {
    private func remove(_ id: String, _ client: Client) throws -> Reply {
        try client.send("DELETE", "/report/exports/\(id)")
    }

    @Test func `an export that was removed is not to be had by any link, is told, and is deleted with its rows`() throws
    {
        let stage = try Stage(["PENSTOCK_LINK_SECONDS": "1"])
        defer { stage.stop() }
        let client = stage.client
        let (job, _) = try client.export(JobLifeTests.small)
        let id = try #require(job["id"]?.string)
        let link = try client.link(id)
        let listener = try EventListener(client)
        #expect(try listener.hears("retry: "))

        let reply = try remove(id, client)
        let removed = try reply.json["data"]
        #expect(reply.status == 200 && removed?["status"] == "expired" && removed?["removedAt"]?.string != nil)
        #expect(removed?["metadata"] == job["metadata"], "its receipt stays")
        #expect(try client.get(link).status != 200)
        #expect(try client.get("/report/exports/\(id)/download").status == 410)
        #expect(try listener.hears("\"removedAt\":"))
        // Lists have it no more, and do not count it, unless they are asked for those that were removed.
        for (query, isThere) in [
            ("", false), ("?status=expired", false), ("?removed=only", true), ("?removed=any", true),
        ] {
            let list = try client.get("/report/exports\(query)").json
            let listed = list["data"]?.array?.first { $0["id"] == .string(id) }
            #expect(listed?["removedAt"] == (isThere ? removed?["removedAt"] : nil), "\(query)")
            #expect(list["total"] == (isThere ? 1 : 0), "\(query)")
        }
        #expect(try client.get("/report/exports?removed=none").status == 400)
        // Repeated, it is what it was.
        #expect(try remove(id, client).json["data"]?["removedAt"] == removed?["removedAt"])
        let told = "select count(*) from report_download_audit where job_id = '\(id)' and outcome = 'removed'"
        #expect(try stage.value(told) == "1")
        // The housekeeper's next rounds; here one is not waited for.
        let gone = "select file_deleted_at is not null from report_export_jobs where id = '\(id)'"
        #expect(try eventually(within: 240) { try stage.value(gone) == "t" })
    }

    @Test func `one's own exports are removed, all of the tenant's by a superuser, and others' by nobody`() throws {
        let stage = try Stage.shared
        let id = try #require(try stage.client.export(JobLifeTests.small).job["id"]?.string)
        #expect(try remove(id, stage.client(.bearer(stage["VIEW_TOKEN"]))).status == 403)
        #expect(try remove(id, stage.client(.apiKey(stage["API_KEY"]))).status == 403)
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let missing = try remove("01900000-0000-7000-8000-000000000001", other)
        #expect(try remove(id, other).text == missing.text && missing.status == 404)
        #expect(try remove("x", stage.client).status == 404)
        #expect(try stage.client.job(id)["removedAt"] == nil)
        #expect(try remove(id, stage.client(.bearer(stage["ADMIN_TOKEN"]))).status == 200)
    }

    @Test func `an export that is open is cancelled first, and stays cancelled`() throws {
        let client = try Stage.shared.client
        let id = try #require(try client.create(JobLifeTests.long)["id"]?.string)
        #expect(try remove(id, client).status == 409)
        #expect(try client.send("POST", "/report/exports/\(id)/cancel").status == 200)
        let removed = try remove(id, client).json["data"]
        #expect(removed?["status"] == "cancelled" && removed?["removedAt"]?.string != nil)
    }
}
