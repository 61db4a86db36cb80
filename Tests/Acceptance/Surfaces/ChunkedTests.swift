import JSON
import Support
import Testing

/// A large export in parts, as surfaces 3 and 4 tell of them.
@Suite(.waits) struct ChunkedTests {
    /// All delivery orders with their wide columns, in the order of their key ranges.
    private static let large: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv",
        "columns": ["delivery_code", "customer_id", "address", "attributes", "created_at", "id"],
    ]

    @Test func `a parent tells how many parts are ready, and its parts name it`() throws {
        let stage = try Stage(["PENSTOCK_WORKERS": "2", "DEMO_ROWS": "60000", "PENSTOCK_PARTS_FROM_ROWS": "20000"])
        defer { stage.stop() }
        let id = try stage.client.create(Self.large)["id"]?.string ?? ""
        let serial = try RecentTests.serial(stage, id)
        func parts() throws -> [JSON] {
            try stage.client.get("/api/v1/exports?parent_report_id=\(serial)&limit=100").json["exports"]?.array ?? []
        }
        // While it runs: as many parts as it says, each with its own number and state.
        var running: (parent: JSON, parts: [JSON]) = (nil, [])
        let met = try eventually(within: 60) {
            let parent = try stage.client.get("/api/v1/exports/\(serial)").json["export"] ?? nil
            if parent["status"] == "completed" { throw Unmet("was never met in parts") }
            running = (parent, try parts())
            return parent["chunked_export"] == true && (parent["progress"]?["parts_ready"]?.int ?? 0) > 0
        }
        #expect(met)
        let total = running.parent["progress"]?["total_parts"]?.int ?? 0
        #expect(total > 1 && running.parts.count == total)
        for part in running.parts {
            #expect(part["parent_report_id"] == .number(serial) && part["chunked_export"] == false)
            #expect(part["progress"] == .null && part["id"] != .number(serial))
            #expect(part["report_type"] == running.parent["report_type"])
        }
        #expect(Set(running.parts.map { $0["id"]?.int ?? 0 }).count == total)
        // What is finished of it can be had while the rest is made; what is had is what the link says.
        let finished = running.parts.filter { $0["status"] == "completed" }
        #expect(
            !finished.isEmpty
                && running.parts.allSatisfy { ($0["download_url"]?.string != nil) == ($0["filename"]?.string != nil) })
        if let part = finished.first(where: { $0["download_url"]?.string != nil }) {
            let reply = try stage.client(.none).get(try ReportsTests.target(part["download_url"]?.string, stage))
            #expect(reply.status == 200 || reply.status == 410, "\(reply.status)")
            #expect((part["download_expires_in_seconds"]?.int ?? 0) > 0)
        }
        let record = try stage.client.get("/api/v1/exports/\(serial)/").json
        #expect((record["page"]?.int ?? 0) > 1 && (record["page"]?.int ?? 0) <= total)
        #expect(record["uploaded_parts"]?.array?.isEmpty == false)

        // A part is an export of its own for those who see its parent, and for nobody else.
        let one = "/api/v1/exports/\(running.parts[0]["id"]?.int ?? 0)"
        #expect(try stage.client.get(one).json["export"]?["parent_report_id"] == .number(serial))
        for stranger in [stage["VIEW_TOKEN"], stage["OTHER_TOKEN"]] {
            let client = stage.client(.bearer(stranger))
            let missing = try client.get("/api/v1/exports/9223372036854775807")
            #expect(try client.get(one).status == 404 && client.get(one).text == missing.text)
            let none = try client.get("/api/v1/exports?parent_report_id=9223372036854775807")
            #expect(try client.get("/api/v1/exports?parent_report_id=\(serial)").text == none.text)
        }
        // It is a job's record that the Records API has, not a part's.
        #expect(try stage.client.get(one + "/").status == 404)

        _ = try stage.client.job(id, reaching: "ready", within: 120)
        let ready = try stage.client.get("/api/v1/exports/\(serial)").json["export"]
        #expect(ready?["progress"] == ["parts_ready": .int(total), "total_parts": .int(total)])
        #expect(try parts().allSatisfy { $0["status"] == "completed" })
        let names = (1...total).map { JSON.string("part_\($0).csv") }
        #expect(try stage.client.get("/api/v1/exports/\(serial)/").json["uploaded_parts"] == .array(names))
        // What was made in one piece has none.
        let small = try RecentTests.serial(stage, try stage.client.export(JobLifeTests.small).job["id"]?.string)
        let whole = try stage.client.get("/api/v1/exports/\(small)").json["export"]
        #expect(whole?["chunked_export"] == false && whole?["progress"] == .null)
        #expect(try stage.client.get("/api/v1/exports?parent_report_id=\(small)").json["exports"] == [])
    }
}
