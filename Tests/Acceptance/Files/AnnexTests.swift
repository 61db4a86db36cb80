import JSON
import Support
import Testing

/// Parameters, columns and summary: sheets of a workbook, files beside a CSV.
@Suite(.waits) struct AnnexTests {
    private static let zone = "Europe/Oslo"

    private static func request(_ format: String, _ stage: Stage, annexes: Bool = true) throws -> JSON {
        var request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": .string(format),
            "dateRange": ["from": "2026-05-01", "to": "2026-05-07"], "statuses": ["delivered", "in_transit"],
            "timezone": .string(zone), "locale": "nb-NO",
            "columns": ["delivery_code", "status", "amount", "discount", "driver_id", "created_at"],
            "relationFields": [
                [
                    "field": "driver_id", "output": "reference_value", "table": "drivers",
                    "referenceField": "user.full_name",
                ]
            ],
            "headings": ["amount": "=Beløp", "driver_id": "Sjåfør"],
        ]
        if annexes { request = request.setting("includeAnnexes", to: true) }
        return request
    }

    private static func export(_ request: JSON, _ stage: Stage, language: String) throws -> (job: JSON, file: Reply) {
        let reply = try stage.client.post("/report/exports?language=\(language)", request)
        let id = try reply.json["data"]?["id"]?.string ?? ""
        return (try stage.client.job(id, reaching: "ready"), try stage.client.file(id))
    }

    /// The members of an archive, by python's reader of archives, which checks each one's checksum.
    private static func members(_ archive: [UInt8]) throws -> [(name: String, text: String)] {
        let script = """
            import io, json, sys, zipfile
            archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
            assert archive.testzip() is None
            print(json.dumps([[name, archive.read(name).decode()] for name in archive.namelist()]))
            """
        let output = try Shell.output(["python3", "-c", script], input: archive)
        return try JSON.parse(output, limits: .stored).array?.map {
            ($0.array?[0].string ?? "", $0.array?[1].string ?? "")
        }
            ?? []
    }

    /// What PostgreSQL says of the same rows.
    private static func sums(_ stage: Stage) throws -> [String?] {
        try stage.rows(
            """
            select count(*), count(price), sum(price), count(discount), sum(discount) from delivery_orders
            where tenant_id = '\(stage.tenant)' and status in ('delivered', 'in_transit')
                and created_at >= '2026-05-01 00:00 \(zone)' and created_at < '2026-05-08 00:00 \(zone)'
            """, on: .source)[0]
    }

    @Test func `a CSV file comes in an archive with its annexes beside it`() throws {
        let stage = try Stage.shared
        let (job, file) = try Self.export(try Self.request("csv", stage), stage, language: "nb")
        let plain = try Self.export(try Self.request("csv", stage, annexes: false), stage, language: "nb")
        #expect(file.status == 200 && file["Content-Type"] == "application/zip")
        let day = job["requestedAt"]?.string?.prefix(10) ?? ""
        #expect(job["fileName"]?.string == "delivery-orders-\(day).zip")
        #expect(file["Content-Disposition"]?.contains("delivery-orders-\(day).zip") == true)

        let members = try Self.members(file.body)
        #expect(
            members.map(\.name) == [
                "delivery-orders-\(day).csv", "parameters.csv", "columns.csv", "summary.csv",
            ])
        #expect(members[0].text == plain.file.text, "the rows are those of the file without annexes")
        #expect(job["rowCount"] == plain.job["rowCount"])

        func fields(_ text: String) -> [[String]] {
            text.split(separator: "\r\n").map {
                $0.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            }
        }
        let parameters = fields(members[1].text)
        #expect(parameters[0] == ["Parameter", "Verdi"])
        func parameter(_ name: String) -> String? { parameters.first { $0[0] == name }?[1] }
        #expect(parameter("Katalog") == "delivery/delivery-orders")
        #expect(parameter("Organisasjon") == stage.tenant)
        #expect(parameter("Rapport-ID")?.wholeMatch(of: #/rpt_[0-9A-HJKMNP-TV-Z]{26}/#) != nil)
        #expect(parameter("Bestilt") == job["requestedAt"]?.string)
        #expect(parameter("Data per") == job["metadata"]?["snapshotAt"]?.string)
        #expect(parameter("Første dag") == "2026-05-01" && parameter("Siste dag") == "2026-05-07")
        #expect(parameter("Tidssone") == Self.zone && parameter("Språkinnstilling") == "nb-NO")
        let columns = fields(members[2].text)
        #expect(columns.count == 7)
        #expect(columns.contains { $0[0] == "driver_id" && $0[2] == "string" && !$0[3].isEmpty })
        // What the request calls its columns stands in all of them, and is kept from running.
        #expect(fields(members[0].text)[0][2...4] == ["'=Beløp", fields(plain.file.text)[0][3], "Sjåfør"])
        #expect(columns.filter { ["amount", "driver_id"].contains($0[0]) }.map { $0[1] } == ["'=Beløp", "Sjåfør"])

        let sums = try Self.sums(stage)
        let summary = fields(members[3].text)
        #expect(summary.count == 4 && summary[2][1] == "'=Beløp")
        #expect(summary[1][2] == sums[0] && job["rowCount"]?.int == Int(sums[0] ?? ""))
        func number(_ text: String?) -> String { (text ?? "").replacingOccurrence(of: ".", with: ",") }
        #expect(Array(summary[2][2...]) == [sums[1] ?? "", number(sums[2])])
        #expect(Array(summary[3][2...]) == [sums[3] ?? "", number(sums[4])])
    }

    @Test func `a workbook has them as sheets`() throws {
        let stage = try Stage.shared
        let (job, file) = try Self.export(try Self.request("xlsx", stage), stage, language: "en")
        #expect(job["fileName"]?.string?.hasSuffix(".xlsx") == true)
        #expect(job["metadata"]?["sheets"]?.int == 4)
        let members = try Self.members(file.body)
        func member(_ name: String) -> String { members.first { $0.name == name }?.text ?? "" }
        let sheets = member("xl/workbook.xml")
        for name in ["Delivery Orders", "Parameters", "Columns", "Summary"] {
            #expect(sheets.contains("<sheet name=\"\(name)\""))
        }
        let sums = try Self.sums(stage)
        let summary = member("xl/worksheets/sheet4.xml")
        for value in [sums[0], sums[1], sums[2]] { #expect(summary.contains("<v>\(value ?? "-")</v>")) }
        #expect(member("xl/worksheets/sheet2.xml").contains("<t>\(stage.tenant)</t>"))
        #expect(member("xl/worksheets/sheet3.xml").contains("<t>driver_id</t>"))
        for sheet in [1, 3] {
            let text = member("xl/worksheets/sheet\(sheet).xml")
            #expect(text.contains("<t>Sjåfør</t>") && text.contains("<t>=Beløp</t>"))
        }
    }

    @Test func `a preview is the same with annexes and without`() throws {
        let stage = try Stage.shared
        let with = try stage.client.post("/report/exports/preview", try Self.request("csv", stage))
        let without = try stage.client.post("/report/exports/preview", try Self.request("csv", stage, annexes: false))
        #expect(with.status == 200 && with.text == without.text)
    }

    @Test func `the command makes an archive, in parts as in one piece`() throws {
        let stage = try Stage.shared
        func archive(workers: Int) throws -> (members: [(name: String, text: String)], receipt: JSON) {
            let outcome = try stage.penstock(
                "export", "--catalog", "delivery/delivery-orders", "--tenant", stage.tenant, "--annexes", "--json",
                "--workers", "\(workers)", "--output", "-")
            #expect(outcome.status == 0, "\(outcome.errorText)")
            return (try Self.members(outcome.output), try JSON.parse(outcome.errors, limits: .stored))
        }
        let one = try archive(workers: 1)
        let three = try archive(workers: 3)
        #expect(one.receipt["parts"] == 1 && (three.receipt["parts"]?.int ?? 0) > 1)
        // The snapshots' times differ.
        for index in [0, 2, 3] { #expect(one.members[index] == three.members[index]) }
        #expect(one.members[1].name == "parameters.csv" && !one.members[1].text.contains("rpt_"))
    }
}
