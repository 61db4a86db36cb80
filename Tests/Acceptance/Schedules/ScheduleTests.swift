import Glibc
import HTTP
import JSON
import Posix
import Support
import Testing

/// Schedules over the API and the command, and what comes of them when they are due.
@Suite(.waits) struct ScheduleTests {
    private let stage: Stage

    init() throws { stage = try Stage.shared }

    static func body(_ members: [(String, JSON)] = [], request: [(String, JSON)] = []) -> JSON {
        var object: JSON.Object = ["name": "Daily orders", "interval": "daily", "time": "06:30"]
        var wanted: JSON.Object = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv", "period": "previous_day",
            "columns": ["delivery_code", "status"],
        ]
        for (key, value) in request { wanted[key] = value.isNull ? nil : value }
        object["request"] = .object(wanted)
        for (key, value) in members { object[key] = value.isNull ? nil : value }
        return .object(object)
    }

    private func create(_ body: JSON, _ client: (any APIClient)? = nil) throws -> JSON {
        let reply = try (client ?? stage.client).post("/report/schedules", body)
        guard reply.status == 201, let data = try reply.json["data"] else {
            throw Unmet("create answered \(reply.status): \(reply.text)")
        }
        return data
    }

    private func schedule(_ id: String, _ client: (any APIClient)? = nil) throws -> JSON {
        try (client ?? stage.client).get("/report/schedules/\(id)").json["data"] ?? .null
    }

    /// Moves a schedule's due time, and tells the schedulers as any change does.
    private func move(_ id: String, to due: String) throws {
        try stage.psql(
            """
            update report_export_schedules set next_due_at = \(due), fire_at = \(due) where id = '\(id)';
            notify penstock_schedules;
            """)
    }

    private func jobs(of id: String) throws -> [[String?]] {
        try stage.rows(
            """
            select id, state, source, interval, request->'dateRange'->>'from', request->'dateRange'->>'to', requested_by,
                extract(epoch from schedule_due_at)::bigint, request->>'timezone', notify
            from report_export_jobs where schedule_id = '\(id)' order by schedule_due_at
            """)
    }

    @Test(arguments: Depth.allCases)
    func `a schedule is made, read, listed, changed and removed`(at depth: Depth) throws {
        let client = try depth.shared.api
        let reply = try client.post("/report/schedules", Self.body([("timezone", "Europe/Oslo")]))
        #expect(reply.status == 201)
        let made = try #require(try reply.json["data"])
        let id = try #require(made["id"]?.string)
        #expect(reply["Location"]?.hasSuffix("/report/schedules/\(id)") == true)
        #expect(made["enabled"] == true && made["notify"] == false && made["createdBy"] == "demo")
        #expect(made["lastDueAt"] == .null && made["lastError"] == .null)
        #expect(["T04:30:00Z", "T05:30:00Z"].contains(String(made["nextDueAt"]?.string?.suffix(10) ?? "")))
        #expect(try schedule(id, client) == made)
        let list = try client.get("/report/schedules?catalog=delivery-orders&limit=100").json
        #expect(list["data"]?.array?.contains(made) == true && (list["total"]?.int ?? 0) > 0)

        func change(_ patch: JSON) throws -> JSON {
            let reply = try client.send(
                "PATCH", "/report/schedules/\(id)", [("Content-Type", "application/json")], body: patch.serialized)
            #expect(reply.status == 200, "\(reply.text)")
            return try reply.json["data"] ?? .null
        }
        let weekly = try change(["interval": "weekly", "weekday": "monday", "name": "Weekly"])
        #expect(weekly["weekday"] == "monday" && weekly["name"] == "Weekly" && weekly["time"] == "06:30")
        #expect(weekly["request"] == made["request"])
        let resting = try change(["enabled": false])
        #expect(resting["nextDueAt"] == .null && resting["enabled"] == false)
        #expect(try change(["enabled": true])["nextDueAt"] == weekly["nextDueAt"])
        let wrong = try client.send(
            "PATCH", "/report/schedules/\(id)", [("Content-Type", "application/json")],
            body: Array(#"{"interval":"monthly"}"#.utf8))
        #expect(try wrong.status == 400 && wrong.json["errors"]?.array?.first?["field"] == "dayOfMonth")

        #expect(try client.send("DELETE", "/report/schedules/\(id)").status == 204)
        #expect(try client.get("/report/schedules/\(id)").status == 404)
        #expect(try client.send("DELETE", "/report/schedules/\(id)").status == 404)
    }

    @Test(arguments: Depth.allCases)
    func `a caller without the permission, and what does not fit, is refused`(at depth: Depth) throws {
        let service = try depth.shared
        let client = service.api
        let id = try create(Self.body(), client)["id"]?.string ?? ""
        let viewer = service.api(.bearer(service["VIEW_TOKEN"]))
        #expect(try viewer.post("/report/schedules", Self.body()).status == 403)
        #expect(try viewer.get("/report/schedules/\(id)").status == 200)
        #expect(try viewer.send("DELETE", "/report/schedules/\(id)").status == 403)
        #expect(try service.api(.none).get("/report/schedules").status == 401)

        let other = service.api(.bearer(service["OTHER_TOKEN"]))
        let missing = "01900000-0000-7000-8000-000000000001"
        let json = [("Content-Type", "application/json")]
        for method in ["GET", "PATCH", "DELETE"] {
            func send(_ id: String) throws -> Reply {
                try other.send(method, "/report/schedules/\(id)", json, body: Array(#"{"enabled":false}"#.utf8))
            }
            let (theirs, none) = (try send(id), try send(missing))
            #expect(theirs.status == 404 && theirs.body == none.body, "\(method)")
            #expect(try send("abc").status == 404)
        }
        #expect(try other.get("/report/schedules").json["data"]?.array?.contains { $0["id"] == .string(id) } == false)
        #expect(try schedule(id, client)["enabled"] == true)

        let faulty = try client.post(
            "/report/schedules", Self.body([("time", "25:00"), ("colour", 1)], request: [("period", "soon")]))
        let fields = try faulty.json["errors"]?.array?.compactMap { $0["field"]?.string } ?? []
        #expect(faulty.status == 400 && fields == ["time", "request.period", "colour"])
        let unknown = try client.post("/report/schedules", Self.body(request: [("catalog", "nope")]))
        #expect(try unknown.status == 404 && unknown.json["message"] == "catalog_not_found")
        let zone = try client.post("/report/schedules", Self.body([("timezone", "Europe/Atlantis")]))
        #expect(try zone.status == 400 && zone.json["errors"]?.array?.first?["field"] == "timezone")
        #expect(
            try client.send("POST", "/report/schedules", [("Content-Type", "text/plain")], body: []).status == 415
        )
        #expect(try client.send("PUT", "/report/schedules/\(id)", json, body: []).status == 405)
        #expect(try client.send("DELETE", "/report/schedules/\(id)").status == 204)
    }

    @Test func `a due time fires when it comes, and the export covers its period`() throws {
        var (id, job, late) = ("", [String?](), 0.0)
        // Without a clock of its own the scheduler would look every ten seconds: each but the first would be that late.
        for _ in 0..<3 {
            if !id.isEmpty { #expect(try stage.client.send("DELETE", "/report/schedules/\(id)").status == 204) }
            let made = try create(
                Self.body([("timezone", "Pacific/Chatham"), ("notify", true)], request: [("period", "last_3_days")]))
            id = made["id"]?.string ?? ""
            try move(id, to: "date_trunc('second', clock_timestamp()) + interval '1 s'")
            #expect(try eventually(within: 30) { try !jobs(of: id).isEmpty })
            job = try #require(try jobs(of: id).first)
            let one = try stage.value(
                """
                select extract(epoch from requested_at - schedule_due_at) from report_export_jobs
                where id = '\(job[0] ?? "")'
                """)
            let seconds = try #require(Double(one ?? ""))
            #expect(seconds >= 0)
            late += seconds
        }
        #expect(late < 9)
        #expect(
            job[2] == "auto" && job[3] == "daily" && job[6] == "demo" && job[8] == "Pacific/Chatham" && job[9] == "t")
        let days = try stage.rows(
            """
            select (d - 3)::date, (d - 1)::date from (select (to_timestamp(\(job[7] ?? "0")) at time zone 'Pacific/Chatham')::date d) x
            """)
        #expect([job[4], job[5]] == days.first)
        _ = try stage.client.job(job[0] ?? "", reaching: "ready")
        let after = try schedule(id)
        #expect(after["lastExportId"] == .string(job[0] ?? "") && after["lastError"] == .null)
        #expect(
            try stage.value("select next_due_at > clock_timestamp() from report_export_schedules where id = '\(id)'")
                == "t")
        #expect(try stage.client.send("DELETE", "/report/schedules/\(id)").status == 204)
        // The export stays when its schedule goes.
        #expect(try stage.client.job(job[0] ?? "")["status"] == "ready")
    }

    @Test func `of due times that were missed the latest runs, once`() throws {
        let id = try create(Self.body())["id"]?.string ?? ""
        try move(
            id,
            to: "date_trunc('day', clock_timestamp() at time zone 'UTC') at time zone 'UTC' - interval '233.5 hours'")
        #expect(try eventually { try !jobs(of: id).isEmpty })
        let due = try stage.value(
            """
            select clock_timestamp() - schedule_due_at between interval '0' and interval '24 h'
                and extract(hour from schedule_due_at at time zone 'UTC') * 60
                    + extract(minute from schedule_due_at at time zone 'UTC') = 390
            from report_export_jobs where schedule_id = '\(id)'
            """)
        #expect(try due == "t" && jobs(of: id).count == 1)
        #expect(try stage.client.send("DELETE", "/report/schedules/\(id)").status == 204)
    }

    @Test func `a request that does not fit its catalog any more is told, and the schedule goes on`() throws {
        let id = try create(Self.body())["id"]?.string ?? ""
        try stage.psql(
            """
            update report_export_schedules set catalog = 'gone',
                request = jsonb_set(request::jsonb, '{catalog}', '"gone"')::json where id = '\(id)'
            """)
        try move(id, to: "clock_timestamp()")
        #expect(try eventually { try schedule(id)["lastError"]?["code"] == "catalog_not_found" })
        #expect(try jobs(of: id).isEmpty)
        #expect(
            try stage.value("select next_due_at > clock_timestamp() from report_export_schedules where id = '\(id)'")
                == "t")
        try stage.psql(
            """
            update report_export_schedules set catalog = 'delivery-orders', request = jsonb_set(jsonb_set(request::jsonb,
                '{catalog}', '"delivery-orders"'), '{columns}', '["no_such"]')::json where id = '\(id)'
            """)
        try move(id, to: "clock_timestamp()")
        #expect(try eventually { try schedule(id)["lastError"]?["code"] == "catalog_changed" })
        #expect(try schedule(id)["lastError"]?["message"]?.string?.contains("no_such") == true)
        #expect(try stage.client.send("DELETE", "/report/schedules/\(id)").status == 204)
    }

    @Test func `a tenant without room keeps its due time until there is some`() throws {
        let tenant = "full-\(UInt32.random(in: 0 ... .max))"
        let token = try stage.penstock(
            "token", "--subject", "full", "--tenant", tenant, "--permission", "view:reports", "--permission",
            "export:reports")
        let client = stage.client(.bearer(String(token.text.dropLast())))
        let id = try create(Self.body(), client)["id"]?.string ?? ""
        try stage.psql(
            """
            begin;
            select count(*) from generate_series(1, 1000) i, create_job(md5(random()::text || i)::uuid, '\(tenant)', 'm', 'c',
                'x', 'csv', 'en', 'full', '{}', sha256(''), null, null, 1000, 3);
            update report_export_jobs set run_after = 'infinity' where tenant_id = '\(tenant)';
            commit;
            """)
        let refused = try client.post("/report/exports", JobLifeTests.small)
        #expect(try refused.status == 429 && refused.json["message"] == "quota_exceeded")
        #expect(refused["RateLimit-Policy"] == "\"queued-exports\";q=1000" && refused["Retry-After"] == "30")
        #expect(refused["RateLimit"] == "\"queued-exports\";r=0;t=30")
        try move(id, to: "date_trunc('second', clock_timestamp())")
        func told() throws -> JSON? { try client.get("/report/schedules/\(id)").json["data"]?["lastError"]?["code"] }
        #expect(try eventually { try told() == "quota_exceeded" })
        #expect(try jobs(of: id).isEmpty)
        try stage.psql(
            """
            select count(*) from report_export_jobs j, cancel_job(j.tenant_id, j.id) where j.tenant_id = '\(tenant)';
            update report_export_schedules set fire_at = next_due_at where id = '\(id)';
            notify penstock_schedules;
            """)
        #expect(try eventually { try jobs(of: id).count == 1 })
        #expect(try told() == nil)
        #expect(try client.send("DELETE", "/report/schedules/\(id)").status == 204)
    }

    private static func id(_ answer: String) -> Substring? {
        answer.firstRange(of: "\"id\":\"").map { answer[$0.upperBound...].prefix(36) }
    }

    @Test func `nginx's repetition of a create makes no second schedule`() throws {
        let id = "schedule-\(UInt32.random(in: 0 ... .max))"
        let body = Self.body().serialized
        let parameters = [
            ("DOCUMENT_URI", "/report/schedules"), ("REQUEST_METHOD", "POST"), ("CONTENT_TYPE", "application/json"),
            ("HTTP_AUTHORIZATION", "Bearer \(stage["TOKEN"])"), ("PENSTOCK_REQUEST_ID", id),
        ]
        let answers = try (0..<3).map { _ in try FastCGIClient.request(stage, parameters, body: body) }
        let ids = Set(answers.compactMap(Self.id))
        #expect(ids.count == 1)
        #expect(try stage.value("select count(*) from report_export_schedules where request_id = '\(id)'") == "1")
        for id in ids { #expect(try stage.client.send("DELETE", "/report/schedules/\(id)").status == 204) }
    }
}
