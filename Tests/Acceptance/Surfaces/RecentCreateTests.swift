import JSON
import Support
import Testing

/// POST /api/v1/exports: a job, or the equal one that there is.
@Suite(.waits) struct RecentCreateTests {
    private static let target = "/api/v1/exports"

    /// A body that no other test sends: its columns stand in an order of their own.
    private func body(_ type: String = "inventory_items_csv") -> JSON {
        let columns = ["name", "sku", "categories", "ean", "unit_cost", "weight_kg", "is_hazardous", "id"].shuffled()
        return ["report_type": .string(type), "index_params": ["columns": .array(columns.map { .string($0) })]]
    }

    @Test func `a request becomes the job that the engine knows, and an equal one gets its report`() throws {
        let stage = try Stage.shared
        let body: JSON = [
            "report_type": "delivery_orders_excel",
            "search_params": [
                "date_from": "2026-05-01", "date_to": "2026-05-02", "statuses": "delivered", "timezone": "Europe/Oslo",
            ],
            "index_params": [
                "columns": ["delivery_code", "driver_id", "created_at"], "sort": ["-created_at", "delivery_code"],
                "relation_fields": [
                    [
                        "field": "driver_id", "output": "reference_value", "table": "drivers",
                        "reference_field": "user.full_name",
                    ]
                ], "locale": "nb-NO",
            ],
        ]
        let reply = try stage.client.post(Self.target, body)
        #expect(reply.status == 202 && reply["Retry-After"] != nil)
        let made = try reply.json
        #expect(made.object?.keys == ["export", "deduped"] && made["deduped"] == false)
        #expect(made["export"]?["status"] == "pending" && reply["Location"] == made["export"]?["status_url"]?.string)
        let serial = made["export"]?["id"]?.int ?? 0
        let id = try stage.value("select id from report_export_jobs where serial = \(serial)") ?? ""
        let wanted = try stage.client.job(id, reaching: "ready")
        #expect(wanted["catalog"] == "delivery-orders" && wanted["format"] == "xlsx")
        let parameters = made["export"]?["parameters"]
        #expect(parameters?["dateRange"]?["from"] == "2026-05-01" && parameters?["dateRange"]?["to"] == "2026-05-02")
        #expect(parameters?["statuses"] == ["delivered"] && parameters?["timezone"] == "Europe/Oslo")
        let sort = parameters?["sort"]?.array?.first
        #expect(sort?["field"] == "created_at" && sort?["direction"] == "desc")
        #expect(parameters?["relationFields"]?.array?.first?["referenceField"] == "user.full_name")

        let again = try stage.client.post(Self.target, body)
        #expect(again.status == 200)
        #expect(try again.json["deduped"] == true && again.json["export"]?["id"]?.int == serial)
        #expect(try again.json["export"]?["download_url"]?.string != nil)
        // Another caller, another language, another request: another job.
        let admin = try stage.client(.bearer(stage["ADMIN_TOKEN"])).post(Self.target, body)
        #expect(try admin.status == 202 && admin.json["export"]?["id"]?.int != serial)
        #expect(try stage.client.post(Self.target + "?language=nb", body).status == 202)
        #expect(
            try stage.client.post(Self.target, body.setting("report_type", to: "delivery_orders_csv")).status == 202)
    }

    @Test func `of many equal requests at once one makes the job, and the others are told of it`() throws {
        let stage = try Stage.shared
        let body: JSON = [
            "report_type": "delivery_orders_csv",
            "index_params": [
                "compression": "gzip",
                "columns": .array(
                    ["delivery_code", "customer_id", "address", "attributes", "created_at", "id"].shuffled().map {
                        .string($0)
                    }),
            ],
        ]
        let exchanges = try (0..<16).map { _ in
            try stage.client.begin("POST", Self.target, [("Content-Type", "application/json")], body: body.serialized)
        }
        let replies = try exchanges.map { try $0.reply() }
        #expect(replies.count { $0.status == 202 } == 1 && replies.count { $0.status == 409 } == 15)
        let serials = Set(try replies.compactMap { try $0.json["export"]?["id"]?.int })
        #expect(serials.count == 1)
        let told = try #require(replies.first { $0.status == 409 })
        #expect(try told.json.object?.keys == ["error", "export"])
        #expect(try told.json["error"]?["code"] == "export_in_progress")
        let serial = serials.first ?? 0
        _ = try stage.client(.bearer(stage["ADMIN_TOKEN"])).send("POST", "/api/v1/exports/\(serial)/set_cancel/")
        // What was cancelled answers for nobody.
        let after = try stage.client.post(Self.target, body)
        #expect(after.status == 202)
        let next = try after.json["export"]?["id"]?.int ?? 0
        _ = try stage.client(.bearer(stage["ADMIN_TOKEN"])).send("POST", "/api/v1/exports/\(next)/set_cancel/")
    }

    @Test func `a finished report answers for ten minutes, and only for data as new as it was`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let body = self.body()
        let made = try stage.client.post(Self.target, body).json["export"]?["id"]?.int ?? 0
        let id = try stage.value("select id from report_export_jobs where serial = \(made)") ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        #expect(try stage.client.post(Self.target, body).json["deduped"] == true)
        // The data gets newer: the catalog's watermark is updated_at.
        let newest =
            try stage.value(
                "select max(updated_at) from inventory_items where tenant_id = '\(stage.tenant)'", on: .source) ?? ""
        let row =
            try stage.value(
                "select id from inventory_items where tenant_id = '\(stage.tenant)' order by id limit 1", on: .source)
            ?? ""
        let before = try stage.value("select updated_at from inventory_items where id = '\(row)'", on: .source) ?? ""
        func touch(_ time: String) throws {
            try stage.rows("update inventory_items set updated_at = \(time) where id = '\(row)'", on: .sourceOwner)
        }
        try touch("timestamptz '\(newest)' + interval '1 second'")
        let other = try stage.client.post(Self.target, body)
        #expect(try other.status == 202 && other.json["export"]?["id"]?.int != made)
        try touch("'\(before)'")
        #expect(try stage.client.post(Self.target, body).json["export"]?["id"]?.int == made)
        try stage.rows(
            "update report_export_jobs set requested_at = requested_at - interval '601 s' where serial = \(made)")
        #expect(try stage.client.post(Self.target, body).status == 202)
    }

    @Test func `a repetition of the very same HTTP request is its own job and no duplicate`() throws {
        let stage = try Stage.shared
        let body = self.body()
        let key = [("Idempotency-Key", "recent-\(UInt32.random(in: 0 ... .max))")]
        let first = try stage.client.post(Self.target, body, key)
        let second = try stage.client.post(Self.target, body, key)
        #expect(first.status == 202 && second.status == 202)
        #expect(try first.json["export"]?["id"] == second.json["export"]?["id"])
        #expect(try stage.client.post(Self.target, self.body(), key).status == 422)
    }

    @Test func `what cannot be made is refused under the names that the client used`() throws {
        let stage = try Stage.shared
        let cases: [(JSON, Int, String)] = [
            ([], 400, "body"), (["report_type": "advertisers_csv"], 404, "report_type_not_found"),
            (["search_params": [:]], 400, "report_type is required"),
            (["report_type": "warehouses_csv", "x": 1], 400, "x: unknown field"),
            (
                ["report_type": "warehouses_csv", "index_params": ["limit": 5]], 400,
                "index_params.limit: unknown field"
            ),
            (
                ["report_type": "warehouses_csv", "index_params": ["columns": ["foo"]]], 400,
                "index_params.columns: unknown column: foo"
            ),
            (["report_type": "warehouses_csv", "index_params": ["sort": ""]], 400, "index_params.sort"),
            (
                [
                    "report_type": "delivery_orders_csv",
                    "search_params": ["date_from": "2026-05-02", "date_to": "2026-05-01"],
                ],
                400, "search_params.date_from must not be after"
            ),
            (
                ["report_type": "delivery_orders_csv", "search_params": ["date_to": "2026-05-01"]], 400,
                "search_params.date_from is required"
            ),
            (
                ["report_type": "delivery_orders_csv", "search_params": ["statuses": ["lost"]]], 400,
                "search_params.statuses: unknown status: lost"
            ),
            (
                ["report_type": "delivery_orders_csv", "search_params": ["driver": "x"]], 400, "search_params.driver"
            ),
            (
                ["report_type": "delivery_orders_csv", "search_params": ["driver": [], "zone": []]], 400,
                "only one scope"
            ),
        ]
        for (body, status, holding) in cases {
            let reply = try stage.client.post(Self.target, body)
            #expect(
                reply.status == status && reply.text.contains(holding), "\(body.text): \(reply.status) \(reply.text)")
            #expect(try reply.json["error"]?.object?.keys == ["code", "message"])
        }
        #expect(try stage.client(.bearer(stage["VIEW_TOKEN"])).post(Self.target, body()).status == 403)
        #expect(try stage.client.send("POST", Self.target, body: Array("{}".utf8)).status == 415)
    }
}
