import JSON
import Support
import Testing

/// What a user interface opens with: every report and the caller, and the values of a scope by their names.
@Suite(.waits) struct AllCatalogsTests {
    @Test func `every report of every module is listed, in the caller's language`() throws {
        let stage = try Stage.shared
        let answer = try stage.client.get("/report/catalogs?language=nb").json
        let catalogs = try #require(answer["catalogs"]?.array)
        var listed: [JSON] = []
        for module in ["delivery", "warehouse"] {
            listed += try stage.client.get("/report/catalogs/\(module)").json["catalogs"]?.array ?? []
        }
        #expect(catalogs.map { $0["key"] } == listed.map { $0["key"] } && catalogs.count == 8)
        #expect(Set(catalogs.compactMap { $0["module"]?.string }) == ["delivery", "warehouse"])
        let orders = try #require(catalogs.first { $0["key"] == "delivery-orders" })
        #expect(orders["label"] == "Leveranseordrer" && orders["category"] == "operational")
        #expect(orders["filterKey"] == ["key": "delivery_code", "label": "Leveransekode"])
        #expect(orders["keepsRows"] == true && orders["supportedFormats"] == ["csv", "xlsx"])
        #expect(catalogs.contains { $0["filterKey"] == nil && $0["keepsRows"] == false })
    }

