import JSON
import Posix
import Support
import Testing

/// Catalogs that callers see differently: by permission, and by rows of their own.
@Suite(.waits) struct CatalogAccessTests {
    private static let orders = """
        module: delivery
        key: delivery-orders
        category: operational
        label: Orders
        table: public.delivery_orders
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: uuid }
        rows: [{ column: driver_id, type: uuid, claim: driver_id, unless: "view:all-orders" }]
        scopes: [{ type: driver, label: Driver, column: driver_id, valueType: uuid }]
        relations:
          drivers: { table: public.drivers, key: id, tenantColumn: tenant_id }
          users: { table: public.users, key: id, tenantColumn: tenant_id, permission: "view:customers" }
        columns:
          - { key: delivery_code, label: Code, type: string, default: true }
          - { key: amount, label: Amount, type: number, column: price, default: true, permission: "view:prices" }
          - key: customer_id
            label: Customer
            type: uuid
            relationOptions:
              - { output: id, label: Number }
              - { output: reference_value, label: Name, table: users, referenceField: full_name }
          - key: driver_id
            label: Driver
            type: uuid
            relationOptions:
              - { output: reference_value, label: Vehicle, table: drivers, referenceField: vehicle }
        filterKey: delivery_code
        keepRows: 1d

        """
    private static let assignments = """
        module: payroll
        key: assignments
        category: operational
        label: Assignments
        table: public.driver_assignments
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: uuid }
        permission: "view:payroll"
        columns: [{ key: payout, label: Payout, type: number, default: true }]

        """

    private static let zones = """
        module: delivery
        key: zones
        category: operational
        label: Zones
        table: public.zones
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: uuid }
        columns: [{ key: name, label: Name, type: string, default: true }]

        """

    /// A stage over these three, a driver of it with some orders, and how many these are.
    private struct Depot {
        let stage: Stage
        let driver: String
        let orders: Int
        let files: CatalogFiles

        init() throws {
            files = try CatalogFiles([
                "orders.yaml": CatalogAccessTests.orders, "assignments.yaml": CatalogAccessTests.assignments,
                "zones.yaml": CatalogAccessTests.zones,
            ])
            stage = try Stage(["PENSTOCK_CATALOGS": files.folder])
            let busiest = try stage.rows(
                """
                select driver_id, count(*) from delivery_orders
                where tenant_id = '\(stage.tenant)' and driver_id is not null group by 1 order by 2 desc limit 1
                """, on: .source)
            driver = busiest.first?[0] ?? ""
            orders = busiest.first?[1].flatMap { Int($0) } ?? 0
            try #require(orders > 0)
        }

        func client(_ subject: String, _ permissions: [String] = [], claims: [String] = []) throws -> Client {
            let arguments =
                ["token", "--subject", subject, "--tenant", stage.tenant]
                + (["view:reports", "export:reports"] + permissions).flatMap { ["--permission", $0] }
                + claims.flatMap { ["--claim", $0] }
            let token = try stage.penstock(arguments)
            guard token.status == 0 else { throw Unmet("no token: \(token.errors)") }
            return stage.client(.bearer(String(token.text.dropLast())))
        }

        var chief: Client {
            get throws { try client("chief", ["view:prices", "view:all-orders", "view:customers", "view:payroll"]) }
        }
        var own: Client { get throws { try client("dan", claims: ["driver_id=\(driver)"]) } }
    }

    private static func request(_ members: [(String, JSON)] = []) -> JSON {
        var request: JSON.Object = ["module": "delivery", "catalog": "delivery-orders", "format": "csv"]
        for (name, value) in members { request[name] = value }
        return .object(request)
    }

