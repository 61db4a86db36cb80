import JSON
import Support
import Testing

/// Every row of a file against what PostgreSQL says to an independent query, read by python3's csv module.
@Suite(.waits) struct EqualityTests {
    @Test(arguments: IndependentReport.all)
    func `the file of a catalog holds exactly the rows of an independent query, for both tenants`(
        _ report: IndependentReport
    ) throws {
        let stage = try Stage.shared
        for (token, tenant) in [("TOKEN", stage.tenant), ("OTHER_TOKEN", stage.otherTenant)] {
            // The first tenant is the large one: one variant of references will do there.
            let variants = tenant == stage.tenant ? Array(report.variants.prefix(1)) : report.variants
            for chosen in [[]] + variants {
                try compare(report, chosen, stage, stage.client(.bearer(stage[token])), tenant)
            }
        }
    }

    @Test func `the demo has at least two hundred thousand delivery orders and eight catalogs`() throws {
        let stage = try Stage.shared
        let count = try stage.value(
            "select count(*) from delivery_orders where tenant_id = '\(stage.tenant)'", on: .source)
        #expect((count.flatMap { Int($0) } ?? 0) >= 200_000)
        let keys = try ["delivery", "warehouse"].flatMap { module in
            try stage.client.get("/report/catalogs/\(module)").json["catalogs"]?.array ?? []
        }.compactMap { $0["key"]?.string }
        #expect(Set(keys) == Set(IndependentReport.all.map(\.key)))
    }

    @Test func `a date range, statuses and a scope select the same rows as an independent query`() throws {
        let stage = try Stage.shared
        let report = IndependentReport.deliveryOrders
        let zone = try stage.value(
            "select id from zones where tenant_id = '\(stage.tenant)' order by name limit 1", on: .source)
        // Oslo is two hours ahead of UTC in May, one in March before the change on the 29th.
        try compare(
            report, [], stage, stage.client, stage.tenant,
            more: [
                ("dateRange", ["from": "2026-03-28", "to": "2026-05-07"]), ("statuses", ["delivered", "in_transit"]),
                ("scope", ["type": "zone", "values": [.string(zone ?? "")]]), ("timezone", "Europe/Oslo"),
            ],
            condition: """
                t.created_at >= '2026-03-28 00:00:00+01' and t.created_at < '2026-05-08 00:00:00+02'
                and t.status in ('delivered', 'in_transit') and t.zone_id = '\(zone ?? "")'
                """,
            timezone: "Europe/Oslo")
    }

    /// - Parameters:
    ///   - more: further members of the request.
    ///   - condition: what they mean in SQL.
    private func compare(
        _ report: IndependentReport, _ chosen: [IndependentReport.Reference], _ stage: Stage, _ client: Client,
        _ tenant: String, more: [(String, JSON)] = [], condition: String = "true", timezone: String = "UTC"
    ) throws {
        let what: Comment = "\(report.key) of \(tenant) with \(chosen.map(\.referenceField))"
        var request: JSON = [
            "module": .string(report.module), "catalog": .string(report.key), "format": "csv",
            "columns": .array(report.columns.map { .string($0.key) }),
            "relationFields": .array(
                chosen.map {
                    [
                        "field": .string($0.field), "output": "reference_value", "table": .string($0.table),
                        "referenceField": .string($0.referenceField),
                    ]
                }),
        ]
        for (name, value) in more { request = request.setting(name, to: value) }
        let id = try client.create(request)["id"]?.string ?? ""
        let job = try client.job(id, reaching: "ready", within: 120)
        let input: JSON = [
            "link": .string("\(stage["URL"])\(try client.link(id))"), "database": .string(stage["SOURCE_URL"]),
            "query": .string(report.query(tenant: tenant, chosen: chosen, where: condition)),
            "guarded": .array(report.guarded(chosen: chosen).map { .int($0) }), "timezone": .string(timezone),
        ]
        let output = try Shell.output(["python3", "-c", Self.script], input: input.serialized, within: 120)
        let result = try JSON.parse(output, limits: .stored)
        guard result["difference"] == .some(.null) else {
            Issue.record("\(what): \(result["difference"]?.string ?? "")")
            return
        }
        #expect(try result["header"] == .array(labels(report, client)), what)
        let rows = result["rows"]
        #expect((rows?.int ?? 0) > 0, what)
        #expect(job["rowCount"] == rows, what)
        #expect(job["progress"] == ["total": rows ?? nil, "done": rows ?? nil], what)
        #expect(job["metadata"]?["rows"] == rows, what)
        #expect(job["metadata"]?["formulasNeutralised"] == result["neutralised"], what)
        #expect(job["fileSizeBytes"] == result["size"], what)
        #expect(job["metadata"]?["sha256"] == result["sha256"], what)
    }

    private func labels(_ report: IndependentReport, _ client: Client) throws -> [JSON] {
        let catalogs = try client.get("/report/catalogs/\(report.module)").json["catalogs"]?.array ?? []
        let columns = catalogs.first { $0["key"] == .string(report.key) }?["columns"]?.array ?? []
        #expect(columns.compactMap { $0["key"]?.string } == report.columns.map(\.key))
        return columns.compactMap { $0["label"] }
    }

    /// Reads {link, database, query, guarded, timezone}; prints {rows, size, sha256, header, neutralised, difference}.
    private static let script = """
        import csv, hashlib, itertools, json, os, subprocess, sys, tempfile, urllib.request
        csv.field_size_limit(1 << 30)
        given = json.load(sys.stdin)
        file = tempfile.TemporaryFile()
        digest, size = hashlib.sha256(), 0
        with urllib.request.urlopen(given['link']) as answer:
            while piece := answer.read(1 << 20):
                digest.update(piece); size += len(piece); file.write(piece)
        file.seek(0)
        expected = tempfile.TemporaryFile()
        subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', given['database'],
            '-c', "set timezone to '%s'" % given['timezone'],
            '-c', 'copy (' + given['query'] + ') to stdout (format csv)'], stdout=expected, check=True)
        expected.seek(0)
        # Also the full-width signs, which spreadsheets take for the plain ones.
        signs = tuple('=+-@\\t\\r\\n\\uFF1D\\uFF0B\\uFF0D\\uFF20')
        def reader(binary):
            return csv.reader(open(os.dup(binary.fileno()), encoding='utf-8', newline=''))
        rows, neutralised, difference = 0, 0, None
        mine, theirs = reader(file), reader(expected)
        header = next(mine)
        for row, wanted in itertools.zip_longest(mine, theirs):
            if wanted is not None:
                for at in given['guarded']:
                    if wanted[at][:1] in signs and wanted[at]:
                        wanted[at] = "'" + wanted[at]; neutralised += 1
            if row != wanted:
                difference = 'row %d is %.2000r, not %.2000r' % (rows + 1, row, wanted); break
            rows += 1
        print(json.dumps(dict(rows=rows, size=size, sha256=digest.hexdigest(), header=header,
            neutralised=neutralised, difference=difference)))
        """
}