    @Test func `the answer says who is calling and what they may`() throws {
        let stage = try Stage.shared
        let viewer = try stage.client(.bearer(stage["VIEW_TOKEN"])).get("/report/catalogs").json["caller"]
        #expect(
            viewer == [
                "subject": "viewer", "kind": "bearer", "tenant": .string(stage.tenant),
                "tenants": [.string(stage.tenant)], "permissions": ["view:reports"], "isSuperuser": false,
            ])
        let admin = try stage.client(.bearer(stage["ADMIN_TOKEN"])).get("/report/catalogs").json["caller"]
        #expect(admin?["isSuperuser"] == true && admin?["permissions"]?.array?.count == 5)
    }

    @Test func `a caller of several tenants is told them`() throws {
        let stage = try Stage.shared
        let token = try stage.penstock(
            "token", "--subject", "both", "--tenant", stage.tenant, "--tenant", "nordlys-frakt", "--permission",
            "view:reports")
        let both = stage.client(.bearer(String(token.text.dropLast())))
        let reply = try both.get("/report/catalogs")
        #expect(reply.status == 400)
        #expect(try reply.json["tenants"] == [.string(stage.tenant), "nordlys-frakt"])
        let named = try both.get("/report/catalogs?tenant_id=nordlys-frakt").json["caller"]
        #expect(named?["tenant"] == "nordlys-frakt" && named?["tenants"]?.array?.count == 2)
    }

    @Test func `the values of a scope are found by a part of their name, of the tenant's own alone`() throws {
        let stage = try Stage.shared
        let path = "/report/catalogs/delivery/delivery-orders/scopes"
        func values(_ query: String, _ client: Client? = nil) throws -> [JSON] {
            try (client ?? stage.client).get("\(path)/\(query)").json["values"]?.array ?? []
        }
        let zone = try stage.value(
            "select id from zones where tenant_id = '\(stage.tenant)' and name = 'Frogner'", on: .source)
        let frogner: JSON = ["value": .string(zone ?? ""), "label": "Frogner"]
        #expect(try values("zone?search=ROGN") == [frogner])
        #expect(try values("zone?search=\(zone ?? "")") == [frogner])
        #expect(try values("zone?search=\(zone ?? "")", stage.client(.bearer(stage["OTHER_TOKEN"]))).isEmpty)
        for wildcard in ["%25", "_", "%5C", "'"] {
            #expect(try values("zone?search=\(wildcard)").isEmpty, "\(wildcard)")
        }
        // A driver's name stands one table further.
        let drivers = try stage.client.get("\(path)/driver").json
        let names = drivers["values"]?.array?.compactMap { $0["label"]?.string } ?? []
        #expect(names.count == 20 && drivers["more"] == true)
        let following = try values("driver?page=2").compactMap { $0["label"]?.string }
        #expect(!following.isEmpty && (names + following) == (names + following).sorted())
        #expect(try values("driver?page=9999").isEmpty)
        #expect(try stage.client.get("\(path)/driver?page=0").status == 400)
        let first = try stage.value(
            """
            select min(u.full_name) from drivers d join users u on u.id = d.user_id and u.tenant_id = d.tenant_id
            where d.tenant_id = '\(stage.tenant)'
            """, on: .source)
        #expect(names.first == first)
        #expect(try stage.client.get("\(path)/nothing").status == 404)
        #expect(
            try stage.client.get("/report/catalogs/delivery/nothing/scopes/zone").text.contains("catalog_not_found"))
    }

    @Test func `an export shows its request to who asks for it, and to nobody else`() throws {
        let client = try Stage.shared.client
        let request = JobLifeTests.small.setting("timezone", to: "Europe/Oslo")
        let id = try client.export(request).job["id"]?.string ?? ""
        let plain = try client.job(id)
        let whole = try #require(try client.get("/report/exports/\(id)?include=request").json["data"])
        #expect(plain["request"] == nil && plain["requestedBy"] == nil)
        #expect(whole["request"]?["columns"] == request["columns"] && whole["request"]?["timezone"] == "Europe/Oslo")
        #expect(whole["requestedBy"] == "demo" && isTime(whole["expiresAt"]?.string ?? ""))
        let list = try client.get("/report/exports?include=request&catalog=warehouses&limit=100").json
        #expect(list["data"]?.array?.contains(whole) == true)
        #expect(try client.get("/report/exports?include=all").status == 400)
        // Sent again as it is, it is accepted.
        #expect(try client.post("/report/exports", whole["request"] ?? .null).status == 202)
    }

    @Test(arguments: ["csv", "xlsx"]) func `statuses are written by their labels where that is asked`(
        _ format: String
    ) throws {
        let client = try Stage.shared.client
        let request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": .string(format), "statuses": ["in_transit"],
            "columns": ["status", "delivery_code"], "dateRange": ["from": "2026-03-01", "to": "2026-03-02"],
        ]
        let words = request.setting("values", to: "label")
        let preview = try client.post("/report/exports/preview?language=nb", words).json["data"]
        #expect(preview?["rows"]?.array?.isEmpty == false)
        #expect(preview?["rows"]?.array?.allSatisfy { $0["status"] == "underveis" } == true)
        let id = try client.post("/report/exports?language=nb", words).json["data"]?["id"]?.string ?? ""
        let job = try client.job(id, reaching: "ready")
        let keys = try client.export(request)
        #expect(job["rowCount"] == keys.job["rowCount"])
        guard format == "csv" else { return }
        let named = CSVText(try client.file(id).body).records.dropFirst().map { $0.map(\.text) }
        let bare = CSVText(keys.file).records.dropFirst().map { $0.map(\.text) }
        #expect(named.allSatisfy { $0[0] == "underveis" } && bare.allSatisfy { $0[0] == "in_transit" })
        #expect(named.map { $0[1] } == bare.map { $0[1] })
    }

    @Test func `columns are called what the request calls them, in previews and files`() throws {
        let client = try Stage.shared.client
        let request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv",
            "columns": ["status", "delivery_code"],
            "dateRange": ["from": "2026-03-01", "to": "2026-03-01"], "headings": ["delivery_code": "Code, ours"],
        ]
        let preview = try client.post("/report/exports/preview?language=nb", request).json["data"]
        #expect(preview?["columns"]?.array?.map { $0["label"] } == ["Status", "Code, ours"])
        #expect(preview?["columns"]?.array?.map { $0["key"] } == ["status", "delivery_code"])
        let file = try client.export(request)
        #expect(CSVText(file.file).records[0].map(\.text) == ["Status", "Code, ours"])
        let kept = try client.get("/report/exports/\(file.job["id"]?.string ?? "")?include=request").json["data"]
        #expect(kept?["request"]?["headings"] == request["headings"])
        // Where a header has keys it has them still.
        let keys = try client.export(request.setting("csv", to: ["header": "key"]))
        #expect(CSVText(keys.file).records[0].map(\.text) == ["status", "delivery_code"])
        let lines = NDJSONTests.request("jsonl")
        let named = try client.export(lines.setting("headings", to: ["created_at": "When"]))
        #expect(named.file == (try client.export(lines)).file)
    }

    @Test func `a schedule shows its next five due times`() throws {
        let client = try Stage.shared.client
        let id = try client.post("/report/schedules", ScheduleTests.body()).json["data"]?["id"]?.string ?? ""
        let shown = try client.get("/report/schedules/\(id)?include=upcoming").json["data"]
        let due = shown?["upcoming"]?.array?.compactMap(\.string) ?? []
        #expect(due.count == 5 && due.first == shown?["nextDueAt"]?.string && due == due.sorted())
        _ = try client.send("DELETE", "/report/schedules/\(id)")
    }
}
