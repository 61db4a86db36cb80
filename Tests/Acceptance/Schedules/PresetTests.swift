import HTTP
import JSON
import Posix
import Support
import Testing

/// Saved requests over the API: who sees, changes and removes them, and what a schedule makes of one.
@Suite(.waits) struct PresetTests {
    static func body(_ members: [(String, JSON)] = [], request: [(String, JSON)] = []) -> JSON {
        var object: JSON.Object = ["name": "Delivered last month"]
        var wanted: JSON.Object = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv", "period": "previous_month",
            "timezone": "Europe/Oslo", "columns": ["delivery_code", "status"],
        ]
        for (key, value) in request { wanted[key] = value.isNull ? nil : value }
        object["request"] = .object(wanted)
        for (key, value) in members { object[key] = value.isNull ? nil : value }
        return .object(object)
    }

    private func create(_ body: JSON, _ client: any APIClient) throws -> JSON {
        let reply = try client.post("/report/presets", body)
        guard reply.status == 201, let data = try reply.json["data"] else {
            throw Unmet("create answered \(reply.status): \(reply.text)")
        }
        return data
    }

    private func change(_ id: String, _ patch: JSON, _ client: any APIClient) throws -> Reply {
        try client.send(
            "PATCH", "/report/presets/\(id)", [("Content-Type", "application/json")], body: patch.serialized)
    }

    @Test(arguments: Depth.allCases)
    func `a request is saved, read, listed, changed and removed`(at depth: Depth) throws {
        let client = try depth.shared.api
        let reply = try client.post("/report/presets", Self.body())
        #expect(reply.status == 201)
        let made = try #require(try reply.json["data"])
        let id = try #require(made["id"]?.string)
        #expect(reply["Location"]?.hasSuffix("/report/presets/\(id)") == true)
        #expect(made["createdBy"] == "demo" && made["shared"] == false && made["mayChange"] == true)
        let request = try #require(made["request"])
        #expect(request["period"] == "previous_month" && request["dateRange"] == nil)
        #expect(request["timezone"] == "Europe/Oslo")
        #expect(try client.get("/report/presets/\(id)").json["data"] == made)
        let list = try client.get("/report/presets?module=delivery&catalog=delivery-orders&limit=100").json
        #expect(list["data"]?.array?.contains(made) == true && (list["total"]?.int ?? 0) > 0)
        #expect(try client.get("/report/presets?catalog=none").json["total"] == 0)

        let renamed = try change(id, ["name": "Delivered", "shared": true], client).json["data"]
        #expect(renamed?["name"] == "Delivered" && renamed?["shared"] == true && renamed?["request"] == request)
        let days: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": "xlsx", "columns": ["delivery_code"],
            "dateRange": ["from": "2026-01-01", "to": "2026-01-31"],
        ]
        let ranged = try change(id, ["request": days], client).json["data"]?["request"]
        #expect(ranged?["dateRange"] == days["dateRange"] && ranged?["period"] == nil && ranged?["format"] == "xlsx")

        #expect(try client.send("DELETE", "/report/presets/\(id)").status == 204)
        #expect(try client.get("/report/presets/\(id)").status == 404)
        #expect(try client.send("DELETE", "/report/presets/\(id)").status == 404)
        #expect(try change(id, ["name": "Gone"], client).status == 404)
    }

    @Test(arguments: Depth.allCases)
    func `what is not shared is seen by its owner alone, and a shared one changed by its owner or a superuser`(
        at depth: Depth
    ) throws {
        let service = try depth.shared
        let (owner, viewer) = (service.api, service.api(.bearer(service["VIEW_TOKEN"])))
        let (admin, other) = (
            service.api(.bearer(service["ADMIN_TOKEN"])), service.api(.bearer(service["OTHER_TOKEN"]))
        )
        let id = try #require(try create(Self.body(), owner)["id"]?.string)
        let path = "/report/presets/\(id)"
        let missing = "/report/presets/01900000-0000-7000-8000-000000000001"
        func sees(_ client: any APIClient) throws -> Bool {
            let alone = try client.get(path).status == 200
            let listed = try client.get("/report/presets?limit=100").json["data"]?.array?.contains {
                $0["id"] == .string(id)
            }
            #expect(listed == alone)
            return alone
        }
        for client in [viewer, admin, other] {
            #expect(try !sees(client))
            #expect(try client.get(path).text == client.get(missing).text)
            #expect(try change(id, ["shared": true], client).status == 404)
            #expect(try client.send("DELETE", path).status == 404)
        }
        #expect(try change(id, ["shared": true], owner).status == 200)
        #expect(try sees(viewer) && sees(admin) && !sees(other))
        #expect(try viewer.get(path).json["data"]?["mayChange"] == false)
        #expect(try change(id, ["name": "Mine"], viewer).status == 403)
        #expect(try viewer.send("DELETE", path).status == 403)
        #expect(try other.send("DELETE", path).status == 404)
        let named = try change(id, ["name": "Ours"], admin)
        #expect(try named.status == 200 && named.json["data"]?["createdBy"] == "demo")

        // A viewer keeps requests too, and shares none.
        #expect(try viewer.post("/report/presets", Self.body([("shared", true)])).status == 403)
        let own = try #require(try create(Self.body(), viewer)["id"]?.string)
        #expect(try change(own, ["shared": true], viewer).status == 403)
        #expect(try owner.get("/report/presets/\(own)").status == 404)
        #expect(try viewer.send("DELETE", "/report/presets/\(own)").status == 204)
        #expect(try service.api(.none).get("/report/presets").status == 401)
        #expect(try admin.send("DELETE", path).status == 204)
        #expect(try owner.get(path).status == 404)
    }

    @Test(arguments: Depth.allCases)
    func `what could not be exported is not saved, with every fault at once`(at depth: Depth) throws {
        let client = try depth.shared.api
        func faults(_ body: JSON) throws -> [String] {
            let reply = try client.post("/report/presets", body)
            #expect(reply.status == 400)
            return try reply.json["errors"]?.array?.compactMap { $0["field"]?.string } ?? []
        }
        #expect(
            try faults(
                Self.body(
                    [("name", ""), ("colour", 1)],
                    request: [("columns", ["nope"]), ("filterFile", "a"), ("timezone", "Europe/Atlantis")]))
                == ["name", "request.filterFile", "request.columns", "request.timezone", "colour"])
        #expect(try faults(Self.body(request: [("period", "soon")])) == ["request.period"])
        #expect(
            try faults(Self.body(request: [("dateRange", ["from": "2026-01-01", "to": "2026-01-02"])]))
                == ["request.dateRange"])
        #expect(try faults(["name": "Empty"]) == ["request"])
        #expect(try faults([]) == ["body"])
        let unknown = try client.post("/report/presets", Self.body(request: [("catalog", "nope")]))
        #expect(try unknown.status == 404 && unknown.json["message"] == "catalog_not_found")
    }

    @Test(arguments: Depth.allCases)
    func `a schedule is made of a copy, which no change of the saved request reaches`(at depth: Depth) throws {
        let service = try depth.shared
        let client = service.api
        let id = try #require(try create(Self.body(), client)["id"]?.string)
        var asked: JSON.Object = ["name": "Monthly", "interval": "monthly", "time": "06:30", "dayOfMonth": 1]
        asked["preset"] = .string(id)
        let reply = try client.post("/report/schedules", .object(asked))
        #expect(reply.status == 201, "\(reply.text)")
        let schedule = try #require(try reply.json["data"])
        #expect(schedule["timezone"] == "Europe/Oslo")
        #expect(schedule["request"]?["period"] == "previous_month" && schedule["request"]?["timezone"] == nil)
        #expect(
            try change(id, ["request": Self.body(request: [("columns", ["status"])])["request"] ?? .null], client)
                .status == 200)
        let address = "/report/schedules/\(schedule["id"]?.string ?? "")"
        #expect(try client.get(address).json["data"]?["request"] == schedule["request"])
        let again = try client.send(
            "PATCH", address, [("Content-Type", "application/json")],
            body: JSON.object(["preset": .string(id)]).serialized)
        #expect(try again.json["data"]?["request"]?["columns"] == ["status"])

        asked["request"] = schedule["request"]
        #expect(try client.post("/report/schedules", .object(asked)).json["errors"]?.array?.first?["field"] == "preset")
        asked["request"] = nil
        // Of another tenant, of nobody, and no id at all.
        let other = service.api(.bearer(service["OTHER_TOKEN"]))
        #expect(try other.post("/report/schedules", .object(asked)).status == 404)
        asked["preset"] = "abc"
        #expect(try client.post("/report/schedules", .object(asked)).status == 404)
        // Fixed days do not repeat.
        let days: [(String, JSON)] = [("period", .null), ("dateRange", ["from": "2026-01-01", "to": "2026-01-02"])]
        asked["preset"] = try create(Self.body(request: days), client)["id"]
        let refused = try client.post("/report/schedules", .object(asked)).json["errors"]?.array?.first?["field"]
        #expect(refused == "request.dateRange")
        for path in [address, "/report/presets/\(id)", "/report/presets/\(asked["preset"]?.string ?? "")"] {
            #expect(try client.send("DELETE", path).status == 204)
        }
    }

    @Test func `a caller and a tenant may have so many, and a request sent again saves no second one`() throws {
        let stage = try Stage(["PENSTOCK_CALLER_PRESETS": "2", "PENSTOCK_TENANT_PRESETS": "3"])
        defer { stage.stop() }
        let viewer = stage.client(.bearer(stage["VIEW_TOKEN"]))
        let first = try stage.client.post("/report/presets", Self.body())
        #expect(try first.status == 201 && stage.client.post("/report/presets", Self.body()).status == 201)
        let third = try stage.client.post("/report/presets", Self.body())
        #expect(try third.status == 429 && third.json["message"] == "quota_exceeded" && third["Retry-After"] != nil)
        #expect(try viewer.post("/report/presets", Self.body()).status == 201)
        #expect(try viewer.post("/report/presets", Self.body()).status == 429)
        let id = try first.json["data"]?["id"]?.string ?? ""
        #expect(try stage.client.send("DELETE", "/report/presets/\(id)").status == 204)
        // As nginx sends a request again whose answer was lost: the same id of the request.
        func saved() throws -> String? {
            try stage.value(
                """
                select id from create_preset(gen_random_uuid(), '\(stage.tenant)', 'Twice', false, 'delivery',
                    'delivery-orders', '{}', 'demo', 'the-same-request', 2, 3)
                """)
        }
        #expect(try saved() == saved())
        #expect(try stage.value("select count(*) from report_export_presets where name = 'Twice'") == "1")
        func removed(_ request: String) throws -> String? {
            try stage.value(
                """
                select remove_preset('\(stage.tenant)', id, 'demo', '\(request)') from (
                    select id from report_export_presets where name = 'Twice'
                    union select id from report_removed_schedules where request_id = 'a-removal') p
                """)
        }
        #expect(try removed("a-removal") == "t" && removed("a-removal") == "t" && removed("another") == "f")
    }
}
