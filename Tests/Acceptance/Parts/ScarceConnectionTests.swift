import Glibc
import JSON
import Posix
import Support
import Testing

/// A source that has few connections to give: an export is slower and the same.
@Suite(.serialized, .waitsFirst) struct ScarceConnectionTests {
    private static func settings(workers: Int) -> [String: String] {
        [
            "PENSTOCK_WORKERS": "\(workers)", "PENSTOCK_TENANT_RUNNING": "\(workers)", "DEMO_ROWS": "20000",
            "PENSTOCK_PARTS_FROM_ROWS": "2000",
        ]
    }

    private static func digest(_ job: JSON) -> String { job["metadata"]?["sha256"]?.string ?? "" }

    @Test(arguments: [2, 4])
    func `a large export finishes with however many connections its role may have`(workers: Int) throws {
        let stage = try Stage(Self.settings(workers: workers))
        defer { stage.stop() }
        for format in ["csv", "csv.gz", "xlsx"] {
            let free = try stage.client.export(PartFilesTests.request(format)).job
            #expect(free["metadata"]?["parts"]?.int ?? 0 > 1)
            for limit in 1...3 {
                try stage.rows("alter role penstock_reader connection limit \(limit)", on: .sourceOwner)
                let job = try stage.client.export(PartFilesTests.request(format), within: 120).job
                #expect(Self.digest(job) == Self.digest(free), "\(format), \(limit)")
                #expect(job["rowCount"] == free["rowCount"])
            }
            try stage.rows("alter role penstock_reader connection limit -1", on: .sourceOwner)
        }
        #expect(try stage.value("select max(attempts) from report_export_jobs") == "1")
    }

    @Test func `several exports that compete for two connections all finish, and none loses an attempt`() throws {
        let stage = try Stage(Self.settings(workers: 3))
        defer { stage.stop() }
        try stage.rows("alter role penstock_reader connection limit 2", on: .sourceOwner)
        let ids = try (0..<5).map { _ in
            try stage.client.create(PartFilesTests.request("csv"))["id"]?.string ?? ""
        }
        var digests: Set<String> = []
        for id in ids { digests.insert(Self.digest(try stage.client.job(id, reaching: "ready", within: 120))) }
        #expect(digests.count == 1)
        #expect(try stage.value("select max(attempts) from report_export_jobs") == "1")
    }

    @Test func `a preview's connection is given back when nobody previews any more`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "2"])
        defer { stage.stop() }
        let previews = "select count(*) from pg_stat_activity where application_name = 'penstock preview'"
        for _ in 0..<10 {
            let reply = try stage.client.post("/report/exports/preview", PartFilesTests.request("csv"))
            #expect(reply.status == 200)
        }
        #expect(try stage.value(previews, on: .sourceOwner) != "0")
        #expect(try eventually(within: 20) { try stage.value(previews, on: .sourceOwner) == "0" })
        #expect(try stage.client.post("/report/exports/preview", PartFilesTests.request("csv")).status == 200)
    }
}
