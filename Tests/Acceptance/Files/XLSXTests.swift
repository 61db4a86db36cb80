import JSON
import Support
import Testing

/// Workbooks, from the request to the file. What is in their cells is tested with the encoder.
@Suite(.waits) struct XLSXTests {
    private static let request: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "xlsx", "timezone": "Europe/Oslo",
        "dateRange": ["from": "2026-05-01", "to": "2026-05-07"],
        "columns": ["delivery_code", "status", "created_at", "note", "amount"],
    ]

    @Test func `a workbook is made, described and downloaded`() throws {
        let client = try Stage.shared.client
        let id = try #require(try client.create(Self.request)["id"]?.string)
        let job = try client.job(id, reaching: "ready")
        #expect(job["format"]?.string == "xlsx")
        #expect(job["fileName"]?.string?.wholeMatch(of: #/delivery-orders-\d{4}-\d\d-\d\d\.xlsx/#) != nil)
        #expect(job["metadata"]?["sheets"]?.int == 1)
        #expect(job["metadata"]?["rows"] == job["rowCount"])

        let file = try client.file(id)
        #expect(file.status == 200)
        #expect(file["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        #expect(file["Content-Disposition"]?.contains(".xlsx\"") == true)
        #expect(file.body.count == job["fileSizeBytes"]?.int)
        #expect(file.body.starts(with: [0x50, 0x4B, 0x03, 0x04]))
        // The end record of an archive without a comment.
        #expect(file.body.suffix(22).starts(with: [0x50, 0x4B, 0x05, 0x06]))
    }

    @Test func `the same rows make the same workbook`() throws {
        let client = try Stage.shared.client
        let first = try client.export(Self.request)
        let second = try client.export(Self.request)
        #expect(first.file == second.file)
        #expect(first.job["metadata"]?["sha256"] == second.job["metadata"]?["sha256"])
    }

    @Test(arguments: Depth.allCases) func `a preview shows text as the cells have it`(at depth: Depth) throws {
        let reply = try depth.shared.api.post("/report/exports/preview", Self.request)
        #expect(reply.status == 200)
        let data = try #require(try reply.json["data"])
        #expect(data["format"]?.string == "xlsx")
        let notes = data["rows"]?.array?.compactMap { $0["note"]?.string } ?? []
        #expect(data["previewLimit"] == 10 && data["rows"]?.array?.count == 10)
        #expect(!notes.contains { $0.hasPrefix("'") })
    }
}
