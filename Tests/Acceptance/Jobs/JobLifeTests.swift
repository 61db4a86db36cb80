import JSON
import Support
import Testing

/// A job from its making to its end, as a client sees it.
@Suite(.waits) struct JobLifeTests {
    static let small: JSON = [
        "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name", "code", "city"],
    ]

    @Test func `an export is accepted, watched, listed, linked and downloaded`() throws {
        let stage = try Stage.shared
        let client = stage.client
        let reply = try client.post("/report/exports", Self.small)
        #expect(reply.status == 202)
        let id = try #require(try reply.json["data"]?["id"]?.string)
        #expect(reply["Location"] == "\(stage["URL"])/report/exports/\(id)")
        #expect(Int(reply["Retry-After"] ?? "").map { $0 > 0 } == true)
        #expect(id.count == 36 && id == id.lowercased())

        let job = try client.job(id, reaching: "ready")
        #expect(job["fileName"]?.string?.wholeMatch(of: #/warehouses-\d{4}-\d\d-\d\d\.csv/#) != nil)
        for time in ["requestedAt", "startedAt", "completedAt"] { #expect(isTime(job[time]?.string ?? "")) }

        let list = try client.get("/report/exports?module=warehouse&catalog=warehouses&limit=100").json
        #expect(list["data"]?.array?.contains(job) == true)

        let answer = try client.get("/report/exports/\(id)/download")
        #expect(answer["Cache-Control"]?.contains("no-store") == true)
        let linked = try #require(try answer.json["data"])
        #expect(linked.setting("downloadUrl", to: nil) == job.setting("downloadUrl", to: nil))
        let url = try #require(linked["downloadUrl"]?.string)
        #expect(url.hasPrefix("\(stage["URL"])/report/files/\(id)/"))

        let file = try client.file(id)
        #expect(file.status == 200)
        #expect(file.body.count == job["fileSizeBytes"]?.int)
        #expect(CSVText(file.body).records.first?.map(\.text) == ["Name", "Code", "City"])
    }

    @Test func `the receipt of a finished export is whole and true`() throws {
        let (job, file) = try Stage.shared.client.export(Self.small)
        let receipt = try #require(job["metadata"]?.object)
        #expect(
            receipt.keys == [
                "rows", "parts", "sheets", "sha256", "formulasNeutralised", "textsCut", "integersAsText",
                "numbersAsText", "numbersRounded", "datesAsText", "columns", "bytesRepaired", "snapshotAt",
                "durationMs", "peakMemoryBytes",
            ])
        let rows = CSVText(file).records.count - 1
        #expect(receipt["rows"]?.int == rows)
        #expect(job["rowCount"]?.int == rows)
        #expect(job["progress"] == ["total": .int(rows), "done": .int(rows)])
        let digest = try Shell.output(["sha256sum"], input: file)
        #expect(receipt["sha256"]?.string == String(decoding: digest.prefix(64), as: UTF8.self))
        #expect(isTime(receipt["snapshotAt"]?.string ?? ""))
        #expect((receipt["peakMemoryBytes"]?.int ?? 0) > 1 << 20)
        #expect((receipt["durationMs"]?.int ?? -1) >= 0)
    }

    @Test(arguments: Depth.allCases)
    func `a watched job says when to ask again until it is over`(at depth: Depth) throws {
        let client = try depth.shared.api
        let id = try client.create(JobLifeTests.long)["id"]?.string ?? ""
        let running = try client.get("/report/exports/\(id)")
        #expect(running["Retry-After"] != nil)
        let cancelled = try client.send("POST", "/report/exports/\(id)/cancel")
        #expect(cancelled.status == 200)
        #expect(try client.send("POST", "/report/exports/\(id)/cancel").status == 409)
        let over = try client.get("/report/exports/\(id)")
        #expect(over["Retry-After"] == nil)
        #expect(try over.json["data"]?["status"] == "cancelled")
        #expect(isTime(try over.json["data"]?["completedAt"]?.string ?? ""))
    }

    static let long: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv", "compression": "gzip",
        "columns": ["delivery_code", "customer_id", "address", "attributes", "created_at", "id"],
    ]

    @Test(.overFolder) func `a cancelled export stays cancelled and leaves no file`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(Self.long)["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "processing")
        #expect(try stage.client.send("POST", "/report/exports/\(id)/cancel").status == 200)
        #expect(
            try stage.client.get("/report/exports/\(id)/download").text
                == #"{"success":false,"message":"not_ready","status":"cancelled"}"#)
        let again = try stage.client.send("POST", "/report/exports/\(id)/cancel")
        #expect(again.status == 409)
        let gone = try eventually(within: 15) {
            try Shell.output(["find", "\(stage.state)/storage", "-name", "*\(id)*"]).isEmpty
        }
        #expect(gone)
        #expect(try stage.client.job(id)["status"] == "cancelled")
    }

    @Test func `a failed export tells a summary without anything of the server's`() throws {
        let stage = try Stage.shared
        // A job whose catalog is not there any more, as after a catalog was taken away.
        let id = "01900000-0000-7000-8000-\(String(Int.random(in: 0x1000_0000..<0xFFFF_FFFF), radix: 16))0000"
        try stage.rows(
            """
            select create_job('\(id)', '\(stage.tenant)', 'delivery', 'no-longer-there', 'operational', 'csv', 'en',
                'demo', '{}', sha256(''), null, null, 1000, 3);
            """)
        let job = try stage.client.job(id, reaching: "failed")
        #expect(job["errorSummary"]?.string?.isEmpty == false)
        #expect(job["fileName"] == .some(.null) && job["metadata"] == .some(.null))
        #expect(isTime(job["completedAt"]?.string ?? ""))
        #expect(
            try stage.client.get("/report/exports/\(id)/download").text
                == #"{"success":false,"message":"not_ready","status":"failed"}"#)
        #expect(try stage.client.send("POST", "/report/exports/\(id)/cancel").status == 409)
    }

    @Test(.overFolder) func `an expired export is listed, is gone for downloads, and its file goes with its last link`()
        throws
    {
        let stage = try Stage(["PENSTOCK_LINK_SECONDS": "1"])
        defer { stage.stop() }
        let (job, _) = try stage.client.export(Self.small)
        let id = try #require(job["id"]?.string)
        let link = try stage.client.link(id)
        let path = "\(stage.state)/storage/\(try stage.value("select stored_path from report_export_jobs") ?? "")"
        #expect(try Shell.run(["test", "-s", path]).status == 0)
        try stage.rows("update report_export_jobs set expires_at = clock_timestamp() - interval '1 hour'")
        // The housekeeper makes a round every thirty seconds.
        #expect(try stage.client.job(id, reaching: "expired", within: 45)["status"] == "expired")
        let refused = try stage.client.get("/report/exports/\(id)/download")
        #expect(refused.status == 410)
        #expect(refused.text == #"{"success":false,"message":"gone"}"#)
        #expect(try stage.client.send("POST", "/report/exports/\(id)/cancel").status == 409)
        #expect(try stage.client.get("/report/exports?status=expired").json["total"] == 1)
        #expect([403, 410].contains(try stage.client(.none).get(link).status))
        #expect(try eventually(within: 45) { try Shell.run(["test", "-e", path]).status != 0 })
    }

    @Test func `lists are paged, filtered, newest first, and count all`() throws {
        let client = try Stage.shared.client
        var ids: [String] = []
        for _ in 0..<3 { ids.append(try client.create(Self.small)["id"]?.string ?? "") }
        for id in ids { _ = try client.job(id, reaching: "ready") }
        let all = try client.get("/report/exports?catalog=warehouses&status=ready&limit=100").json["data"]?.array ?? []
        let order = all.compactMap { $0["id"]?.string }
        #expect(order.filter { ids.contains($0) } == ids.reversed())
        // By the time of the database; a create that had to wait has an older id than one that passed it.
        let times = all.compactMap { $0["requestedAt"]?.string }
        #expect(times.count == order.count && times == times.sorted(by: >))
        let page = try client.get("/report/exports?catalog=warehouses&status=ready&page=2&limit=1").json
        #expect(page["page"] == 2 && page["limit"] == 1 && page["data"]?.array?.count == 1)
        #expect((page["total"]?.int ?? 0) >= 3)
        #expect(all.allSatisfy { $0["catalog"] == "warehouses" && $0["status"] == "ready" })
        let none = try client.get("/report/exports?module=nowhere").json
        #expect(none["data"] == [] && none["total"] == 0)
    }

    /// Whether they have been made by then or not.
    @Test(arguments: Depth.allCases)
    func `a list has what its filters say, newest first, whole in its pages`(at depth: Depth) throws {
        let service = try depth.shared
        let client = service.api
        let ids = try (0..<3).map { _ in try client.create(Self.small)["id"]?.string ?? "" }
        let kind = "module=warehouse&catalog=warehouses"
        let all = try client.get("/report/exports?\(kind)&limit=100").json["data"]?.array ?? []
        #expect(all.compactMap { $0["id"]?.string }.filter { ids.contains($0) } == ids.reversed())
        #expect(all.allSatisfy { $0["catalog"] == "warehouses" && $0["module"] == "warehouse" })
        let page = try client.get("/report/exports?\(kind)&page=2&limit=1").json
        #expect(page["page"] == 2 && page["limit"] == 1 && page["data"]?.array?.count == 1)
        #expect((page["total"]?.int ?? 0) >= 3)
        let none = try client.get("/report/exports?module=nowhere").json
        #expect(none["data"] == [] && none["total"] == 0)
        let other = service.api(.bearer(service["OTHER_TOKEN"]))
        let theirs = try other.get("/report/exports?\(kind)&limit=100").json["data"]?.array ?? []
        #expect(theirs.allSatisfy { !ids.contains($0["id"]?.string ?? "") })
    }
}
