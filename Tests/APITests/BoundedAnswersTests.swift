import JSON
import Support
import Testing

/// What is bounded so that no caller holds the service up: counts, statements, previews and requests.
@Suite(.waits) struct BoundedAnswersTests {
    private static let lists = [
        "/report/exports", "/b/api/v1/reports", "/api/v1/exports/?format_type=csv", "/api/v1/report-reexports",
    ]
    private static let order: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv", "columns": ["delivery_code"],
    ]

    @Test func `F30 a statement that takes too long is 503 on its surface, asked once, and the session stays`() throws {
        let service = try InProcessService()
        for target in Self.lists { #expect(try service.api.get(target).status == 200) }
        let pid =
            "select pid from pg_stat_activity where datname = current_database() "
            + "and application_name = 'penstock responder'"
        let before = try service.jobsValue(pid)
        _ = try service.jobsValue("create sequence asked")
        // As the server says it; nextval stays when the statement has failed.
        let body = "as $$ begin perform nextval('asked'); raise exception sqlstate '57014'; end $$"
        for (name, parameters) in [
            (
                "count_jobs",
                "tenant text, only_module text, only_catalog text, only_state text, at_most bigint default null, "
                    + "only_removed boolean"
            ),
            (
                "count_records",
                "tenant text, requester text, states text[], only_format text, created_from timestamptz, "
                    + "created_before timestamptz, fields text[], lows bigint[], highs bigint[], at_most bigint"
            ),
            (
                "count_reports",
                "tenant text, created_from timestamptz, created_before timestamptz, only_source text, "
                    + "only_interval text, at_most bigint"
            ),
            ("count_reexports", "tenant text, only_states text[], only_report uuid, at_most bigint"),
        ] {
            _ = try service.jobsValue(
                "create or replace function \(name)(\(parameters) default null) returns bigint "
                    + "language plpgsql \(body)")
        }
        for (number, target) in Self.lists.enumerated() {
            let reply = try service.api.get(target, [("Accept", "application/problem+json")])
            #expect(try reply.status == 503 && reply.json["code"] == "query_timeout", "\(target): \(reply.text)")
            #expect(reply["Retry-After"] == "10" && !reply.text.contains("57014"))
            #expect(try service.jobsValue("select last_value from asked") == "\(number + 1)", "\(target)")
        }
        #expect(try service.jobsValue(pid) == before)
    }

    @Test func `a list counts up to a bound, and says that its total is an estimate beyond it`() throws {
        let service = try InProcessService(["PENSTOCK_EXACT_TOTALS": "100"])
        let id = try service.api.create(Self.order)["id"]?.string ?? ""
        func fill(_ count: Int) throws {
            _ = try service.jobsValue(
                """
                with made as (
                    insert into report_export_jobs (id, tenant_id, module, catalog, category, format, language,
                        requested_by, request, request_hash, reexport_of, reexport_params, reexport_zone, reexport_day)
                    select gen_random_uuid(), tenant_id, module, catalog, category, format, language, requested_by,
                        request, request_hash, id, '{"format": "csv", "include_annexes": false, "locale": null}', 'UTC',
                        current_date
                    from report_export_jobs, generate_series(1, \(count)) where id = '\(id)' returning 1)
                select count(*) from made
                """)
        }
        try fill(99)
        let exact = try service.api.get("/report/exports").json
        #expect(exact["total"] == 100 && exact["totalEstimated"] == nil)
        try fill(400)
        _ = try service.jobsValue("analyze report_export_jobs")
        let list = try service.api.get("/report/exports?limit=100")
        #expect(try list.json["data"]?.array?.count == 100 && list.json["total"] == 500, "\(list.text.suffix(100))")
        let everybody = service.api(.bearer(service["ADMIN_TOKEN"]))
        let all = try everybody.get("/api/v1/exports/?limit=200&offset=400")
        #expect(try all["X-Total-Count"] == "500" && all.json.array?.count == 100, "\(all.text.suffix(100))")
        #expect(all["X-Total-Count-Estimated"] == nil)
        let records = try service.api.get("/api/v1/exports/?limit=200&offset=200&format_type=csv")
        #expect((101...1000).contains(Int(records["X-Total-Count"] ?? "") ?? 0))
        #expect(records["X-Total-Count-Estimated"] == "true")
        #expect(try records.json.array?.allSatisfy { $0["request_fields"] == ["delivery_code"] } == true)
        #expect(records["Link"]?.contains("rel=\"next\"") == true && records["Link"]?.contains("rel=\"last\"") == false)
        let pagination = try service.api.get("/api/v1/report-reexports").json["pagination"]
        #expect(pagination?["total_estimated"] == true && (pagination?["total"]?.int ?? 0) > 100)
    }

    @Test func `I71 a preview shows its rows whatever the count takes`() throws {
        let source = try TemplateDatabase(.source)
        try source.psql(
            """
            insert into warehouses
                (id, tenant_id, name, code, status, city, is_bonded, created_at, updated_at)
                select gen_random_uuid(), tenant_id, name, code || '-2', status, city, is_bonded, created_at, updated_at
                from warehouses;
            alter table warehouses rename to slow_base;
            create function slow(uuid) returns boolean language sql volatile as
                $$ select pg_sleep(0.1) is not null $$;
            create view warehouses as select * from slow_base where slow(id);
            grant select on warehouses, slow_base to penstock_reader;
            """)
        let service = try InProcessService(["PENSTOCK_SOURCE_URL": source.url, "PENSTOCK_PREVIEW_SECONDS": "60"])
        let body: JSON = [
            "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name", "code"],
        ]
        let reply = try service.api.post("/report/exports/preview", body)
        let data = try reply.json["data"]
        #expect(reply.status == 200 && data?["rows"]?.array?.count == 10, "\(reply.text)")
        #expect(data?["totalRowsEstimated"] == true && data?["done"] == false, "\(reply.text.prefix(300))")
        // Without the rows nothing waits for them.
        let guess = try service.api.post("/report/exports/preview?rows=none", body).json["data"]
        #expect(guess?["totalRowsEstimated"] == true && guess?["rows"] == [] && guess?["done"] == false)
    }

    @Test func `the number of rows is to be had alone, and is the preview's`() throws {
        let service = try InProcessService([:])
        func data(_ query: String, _ body: JSON) throws -> JSON? {
            try service.api.post("/report/exports/preview?rows=\(query)", body).json["data"]
        }
        let (shown, counted) = (try data("first", Self.order), try data("none", Self.order))
        #expect(shown?["rows"]?.array?.count == 10 && counted?["rows"] == [])
        #expect(counted?["totalRows"] == shown?["totalRows"] && counted?["totalRows"] != 0)
        #expect(counted?["totalRowsEstimated"] == shown?["totalRowsEstimated"])
        var nothing = try #require(Self.order.object)
        nothing["dateRange"] = ["from": "1999-01-01", "to": "1999-01-01"]
        #expect(try data("none", .object(nothing))?["totalRows"] == 0)
        #expect(try service.api.post("/report/exports/preview?rows=some", Self.order).status == 400)
    }

    @Test func `a preview counts up to a bound`() throws {
        let service = try InProcessService(["PENSTOCK_EXACT_TOTALS": "100"])
        let data = try service.api.post("/report/exports/preview", Self.order).json["data"]
        #expect(data?["totalRowsEstimated"] == true && (data?["totalRows"]?.int ?? 0) > 100)
        #expect(data?["done"] == false && data?["rows"]?.array?.count == 10)
    }
}
