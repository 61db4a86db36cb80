import JSON
import Support
import Testing

/// One zone for all of a request: its days, its preview, its CSV and its workbook. The demo's rows at the clock changes
/// of Oslo, and zones whose clocks are not whole hours apart.
@Suite(.waits) struct TimeZoneTests {
    private static func request(_ zone: String, _ format: String, _ more: [(String, JSON)] = []) -> JSON {
        var request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": .string(format), "timezone": .string(zone),
            "scope": ["type": "customer", "values": ["00000000-0000-4000-8000-000000000002"]],
            "statuses": ["delivered"], "columns": ["delivery_code", "created_at", "planned_date"],
            "sort": [["field": "delivery_code", "direction": "asc"]],
        ]
        for (name, value) in more { request = request.setting(name, to: value) }
        return request
    }

    /// The rows of a workbook's first sheet that are about clock changes: code, the clock's reading, the date.
    private static func cells(_ workbook: [UInt8]) throws -> [[String]] {
        let script = """
            import datetime, io, json, sys, zipfile
            import xml.etree.ElementTree as tree
            main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
            sheet = tree.parse(zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).open('xl/worksheets/sheet1.xml'))
            def shown(cell):
                if cell.get('t') == 'inlineStr': return ''.join(cell.itertext())
                when = datetime.datetime(1899, 12, 30) + datetime.timedelta(days=float(cell.find(main + 'v').text))
                return (when + datetime.timedelta(microseconds=500)).isoformat(' ', 'milliseconds')
            rows = [[shown(cell) for cell in row.iter(main + 'c')] for row in sheet.iter(main + 'row')]
            print(json.dumps([row for row in rows if row[0].startswith('DEL-DST')]))
            """
        return try JSON.parse(Shell.output(["python3", "-c", script], input: workbook), limits: .stored).array?
            .map { $0.array?.compactMap(\.string) ?? [] } ?? []
    }

    @Test(arguments: [
        (
            "Europe/Oslo",
            [
                "2026-03-29 01:59:59.000", "2026-03-29 03:00:00.000", "2026-10-25 02:30:00.000",
                "2026-10-25 02:30:00.000", "2025-10-26 02:59:59.000", "2025-10-26 02:00:00.000",
            ]
        ),
        (
            "Asia/Kathmandu",
            [
                "2026-03-29 06:44:59.000", "2026-03-29 06:45:00.000", "2026-10-25 06:15:00.000",
                "2026-10-25 07:15:00.000", "2025-10-26 06:44:59.000", "2025-10-26 06:45:00.000",
            ]
        ),
    ])
    func `a workbook's cells are the clock on the wall, and dates stay`(_ zone: String, _ clocks: [String]) throws {
        let rows = try Self.cells(Stage.shared.client.export(Self.request(zone, "xlsx")).file)
        #expect(rows.map { $0[0] } == (1...6).map { "DEL-DST-\($0)" })
        #expect(rows.map { $0[1] } == clocks)
        let utc = try Self.cells(Stage.shared.client.export(Self.request("UTC", "xlsx")).file)
        #expect(rows.map { $0[2] } == utc.map { $0[2] }, "dates never shift")
    }

    @Test(arguments: ["Europe/Oslo", "Asia/Kolkata", "America/New_York", "UTC"])
    func `a preview says what the file says`(_ zone: String) throws {
        let client = try Stage.shared.client
        let preview = try client.post("/report/exports/preview", Self.request(zone, "csv")).json["data"]
        let lines = String(decoding: try client.export(Self.request(zone, "csv")).file, as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        for row in preview?["rows"]?.array ?? [] {
            let code = row["delivery_code"]?.string ?? ""
            let line = lines.first { $0.hasPrefix(code + ",") }
            guard code.hasPrefix("DEL-DST") else { continue }
            #expect(line == "\(code),\(row["created_at"]?.string ?? "-"),\(row["planned_date"]?.string ?? "")")
        }
        #expect(preview?["rows"]?.array?.isEmpty == false)
    }

    /// The 25 hours of the day on which Oslo's clocks go back, and the 23 of the one on which they go forward.
    @Test func `a day is as long as the zone's clocks make it`() throws {
        let stage = try Stage.shared
        for (day, hours) in [("2026-10-25", 25), ("2026-03-29", 23)] {
            let range: JSON = ["from": .string(day), "to": .string(day)]
            let wanted = try stage.value(
                """
                select count(*) from delivery_orders where tenant_id = '\(stage.tenant)'
                    and created_at >= timestamptz '\(day) 00:00 Europe/Oslo'
                    and created_at < timestamptz '\(day) 00:00 Europe/Oslo' + interval '\(hours) hours'
                """, on: .source)
            let preview = try stage.client.post(
                "/report/exports/preview",
                [
                    "module": "delivery", "catalog": "delivery-orders", "format": "csv", "timezone": "Europe/Oslo",
                    "dateRange": range,
                ])
            #expect(try preview.json["data"]?["totalRows"]?.int == Int(wanted ?? ""), "\(day)")
        }
    }
}
