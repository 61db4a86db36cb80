import Formats
import Postgres
import SQLText
import Testing
import Time

@testable import Catalog

/// The whole SQL of several requests, and what is bound.
struct CompilerTests {
    static let zone = RequestDecodingTests.zone

    static func compile(
        _ members: String, tenant: String = "acme", language: String = "en"
    ) throws -> CompiledExport {
        let request = try #require(try RequestDecodingTests.request(members))
        let report = try #require(Samples.ordersReport)
        return try Compiler.compile(request, of: report, tenant: tenant, language: language)
    }

    @Test func `the shortest request`() throws {
        let export = try Self.compile("")
        let rows = export.rows.parameterized
        #expect(
            rows.text == """
                select t."delivery_code", t."status"
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                order by t."created_at" desc, t."id" desc
                """)
        #expect(rows.binds == ["acme"])
        let count = export.count.parameterized
        #expect(
            count.text == """
                select count(*)
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                """)
        #expect(count.binds == ["acme"])
        #expect(
            export.columns == [
                OutputColumn(key: "delivery_code", label: "Delivery Code", type: .string, kind: .text),
                OutputColumn(key: "status", label: "Status", type: .enum, kind: .text),
            ])
    }

    @Test func `the summary counts and sums the numbers alone, over the joins that they need`() throws {
        let plain = try Self.compile(#""columns":["amount","driver_id","status"]"#).summary.parameterized
        #expect(
            plain.text == """
                select count(*), count(t."amount"), sum(t."amount"::text::numeric)
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                """)
        #expect(plain.binds == ["acme"])
        let none = try Self.compile(
            """
            "relationFields":[{"field":"driver_id","output":"reference_value","table":"drivers",
            "referenceField":"user.full_name"}],"columns":["driver_id"]
            """
        ).summary.parameterized
        #expect(
            none.text == """
                select count(*)
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                """)
    }

    @Test func `the days of a period keep their zone when the rows are shown in another`() throws {
        let request = try #require(
            try RequestDecodingTests.request(
                #""dateRange":{"from":"2026-03-01","to":"2026-03-31"},"timezone":"Europe/Oslo""#))
        let report = try #require(Samples.ordersReport)
        let shown = try Compiler.compile(request, of: report, tenant: "acme", language: "en", daysIn: "Asia/Tokyo")
        #expect(shown.rows.parameterized.binds.contains("Asia/Tokyo"))
        #expect(!shown.rows.parameterized.binds.contains("Europe/Oslo"))
    }

    @Test func `a request with everything in it`() throws {
        let export = try Self.compile(
            """
            "dateRange":{"from":"2026-03-01","to":"2026-03-31"},"statuses":["pending","delivered"],
            "scope":{"type":"zone","values":["\(Self.zone)"]},"timezone":"Europe/Oslo",
            "columns":["delivery_code","driver_id","customer","seen_at","amount"],
            "relationFields":[
              {"field":"driver_id","output":"reference_value","table":"drivers","referenceField":"user.full_name"},
              {"field":"customer","output":"reference_value","table":"users","referenceField":"full_name"}],
            "sort":[{"field":"amount"},{"field":"customer","direction":"desc"}]
            """, language: "nb")
        let rows = export.rows.parameterized
        #expect(
            rows.text == """
                select t."delivery_code", r2."full_name", r3."full_name", (t."seen_at" at time zone $1::text), t."amount"
                from "public"."delivery_orders" t
                left join "public"."drivers" r1 on r1."id" = t."driver_id" and r1."tenant_id" = t."tenant_id"
                left join "public"."users" r2 on r2."id" = r1."user_id" and r2."tenant_id" = t."tenant_id"
                left join "public"."users" r3 on r3."id" = t."customer_id"
                where t."tenant_id" = $2
                  and t."created_at" >= least($3::date::timestamp at time zone $4::text, ($5::date::timestamp - interval '1 microsecond') at time zone $6::text + interval '1 microsecond')
                  and t."created_at" < least(($7::date + 1)::timestamp at time zone $8::text, (($9::date + 1)::timestamp - interval '1 microsecond') at time zone $10::text + interval '1 microsecond')
                  and t."status" in ($11, $12)
                  and t."zone_id" in ($13)
                order by t."amount", t."customer_id" desc, t."id" desc
                """)
        let oslo = "Europe/Oslo"
        #expect(
            rows.binds == [
                oslo, "acme", "2026-03-01", oslo, "2026-03-01", oslo, "2026-03-31", oslo, "2026-03-31", oslo, "pending",
                "delivered", Self.zone,
            ])
        #expect(
            export.columns == [
                OutputColumn(key: "delivery_code", label: "Leveringskode", type: .string, kind: .text),
                OutputColumn(
                    key: "driver_id", label: "Driver", type: .uuid, relationOutput: "reference_value", kind: .text),
                OutputColumn(
                    key: "customer", label: "Customer", type: .uuid, relationOutput: "reference_value", kind: .text),
                OutputColumn(key: "seen_at", label: "Seen at", type: .localDatetime, kind: .timestamp),
                OutputColumn(key: "amount", label: "Amount", type: .number, kind: .number),
            ])
        let count = export.count.parameterized
        #expect(
            count.text.hasPrefix("select count(*)\nfrom \"public\".\"delivery_orders\" t\nwhere t.\"tenant_id\" = $1\n")
        )
        #expect(!count.text.contains("join") && !count.text.contains("order by"))
        #expect(count.binds == Array(rows.binds.dropFirst()))
    }

    @Test func `a heading stands in place of the label, whatever the language`() throws {
        let asked = #""columns":["status","delivery_code"],"headings":{"delivery_code":"Kode"}"#
        for language in ["en", "nb"] {
            #expect(try Self.compile(asked, language: language).columns.map(\.label) == ["Status", "Kode"])
        }
    }

    @Test func `statuses by their labels are looked up in the statement, others stay as they are`() throws {
        let export = try Self.compile(#""columns":["status","delivery_code"],"values":"label""#, language: "nb")
        let rows = export.rows.parameterized
        #expect(
            rows.text.hasPrefix(
                #"select case t."status"::text when $1::text then $2::text when $3::text then $4::text "#))
        #expect(rows.text.contains(#"else t."status"::text end, t."delivery_code""#))
        #expect(export.columns.map(\.kind) == [.text, .text])
        #expect(try !Self.compile(#""columns":["status"],"values":"key""#).rows.parameterized.text.contains("case"))
    }

    @Test func `an id that is asked for as an id needs no join`() throws {
        let export = try Self.compile(
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"id"}]"#)
        #expect(
            export.rows.parameterized.text.hasPrefix(
                "select t.\"driver_id\"\nfrom \"public\".\"delivery_orders\" t\nwhere"))
        #expect(export.columns.first?.relationOutput == "id")
    }

    @Test func `a reference value has the kind its option declares`() throws {
        let export = try Self.compile(
            """
            "columns":["driver_id"],"relationFields":[
              {"field":"driver_id","output":"reference_value","table":"drivers","referenceField":"licence_until"}]
            """)
        #expect(export.rows.parameterized.text.hasPrefix("select r1.\"licence_until\"\n"))
        #expect(export.columns.first?.kind == .date)
        #expect(export.columns.first?.type == .uuid)
    }

    @Test func `two columns that lead the same way share a join, two ways to one table do not`() throws {
        let text = Samples.orders.replacing(
            "  - { key: seen_at",
            with: """
                  - key: driver_name
                    column: driver_id
                    label: Name
                    type: uuid
                    relationOptions: [{ output: reference_value, label: N, table: drivers, referenceField: user.full_name }]
                  - key: deputy
                    label: Deputy
                    type: uuid
                    relationOptions: [{ output: reference_value, label: N, table: drivers, referenceField: user.full_name }]
                  - { key: seen_at
                """)
        let (loaded, faults) = Samples.load(text)
        #expect(faults == [])
        let name = ExportRequest.RelationField.Output.referenceValue(table: "drivers", referenceField: "user.full_name")
        let request = ExportRequest(
            module: "delivery", catalog: "delivery-orders", format: .csv,
            columns: ["deputy", "driver_name", "driver_id"],
            relationFields: ["driver_id", "driver_name", "deputy"].map {
                ExportRequest.RelationField(field: $0, output: name)
            })
        let export = try Compiler.compile(request, of: try #require(loaded), tenant: "a", language: "en")
        #expect(
            export.rows.parameterized.text == """
                select r2."full_name", r4."full_name", r4."full_name"
                from "public"."delivery_orders" t
                left join "public"."drivers" r1 on r1."id" = t."deputy" and r1."tenant_id" = t."tenant_id"
                left join "public"."users" r2 on r2."id" = r1."user_id" and r2."tenant_id" = t."tenant_id"
                left join "public"."drivers" r3 on r3."id" = t."driver_id" and r3."tenant_id" = t."tenant_id"
                left join "public"."users" r4 on r4."id" = r3."user_id" and r4."tenant_id" = t."tenant_id"
                where t."tenant_id" = $1
                order by t."created_at" desc, t."id" desc
                """)
    }

    @Test func `without an order of its own a report goes by its unique key`() throws {
        let report = try #require(Samples.itemsReport)
        let request = ExportRequest(module: "warehouse", catalog: "inventory-items", format: .csv, columns: ["sku"])
        let export = try Compiler.compile(request, of: report, tenant: "a", language: "en")
        #expect(
            export.rows.parameterized.text == """
                select t."sku"
                from "items" t
                where t."tenant" = $1
                order by t."sku"
                """)
    }

    @Test func `the unique key in the request's own order is not repeated`() throws {
        let report = try #require(Samples.itemsReport)
        let request = ExportRequest(
            module: "warehouse", catalog: "inventory-items", format: .csv, columns: ["sku"],
            sort: [SortTerm(field: "sku", direction: .desc)])
        let export = try Compiler.compile(request, of: report, tenant: "a", language: "en")
        #expect(export.rows.parameterized.text.hasSuffix("order by t.\"sku\" desc"))
    }

    static func condition(_ field: String, timezone: String) throws -> (text: [String], binds: [String?]) {
        let text = Samples.orders(
            "dateField: { column: created_at, type: datetime,", "dateField: { column: created_at, \(field),")
        let report = try #require(Samples.load(text).report)
        let from = try #require(CivilDate("2026-10-25"))
        let request = ExportRequest(
            module: "delivery", catalog: "delivery-orders", format: .csv, dateRange: DateRange(from: from, to: from),
            columns: ["status"], timezone: timezone)
        let count = try Compiler.compile(request, of: report, tenant: "a", language: "en").count.parameterized
        return (count.text.split(separator: "\n").dropFirst(3).map(String.init), Array(count.binds.dropFirst()))
    }

    @Test func `a date is compared as a date, whatever the zone`() throws {
        let condition = try Self.condition("type: date", timezone: "Europe/Oslo")
        #expect(
            condition.text == [
                #"  and t."created_at" >= $2::date"#,
                #"  and t."created_at" < ($3::date + 1)"#,
            ])
        #expect(condition.binds == ["2026-10-25", "2026-10-25"])
    }

    @Test func `local time in the request's own zone is compared as it is`() throws {
        let condition = try Self.condition("type: localDatetime, zone: Europe/Oslo", timezone: "Europe/Oslo")
        #expect(
            condition.text == [
                #"  and t."created_at" >= $2::date::timestamp"#,
                #"  and t."created_at" < ($3::date + 1)::timestamp"#,
            ])
    }

    @Test func `local time in another zone is compared with the days' instants in that zone`() throws {
        let condition = try Self.condition("type: localDatetime, zone: Asia/Tokyo", timezone: "Europe/Oslo")
        #expect(
            condition.text == [
                #"  and t."created_at" >= least($2::date::timestamp at time zone $3::text, ($4::date::timestamp - interval '1 microsecond') at time zone $5::text + interval '1 microsecond') at time zone $6::text"#,
                #"  and t."created_at" < least(($7::date + 1)::timestamp at time zone $8::text, (($9::date + 1)::timestamp - interval '1 microsecond') at time zone $10::text + interval '1 microsecond') at time zone $11::text"#,
            ])
        #expect(condition.binds[4] == "Asia/Tokyo" && condition.binds[9] == "Asia/Tokyo")
    }

    @Test func `integers are bigints on the value's side`() throws {
        let count = try Self.compile(#""scope":{"type":"route","values":[7]}"#).count.parameterized
        #expect(count.text.hasSuffix(#"and t."route_number" in ($2::bigint)"#))
        #expect(count.binds == ["acme", "7"])
    }

    @Test func `a preview is the same rows, limited`() throws {
        let export = try Self.compile("")
        let preview = export.preview(limit: 10).parameterized
        #expect(preview.text == export.rows.parameterized.text + "\nlimit $2::bigint")
        #expect(preview.binds == ["acme", "10"])
    }

    @Test func `names are quoted, whatever they hold, and values never stand in the text`() throws {
        let text = Samples.items.replacing("table: items", with: "table: My Shop.select * from x--")
            .replacing("column: tenant", with: "column: Tenant Id")
        let report = try #require(Samples.load(text).report)
        let request = ExportRequest(module: "warehouse", catalog: "inventory-items", format: .csv, columns: ["sku"])
        let hostile = "x' or ''='; drop table t; --"
        let rows = try Compiler.compile(request, of: report, tenant: hostile, language: "en").rows.parameterized
        #expect(rows.text.contains(#"from "My Shop"."select * from x--" t"#))
        #expect(rows.text.contains(#"where t."Tenant Id" = $1"#))
        #expect(!rows.text.contains("drop"))
        #expect(rows.binds == [hostile])
    }

    @Test func `a tenant that is no value of the tenant column's type has no SQL`() throws {
        let text = Samples.orders(
            "tenant: { column: tenant_id, type: text }", "tenant: { column: tenant_id, type: uuid }")
        let report = try #require(Samples.load(text).report)
        let request = try #require(try RequestDecodingTests.request(""))
        #expect(throws: CompileError.tenantDoesNotFit(.uuid)) {
            try Compiler.compile(request, of: report, tenant: "acme", language: "en")
        }
        let export = try Compiler.compile(request, of: report, tenant: Self.zone, language: "en")
        #expect(export.count.parameterized.text.hasSuffix(#"t."tenant_id" = $1"#))
    }

    @Test(arguments: [
        (#""columns":["amount"]"#, "- { key: amount, label: Amount, type: number }", "columns"),
        (#""sort":[{"field":"amount"}]"#, "- { key: amount, label: Amount, type: number }", "sort"),
        (#""statuses":["delivered"]"#, "- delivered", "statuses"),
        (
            #""scope":{"type":"route","values":["1"]}"#,
            "- { type: route, label: Route, column: route_number, valueType: integer, multi: false }", "scope"
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"id"}]"#,
            "- { output: id, label: Driver ID }", "relationFields"
        ),
        (
            #""dateRange":{"from":"2026-01-01","to":"2026-01-01"}"#,
            "dateField: { column: created_at, type: datetime, label: { en: Created at, nb: Opprettet } }", "dateRange"
        ),
    ])
    func `a request whose catalog has changed since says which part is gone`(
        _ members: String, _ removed: String, _ field: String
    ) throws {
        let request = try #require(try RequestDecodingTests.request(members))
        let (report, faults) = Samples.load(Samples.orders(removed, ""))
        #expect(faults == [])
        let error = #expect(throws: CompileError.self) {
            try Compiler.compile(request, of: try #require(report), tenant: "a", language: "en")
        }
        guard case .undeclared(let found, _) = error else {
            Issue.record("expected an undeclared name, not \(String(describing: error))")
            return
        }
        #expect(found == field)
    }

    @Test func `every request's SQL has the tenant in its WHERE, no OFFSET, and the key last in its order`() throws {
        let report = try #require(Samples.ordersReport)
        var random = SplitMix64(seed: 42)
        for _ in 0..<300 {
            let request = RequestRoundTripTests.request(for: report, &random)
            let export = try Compiler.compile(request, of: report, tenant: "acme", language: "en")
            for sql in [export.rows, export.count] {
                let (text, binds) = sql.parameterized
                #expect(text.contains("\nwhere t.\"tenant_id\" = $"))
                #expect(!text.lowercased().contains("offset"))
                #expect(binds.contains("acme"))
            }
            let order = export.rows.parameterized.text.split(separator: "order by ").last ?? ""
            #expect(order.split(separator: ", ").last?.hasPrefix("t.\"id\"") == true)
            #expect(export.columns.map(\.key) == request.columns)
        }
    }
}
