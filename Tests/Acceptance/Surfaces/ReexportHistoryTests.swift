import Glibc
import JSON
import Posix
import Support
import Testing

/// Reports as they were, after their rows have changed and gone.
@Suite(.serialized, .waitsFirst) struct ReexportHistoryTests {
    /// Every row of the tenant's.
    static let large: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv",
        "columns": ["delivery_code", "status", "customer_id", "amount", "created_at", "note", "address", "id"],
    ]

    /// One customer's orders: no period, so that the rows are the same whatever the time zone.
    private static func report(_ more: [(String, JSON)] = []) -> JSON {
        var request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv", "timezone": "Europe/Oslo",
            "scope": ["type": "customer", "values": ["00000000-0000-4000-8000-000000000002"]],
            "columns": ["delivery_code", "status", "driver_id", "amount", "created_at", "note"],
            "relationFields": [
                [
                    "field": "driver_id", "output": "reference_value", "table": "drivers",
                    "referenceField": "user.full_name",
                ]
            ],
            "headings": ["amount": "Sum", "driver_id": "Sjåfør"],
        ]
        for (name, value) in more { request = request.setting(name, to: value) }
        return request
    }

    private static func change(_ stage: Stage) throws {
        try stage.rows(
            """
            update delivery_orders set price = price + 1, note = 'changed', status = 'cancelled'
                where customer_id = '00000000-0000-4000-8000-000000000002' and random() < 0.5;
            update users set full_name = 'somebody else' where role = 'driver';
            delete from driver_assignments where delivery_id in (
                select id from delivery_orders where customer_id = '00000000-0000-4000-8000-000000000002');
            delete from picking_orders where delivery_id in (
                select id from delivery_orders where customer_id = '00000000-0000-4000-8000-000000000002');
            delete from delivery_orders
                where customer_id = '00000000-0000-4000-8000-000000000002' and note is distinct from 'changed';
            """, on: .sourceOwner)
    }

    @Test func `historical rows are rendered as they were, byte for byte, and as an export of then would have been`()
        throws
    {
        let stage = try Stage(["DEMO_ROWS": "20000"])
        defer { stage.stop() }
        let client = stage.client
        func export(_ request: JSON, language: String = "en") throws -> (id: String, file: [UInt8]) {
            let reply = try client.post("/report/exports?language=\(language)", request)
            let id = try reply.json["data"]?["id"]?.string ?? ""
            _ = try client.job(id, reaching: "ready")
            return (id, try client.file(id).body)
        }
        let same: [(what: String, request: JSON)] = [
            ("csv", Self.report()), ("gzip", Self.report([("compression", "gzip")])),
            ("xlsx", Self.report([("format", "xlsx")])),
            ("csv with annexes", Self.report([("includeAnnexes", true), ("locale", "nb-NO")])),
            ("xlsx with annexes", Self.report([("includeAnnexes", true), ("format", "xlsx")])),
        ]
        let originals = try same.map { (what: $0.what, made: try export($0.request)) }
        let original = originals[0].made
        // What the report would have been if it had been asked for otherwise, made before anything changes.
        let otherwise: [(what: String, params: JSON, file: [UInt8])] = [
            ("another format", ["format": "xlsx"], originals[2].made.file),
            (
                "another locale", ["locale": "nb-NO"],
                try export(Self.report([("locale", "nb-NO")]), language: "nb").file
            ),
            (
                "another time zone", ["timezone": "Asia/Kathmandu"],
                try export(Self.report([("timezone", "Asia/Kathmandu")])).file
            ),
            (
                "another time zone, as a workbook", ["timezone": "America/New_York", "format": "xlsx"],
                try export(Self.report([("timezone", "America/New_York"), ("format", "xlsx")])).file
            ),
            (
                "fewer columns in another order", ["columns": ["amount", "created_at", "delivery_code"]],
                try export(
                    Self.report([
                        ("columns", ["amount", "created_at", "delivery_code"]), ("relationFields", nil),
                        ("headings", ["amount": "Sum"]),
                    ])
                ).file
            ),
        ]
        #expect(original.file.count > 500)
        #expect(try stage.rows("select from report_export_jobs where rows_path is null").isEmpty)
        try Self.change(stage)
        let fresh = try export(Self.report())
        #expect(fresh.file != original.file, "the source has changed")

        for (what, made) in originals {
            let again = try ReexportTests.rendered(made.id, [:], client)
            #expect(again.reexport["data"] == "historical", "\(what)")
            #expect(again.file == made.file, "\(what) is the same again")
        }
        for (what, params, file) in otherwise {
            let again = try ReexportTests.rendered(original.id, params, client)
            #expect(again.reexport["data"] == "historical" && again.file == file, "\(what)")
        }
        // Said with its own values, the report is the report; and a re-export can be rendered again itself.
        let said = try ReexportTests.rendered(
            originals[3].made.id,
            ["format": "csv", "include_annexes": true, "locale": "nb-NO", "timezone": "Europe/Oslo"],
            client)
        #expect(said.file == originals[3].made.file)
        let narrowed = try ReexportTests.rendered(original.id, ["columns": ["note", "amount"]], client)
        let narrowedID = try #require(
            UUID(ulid: String((narrowed.reexport["reexport_id"]?.string ?? "").dropFirst(6)))
        ).description
        let twice = try ReexportTests.rendered(narrowedID, [:], client)
        #expect(twice.file == narrowed.file && twice.reexport["data"] == "historical")

        // Without the tables: the rows and their description are all it takes.
        try stage.rows("alter table delivery_orders rename to gone_orders", on: .sourceOwner)
        #expect(try ReexportTests.rendered(original.id, ["format": "xlsx"], client).file == originals[2].made.file)
    }

    /// Offsets of seconds, negative summer time, days left out, rules far ahead and clocks before there were zones: the
    /// time zone data of this host say what PostgreSQL's say.
    @Test func `in any zone a re-export says what the server would have said`() throws {
        let stage = try Stage(["DEMO_ROWS": "20000"])
        defer { stage.stop() }
        try stage.rows(
            """
            select setseed(0.5);
            update delivery_orders set customer_id = '00000000-0000-4000-8000-000000000002',
                created_at = timestamptz '1835-01-01' + random() * interval '285 years'
            where id in (select id from delivery_orders where tenant_id = '\(stage.tenant)' order by id limit 4000);
            update delivery_orders set created_at = 'infinity' where delivery_code = 'DEL-BLANK';
            update delivery_orders set created_at = '0044-03-15 12:00:00.5 BC' where delivery_code = 'DEL-NULL';
            """, on: .sourceOwner)
        let request = Self.report([
            ("columns", ["created_at", "delivery_code"]), ("relationFields", nil), ("headings", nil),
        ])
        let original = try stage.client.export(request.setting("timezone", to: "UTC"))
        let id = original.job["id"]?.string ?? ""
        for zone in [
            "Europe/Oslo", "Europe/Amsterdam", "Europe/Dublin", "America/New_York", "America/Caracas", "Asia/Kolkata",
            "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Monrovia",
            "Africa/Casablanca", "Antarctica/Troll", "Asia/Pyongyang", "Asia/Tehran", "Etc/GMT+12",
        ] {
            let fresh = try stage.client.export(request.setting("timezone", to: .string(zone)))
            let again = try ReexportTests.rendered(id, ["timezone": .string(zone)], stage.client)
            #expect(again.reexport["data"] == "historical" && again.file == fresh.file, "\(zone)")
            #expect(fresh.file != original.file || zone == "UTC")
        }
    }

    /// Rows enough for parts, which write what is kept beside what they make; one part of each export is killed on the
    /// way.
    @Test(.overFolder, arguments: [("csv", "none"), ("csv", "gzip"), ("xlsx", "none")])
    func `a report that was made in parts is kept in parts and is the same again`(
        format: String, compression: String
    ) throws {
        let stage = try Stage(["PENSTOCK_WORKERS": "3", "DEMO_ROWS": "60000", "PENSTOCK_PARTS_FROM_ROWS": "20000"])
        defer { stage.stop() }
        var request = Self.large.setting("format", to: .string(format))
        if format == "csv" { request = request.setting("compression", to: .string(compression)) }
        let id = try stage.client.create(request)["id"]?.string ?? ""
        let killed = eventually(within: 30) {
            stage.children(named: "dispatcher").contains { dispatcher in
                stage.children(named: "export", of: dispatcher).contains { conductor in
                    stage.children(named: "part", of: conductor).last.map { kill($0, SIGKILL) == 0 } == true
                }
            }
        }
        #expect(killed)
        let job = try stage.client.job(id, reaching: "ready", within: 120)
        #expect((job["metadata"]?["parts"]?.int ?? 0) > 1)
        let again = try ReexportTests.rendered(id, [:], stage.client)
        #expect(again.reexport["data"] == "historical")
        #expect(try again.file == stage.client.file(id).body)
        let attempts = try stage.value("select attempts from report_export_jobs where id = '\(id)'")
        #expect(attempts == "1", "the job itself ran once")
    }

    @Test(.overFolder)
    func `a worker that is killed in the middle of a re-export is replaced, and the file is the same`() throws {
        let stage = try Stage(["PENSTOCK_WORKERS": "1", "DEMO_ROWS": "220000"])
        defer { stage.stop() }
        let report = try stage.client.export(Self.large).job["id"]?.string ?? ""
        let whole = try ReexportTests.rendered(report, ["format": "xlsx"], stage.client)
        let id = try ReexportTests.create(report, ["format": "xlsx"], stage.client)["reexport_id"]?.string ?? ""
        let uuid = try #require(UUID(ulid: String(id.dropFirst(6)))).description
        let killed = try eventually(within: 30) {
            guard (try stage.client.job(uuid)["progress"]?["done"]?.int ?? 0) > 0 else { return false }
            return stage.children(named: "dispatcher").contains { dispatcher in
                stage.children(named: "export", of: dispatcher).contains { kill($0, SIGKILL) == 0 }
            }
        }
        #expect(killed)
        _ = try ReexportTests.completed(id, stage.client)
        #expect(try stage.client.file(uuid).body == whole.file)
        #expect(try stage.value("select attempts from report_export_jobs where id = '\(uuid)'") == "2")
        let left = try Shell.output(["find", "\(stage.state)/storage", "-name", "*\(uuid).1[.-]*"])
        #expect(left.isEmpty, "nothing is left of the first attempt")
    }

    @Test(.overFolder) func `rows outlive their file, and when their own time is over the request runs again`() throws {
        let stage = try Stage(["PENSTOCK_LINK_SECONDS": "1", "DEMO_ROWS": "20000"])
        defer { stage.stop() }
        let client = stage.client
        let original = try client.export(Self.report())
        let id = original.job["id"]?.string ?? ""
        let row = try stage.rows(
            """
            select stored_path, rows_path, rows_size, encode(rows_sha256, 'hex'),
                round(extract(epoch from rows_expire_at - completed_at)) from report_export_jobs where id = '\(id)'
            """)[0]
        let (file, kept) = ("\(stage.state)/storage/\(row[0] ?? "")", "\(stage.state)/storage/\(row[1] ?? "")")
        #expect(
            row[1]?.contains("/\(id).1-") == true && row[1]?.hasSuffix(".rows.gz") == true && row[4] == "2592000",
            "as its catalog says")
        #expect(try String(decoding: Shell.output(["stat", "-c", "%s", kept]), as: UTF8.self) == "\(row[2] ?? "")\n")
        #expect(try String(decoding: Shell.output(["sha256sum", kept]), as: UTF8.self).hasPrefix(row[3] ?? "-"))
        let lines = try Shell.output(["zcat", kept]).count { $0 == UInt8(ascii: "\n") }
        #expect(lines == 1 + (original.job["rowCount"]?.int ?? 0))

        // The file goes at the end of its time; the rows stay.
        try stage.rows("update report_export_jobs set expires_at = clock_timestamp() - interval '1 hour'")
        stage.keepHouse()
        #expect(try eventually(within: 45) { try Shell.run(["test", "-e", file]).status != 0 })
        #expect(try Shell.run(["test", "-s", kept]).status == 0)
        let again = try ReexportTests.rendered(id, [:], client)
        #expect(again.reexport["data"] == "historical" && again.file == original.file)

        try Self.change(stage)
        try stage.rows(
            "update report_export_jobs set rows_expire_at = clock_timestamp() - interval '1 hour' where id = '\(id)'")
        stage.keepHouse()
        #expect(try eventually(within: 45) { try Shell.run(["test", "-e", kept]).status != 0 })
        let current = try ReexportTests.rendered(id, ["timezone": "Asia/Tokyo"], client)
        #expect(current.reexport["data"] == "current" && current.file != original.file)
        let fresh = try client.export(Self.report([("timezone", "Asia/Tokyo")]))
        #expect(current.file == fresh.file)
    }

    @Test func `a catalog that keeps no rows has its request run again, in the period's own zone`() throws {
        let stage = try Stage.shared
        let request: JSON = [
            "module": "warehouse", "catalog": "inventory-stock", "format": "csv", "timezone": "Pacific/Auckland",
            "dateRange": ["from": "2026-05-02", "to": "2026-05-02"],
        ]
        let original = try stage.client.export(request)
        let again = try ReexportTests.rendered(
            original.job["id"]?.string ?? "", ["timezone": "UTC"], stage.client)
        #expect(again.reexport["data"] == "current")
        let uuid = try #require(UUID(ulid: String((again.reexport["reexport_id"]?.string ?? "").dropFirst(6))))
        #expect(try stage.client.job(uuid.description)["rowCount"] == original.job["rowCount"])
        let same = try ReexportTests.rendered(original.job["id"]?.string ?? "", [:], stage.client)
        #expect(same.file == original.file)
    }

    @Test(.overFolder) func `kept rows that were lost or changed on the storage are never rendered`() throws {
        let stage = try Stage(["DEMO_ROWS": "20000"])
        defer { stage.stop() }
        let id = try stage.client.export(Self.report()).job["id"]?.string ?? ""
        let kept = "\(stage.state)/storage/\(try stage.value("select rows_path from report_export_jobs") ?? "")"
        // A byte in the middle, the length unchanged: only the digest tells.
        _ = try Shell.output(["bash", "-c", "printf '\\377' | dd of='\(kept)' bs=1 seek=900 conv=notrunc status=none"])
        let damaged = try ReexportTests.create(id, [:], stage.client)
        #expect(damaged["data"] == "historical")
        let path = "\(ReexportTests.path)/\(damaged["reexport_id"]?.string ?? "")"
        #expect(try eventually(within: 20) { try stage.client.get(path).json["status"] == "failed" })
        #expect(try stage.client.get(path).json["error_message"]?.string?.contains("changed on the storage") == true)
        unlink(kept)
        #expect(try ReexportTests.create(id, [:], stage.client)["data"] == "current")
    }
}
