import Glibc
import JSON
import Support
import Testing

/// NDJSON through the service: create, preview, parts, re-exports, schedules, and each of the surfaces.
@Suite(.waits) struct NDJSONTests {
    private static let columns = [
        "created_at", "type", "warehouse_id", "quantity", "unit_cost", "amount", "reference_number", "reason",
        "serial_number", "id",
    ]

    static func request(_ format: String, days: Bool = true, gzip: Bool = false) -> JSON {
        var request: JSON.Object = [
            "module": "warehouse", "catalog": "inventory-transactions", "format": .string(format),
            "columns": .array(columns.map { .string($0) }), "sort": [["field": "id", "direction": "asc"]],
            "relationFields": [
                ["field": "warehouse_id", "output": "reference_value", "table": "warehouses", "referenceField": "name"]
            ],
        ]
        if days { request["dateRange"] = ["from": "2026-05-01", "to": "2026-05-20"] }
        if gzip { request["compression"] = "gzip" }
        return .object(request)
    }

    private func lines(_ file: [UInt8]) throws -> [JSON] {
        try #require(file.isEmpty || file.last == 0x0A)
        return try file.split(separator: 0x0A).map { try JSON.parse(Array($0)) }
    }

    /// What the database has, as its own JSON.
    private func expected(_ stage: Stage) throws -> [JSON] {
        try stage.rows(
            """
            select json_build_object('created_at',
                    regexp_replace(to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\\.?0+$', '') || 'Z',
                'type', t.type, 'warehouse_id', w.name, 'quantity', t.quantity, 'unit_cost', t.unit_cost, 'amount', t.amount,
                'reference_number', t.reference_number, 'reason', t.reason, 'serial_number', t.serial_number, 'id', t.id)
            from inventory_transactions t left join warehouses w on w.id = t.warehouse_id and w.tenant_id = t.tenant_id
            where t.tenant_id = '\(stage.tenant)' and t.created_at >= '2026-05-01Z' and t.created_at < '2026-05-21Z'
            order by t.id
            """, on: .source
        ).map { try JSON.parse(Array(($0[0] ?? "").utf8)) }
    }

    @Test func `a file is what the database has, and a preview its first rows`() throws {
        let stage = try Stage.shared
        let id = try #require(try stage.client.create(Self.request("jsonl"))["id"]?.string)
        let job = try stage.client.job(id, reaching: "ready")
        let file = try stage.client.file(id)
        #expect(file["Content-Type"] == "application/x-ndjson")
        #expect(job["format"] == "jsonl" && job["fileName"]?.string?.hasSuffix(".jsonl") == true)
        let rows = try lines(file.body)
        let wanted = try expected(stage)
        #expect(rows.count > 100 && job["rowCount"] == .int(rows.count) && rows.count == wanted.count)
        for (row, own) in zip(rows, wanted) {
            #expect(row == own)
            #expect(row.object?.keys == Self.columns)
        }

        let preview = try stage.client.post("/report/exports/preview", Self.request("jsonl")).json["data"]
        #expect(preview?["format"] == "jsonl" && preview?["totalRows"] == .int(rows.count))
        let shown = preview?["rows"]?.array ?? []
        #expect(shown.count == 10)
        for (row, whole) in zip(shown, rows) {
            for key in Self.columns {
                switch whole[key] {
                case .number(let text)?, .string(let text)?: #expect(row[key] == .string(text))
                case let value: #expect(row[key] == value)
                }
            }
        }
    }

    @Test func `one worker or four, compressed or not, the bytes are the same`() throws {
        let stage = try Stage.shared
        func file(_ workers: Int, gzip: Bool) throws -> (file: [UInt8], parts: Int) {
            let outcome = try Shell.run(
                [
                    TestRun.program, "export", "--catalog", "warehouse/inventory-transactions", "--tenant",
                    stage.tenant,
                    "--output", "-", "--json", "--workers", "\(workers)", "--request", "/dev/stdin",
                ], environment: stage.settings.merging(["PENSTOCK_PARTS_FROM_ROWS": "5000"]) { $1 },
                input: Self.request("jsonl", days: false, gzip: gzip).serialized)
            try #require(outcome.status == 0, "\(outcome.errorText)")
            return (outcome.output, try JSON.parse(outcome.errors, limits: .stored)["parts"]?.int ?? 0)
        }
        let plain = try file(1, gzip: false)
        let parts = try file(4, gzip: false)
        #expect(plain.parts == 1 && parts.parts > 1)
        let isSame = parts.file == plain.file
        #expect(isSame)
        let packed = try file(1, gzip: true)
        let packedParts = try file(4, gzip: true)
        #expect(packed.parts == 1 && packedParts.parts > 1)
        let isPackedSame = packedParts.file == packed.file
        #expect(isPackedSame)
        let isUnpackedSame = try Shell.output(["gzip", "-dc"], input: packed.file) == plain.file
        #expect(isUnpackedSame && plain.file.count > 1_000_000)
    }