    @Test func `who may not see a catalog, a column or a relation is told of none, on any surface`() throws {
        let depot = try Depot()
        defer { depot.stage.stop() }
        let (chief, own, nobody) = (try depot.chief, try depot.own, try depot.client("eve"))
        func listed(_ client: Client) throws -> [String] {
            let all = try client.get("/report/catalogs").json["catalogs"]?.array ?? []
            return all.compactMap { $0["key"]?.string }.sorted()
        }
        #expect(try listed(chief) == ["assignments", "delivery-orders", "zones"])
        #expect(try listed(own) == ["delivery-orders", "zones"] && listed(nobody) == ["zones"])
        #expect(try own.get("/report/catalogs/payroll").status == 404)
        let described = try own.get("/report/catalogs/delivery").text
        #expect(!described.contains("amount") && !described.contains("full_name"))
        #expect(try chief.get("/report/catalogs/delivery").text.contains("full_name"))
        let drivers = try own.get("/report/catalogs/delivery/delivery-orders/scopes/driver").json["values"]?.array
        #expect(drivers?.compactMap { $0["value"]?.string } == [depot.driver])

        /// Whether a body is refused as one with a name that nothing has.
        func isUnknown(_ path: String, _ client: Client, _ body: (JSON) -> JSON, _ hidden: String) throws -> Bool {
            let refused = try client.post(path, body(.string(hidden)))
            let unknown = try client.post(path, body("nothing"))
            #expect((400...404).contains(refused.status), "\(path): \(refused.text)")
            return refused.status == unknown.status && refused.text.replacing(hidden, with: "nothing") == unknown.text
        }
        for path in ["/report/exports", "/report/exports/preview"] {
            #expect(try isUnknown(path, own, { Self.request([("columns", [$0])]) }, "amount"))
            #expect(try isUnknown(path, own, { Self.request([("sort", [["field": $0]])]) }, "amount"))
            #expect(
                try isUnknown(
                    path, own,
                    {
                        let field: JSON = [
                            "field": "customer_id", "output": "reference_value", "table": $0,
                            "referenceField": "full_name",
                        ]
                        return Self.request([("columns", ["customer_id"]), ("relationFields", [field])])
                    }, "users"))
            #expect(
                try isUnknown(
                    path, own, { ["module": "payroll", "catalog": $0, "format": "csv"] }, "assignments"))
            #expect(
                try nobody.post(path, Self.request()).text.replacing("delivery-orders", with: "nothing")
                    == nobody.post(path, Self.request([("catalog", "nothing")])).text)
        }
        #expect(
            try isUnknown(
                "/api/v1/exports", own,
                { ["report_type": "delivery_orders_csv", "index_params": ["columns": [$0]]] }, "amount"))
        #expect(
            try isUnknown(
                "/api/v1/exports", own,
                { ["report_type": "delivery_orders_csv", "index_params": ["sort": [$0]]] }, "amount"))
        #expect(try isUnknown("/api/v1/exports", own, { ["report_type": $0] }, "assignments_csv"))
        #expect(
            try isUnknown(
                "/report/schedules", own,
                { column in
                    ScheduleTests.body(request: [("columns", [column]), ("period", nil)])
                }, "amount"))
    }

    @Test func `a driver exports his own orders, and a file is for those who may have all that is in it`() throws {
        let depot = try Depot()
        defer { depot.stage.stop() }
        let (chief, own) = (try depot.chief, try depot.own)
        let mine = try own.export(Self.request())
        #expect(mine.job["rowCount"] == .int(depot.orders))
        #expect(String(decoding: mine.file.prefix(6), as: UTF8.self) == "Code\r\n")
        let shown = try own.post("/report/exports/preview", Self.request([("columns", ["driver_id"])])).json["data"]
        #expect(shown?["totalRows"] == .int(depot.orders))
        #expect(shown?["rows"]?.array?.allSatisfy { $0["driver_id"] == .string(depot.driver) } == true)
        // Another's rows cannot be asked for.
        let other = try own.post(
            "/report/exports/preview",
            Self.request([("scope", ["type": "driver", "values": ["00000000-0000-0000-0000-000000000000"]])]))
        #expect(try other.json["data"]?["totalRows"] == 0)

        let whole = try chief.export(Self.request([("columns", ["delivery_code", "amount"])])).job
        #expect((whole["rowCount"]?.int ?? 0) > depot.orders)
        let id = whole["id"]?.string ?? ""
        let seen = try own.get("/report/exports/\(id)?include=request").json["data"]
        #expect(seen?["status"] == "ready" && seen?["request"] == nil && seen?["metadata"] == .null)
        #expect(try own.get("/report/exports/\(id)/download").status == 404)
        #expect(
            try depot.stage.value(
                "select outcome from report_download_audit where job_id = '\(id)' and subject = 'dan'") == "hidden")
        let reports = try own.get("/b/api/v1/reports").json["results"]?.array ?? []
        let report = try #require(
            reports.first { $0["sha256"] == whole["sha256"] || $0["row_count"] == whole["rowCount"] })
        let url = report["download_action"]?["url"]?.string ?? ""
        let path = try #require(url.firstRange(of: "/b/api").map { String(url[$0.lowerBound...]) })
        #expect(try own.get(path).status == 404 && chief.get(path).status == 200)
        func reexport(_ client: Client, _ id: String, _ columns: JSON) throws -> Reply {
            try client.post(
                "/api/v1/report-reexports",
                ["report_id": .string(id), "export_params": ["format": "jsonl", "columns": columns]])
        }
        #expect(try reexport(own, id, ["delivery_code"]).status == 404)
        // The chief may have the driver's, and make it again.
        let again = try reexport(chief, mine.job["id"]?.string ?? "", ["delivery_code"])
        #expect(again.status == 202, "\(again.text)")
        #expect(try chief.get("/report/exports/\(mine.job["id"]?.string ?? "")/download").status == 200)
        let other2 = try depot.client("ole", claims: ["driver_id=00000000-0000-0000-0000-000000000000"])
        #expect(try other2.get("/report/exports/\(mine.job["id"]?.string ?? "")/download").status == 404)
        // Each finds his own by the claims of today.
        for (client, status) in [(own, "delivery"), (chief, "delivery")] {
            #expect(try client.get("/api/v1/exports").text.contains(status))
        }
    }

    @Test func `a key's claims choose its rows, and rights that are lost before a job runs end it`() throws {
        let depot = try Depot()
        defer { depot.stage.stop() }
        let made = try depot.stage.penstock(
            "keys", "create", "--tenant", depot.stage.tenant, "--name", "app", "--permission", "view:reports",
            "--permission", "export:reports", "--permission", "view:prices", "--claim", "driver_id=\(depot.driver)")
        try #require(made.status == 0, "\(made.errors)")
        let key = String(made.text.dropLast())
        let app = depot.stage.client(.apiKey(key))
        let done = try app.export(Self.request())
        #expect(done.job["rowCount"] == .int(depot.orders))
        #expect(String(decoding: done.file.prefix(13), as: UTF8.self) == "Code,Amount\r\n")

        // Jobs as they stand in the queue when the key has come to have other rights.
        let prefix = key.split(separator: "_")[1]
        func queued(_ change: String) throws -> JSON {
            try depot.stage.psql("update penstock_api_keys set \(change) where prefix = '\(prefix)'")
            let id = UUID.version7().description
            try depot.stage.psql(
                """
                select create_job('\(id)', j.tenant_id, j.module, j.catalog, j.category, j.format, j.language,
                    j.requested_by, j.request, j.request_hash, null, null, 100, 3, asked_with => j.requested_with,
                    caller_access => j.access)
                from report_export_jobs j where j.id = '\(done.job["id"]?.string ?? "")';
                """)
            var job: JSON = nil
            let isOver = try eventually(within: 120) {
                job =
                    try depot.stage.client(.bearer(depot.stage["ADMIN_TOKEN"])).get(
                        "/report/exports/\(id)?tenant_id=\(depot.stage.tenant)"
                    ).json["data"] ?? nil
                return ["failed", "ready"].contains(job["status"])
            }
            guard isOver else { throw Unmet("the job did not end: \(job)") }
            return job
        }
        #expect(try queued("claims = '{}'")["errorCode"] == "rights_lost")
        #expect(
            try queued("claims = '{\"driver_id\": [\"00000000-0000-0000-0000-000000000000\"]}'")["errorCode"]
                == "rights_lost")
        let lost = try queued(
            "claims = '{\"driver_id\": [\"\(depot.driver)\"]}', permissions = '{view:reports,export:reports}'")
        #expect(lost["errorCode"] == "catalog_changed", "\(lost)")
        #expect(try queued("permissions = permissions || '{view:prices}'")["status"] == "ready")
    }
}