    @Test func `a compressed file is named and announced as one`() throws {
        let stage = try Stage.shared
        let id = try #require(try stage.client.create(Self.request("jsonl", gzip: true))["id"]?.string)
        let job = try stage.client.job(id, reaching: "ready")
        let file = try stage.client.file(id)
        #expect(file["Content-Type"] == "application/gzip" && job["fileName"]?.string?.hasSuffix(".jsonl.gz") == true)
        #expect(try lines(Shell.output(["gzip", "-dc"], input: file.body)) == expected(stage))
    }

    @Test func `kept rows are rendered as NDJSON, and those of NDJSON as CSV`() throws {
        let stage = try Stage.shared
        let client = stage.client
        let csv = try client.export(Self.request("csv"))
        let jsonl = try client.export(Self.request("jsonl"))
        for (report, format, file) in [(csv.job, "jsonl", jsonl.file), (jsonl.job, "csv", csv.file)] {
            let id = report["id"]?.string ?? ""
            let made = try ReexportTests.rendered(id, ["format": .string(format)], client)
            #expect(
                made.reexport["export_params"]?["format"] == .string(format) && made.reexport["data"] == "historical")
            let isSame = made.file == file
            #expect(isSame, "\(format)")
        }
        let narrow = try ReexportTests.rendered(
            jsonl.job["id"]?.string ?? "", ["columns": ["id", "quantity"]], client)
        let rows = try lines(narrow.file)
        #expect(rows.first?.object?.keys == ["id", "quantity"] && rows.count == jsonl.job["rowCount"]?.int)
    }

    @Test func `each surface knows the format by its word`() throws {
        let stage = try Stage.shared
        // Columns in an order of their own, so that no other test's report is the equal one.
        let columns = Self.columns.shuffled().map { JSON.string($0) }
        let made = try stage.client.post(
            "/api/v1/exports",
            [
                "report_type": "inventory_transactions_jsonl",
                "search_params": ["date_from": "2026-05-01", "date_to": "2026-05-02"],
                "index_params": ["columns": .array(columns)],
            ])
        #expect(made.status == 202)
        let serial = try made.json["export"]?["id"]?.int ?? 0
        let id = try stage.value("select id from report_export_jobs where serial = \(serial)") ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        #expect(job["format"] == "jsonl")
        let recent = try stage.client.get("/api/v1/exports?limit=100").json["exports"]?.array ?? []
        #expect(recent.first { $0["id"]?.int == serial }?["report_type"] == "inventory_transactions_jsonl")

        let records = try stage.client.get("/api/v1/exports/?format_type=jsonl&limit=100").json.array ?? []
        let record = try #require(records.first { $0["id"] == .string(id) })
        #expect(record["format_type"] == "jsonl" && record["status"] == "completed")
        #expect(records.allSatisfy { $0["format_type"] == "jsonl" })

        let sha256 = job["metadata"]?["sha256"]?.string ?? ""
        let entry = try ReportsTests.entry(stage.client(.apiKey(stage["API_KEY"])), sha256: sha256)
        #expect(entry["format"] == "jsonl" && entry["row_count"] == job["rowCount"])
    }

    @Test func `a schedule makes it when it is due`() throws {
        let stage = try Stage.shared
        let wanted = Self.request("jsonl", days: false).setting("period", to: "previous_day")
        let reply = try stage.client.post(
            "/report/schedules", ["name": "NDJSON", "interval": "daily", "time": "06:30", "request": wanted])
        #expect(reply.status == 201, "\(reply.text)")
        let id = try reply.json["data"]?["id"]?.string ?? ""
        try stage.psql(
            """
            update report_export_schedules set next_due_at = now(), fire_at = now() where id = '\(id)';
            notify penstock_schedules;
            """)
        var jobs: [[String?]] = []
        let fired = try eventually(within: 20) {
            jobs = try stage.rows("select id from report_export_jobs where schedule_id = '\(id)'")
            return !jobs.isEmpty
        }
        #expect(fired)
        #expect(try stage.client.job(jobs.first?.first.flatMap { $0 } ?? "", reaching: "ready")["format"] == "jsonl")
        #expect(try stage.client.send("DELETE", "/report/schedules/\(id)").status == 204)
    }

    @Test func `its catalog offers it, and one that lists its formats does not`() throws {
        let catalogs = try Stage.shared.client.get("/report/catalogs/warehouse").json["catalogs"]?.array ?? []
        func formats(_ key: String) -> JSON? { catalogs.first { $0["key"] == .string(key) }?["supportedFormats"] }
        #expect(formats("inventory-transactions") == ["csv", "xlsx", "jsonl"])
        #expect(formats("warehouses") == ["csv", "xlsx"])
        let refused = try Stage.shared.client.post(
            "/report/exports", JobLifeTests.small.setting("format", to: "jsonl"))
        #expect(try refused.status == 400 && refused.json["errors"]?.array?.first?["field"] == "format")
    }
}
