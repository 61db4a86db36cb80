import SQLText
import Testing

@testable import Catalog

/// Conditions on columns whose type's operators are not found by their signs.
struct ComparisonTests {
    static func operators(_ signs: [String], schema: String) -> ColumnComparison.Order {
        .byClass(
            OperatorClass(operators: signs.map { QualifiedName(schema, $0) }, input: nil, isUsable: true))
    }

    static let signs = ["<", "<=", "=", ">=", ">"]
    /// citext in a schema of its own, with a collation of the column's.
    static let folded = ColumnComparison(
        type: QualifiedName("ext", "citext"), order: operators(signs, schema: "ext"),
        collation: QualifiedName("pg_catalog", "C"))
    static let foldedDomain = ColumnComparison(
        type: QualifiedName("ext", "citext"), isDomain: true, order: operators(signs, schema: "ext"),
        collation: QualifiedName("pg_catalog", "C"))
    static let hstore = ColumnComparison(
        type: QualifiedName("ext", "hstore"), order: operators(["#<#", "#<=#", "=", "#>=#", "#>#"], schema: "ext"))
    static let caseless = ColumnComparison(
        type: QualifiedName("pg_catalog", "text"), collation: QualifiedName("public", "ci"), isDeterministic: false)
    static let number = ColumnComparison(
        type: QualifiedName("pg_catalog", "int4"), isDomain: true, order: operators(signs, schema: "pg_catalog"))
    static let cidr = ColumnComparison(
        type: QualifiedName("pg_catalog", "cidr"),
        order: .byClass(
            OperatorClass(
                operators: signs.map { QualifiedName("pg_catalog", $0) }, input: QualifiedName("pg_catalog", "inet"),
                isUsable: true)))

    static let orders = TableName(schema: "public", name: "delivery_orders")
    static let drivers = TableName(schema: "public", name: "drivers")
    static let users = TableName(schema: "public", name: "users")

    static func compile(
        _ members: String, _ columns: [ColumnPlace: ColumnComparison]
    ) throws -> CompiledExport {
        let request = try #require(try RequestDecodingTests.request(members))
        return try Compiler.compile(
            request, of: try #require(Samples.ordersReport), tenant: "acme", language: "en",
            comparing: ColumnComparisons(columns))
    }

    @Test func `a tenant is compared exactly, whatever its type takes for equal`() throws {
        func condition(_ comparison: ColumnComparison) throws -> (text: String, binds: [String?]) {
            let count = try Self.compile("", [ColumnPlace(Self.orders, "tenant_id"): comparison]).count.parameterized
            return (String(count.text.split(separator: "\n")[2]), count.binds)
        }
        let folded = try condition(Self.folded)
        #expect(
            folded.text == #"""
                where t."tenant_id" operator("ext".=) cast($1 as "ext"."citext") and t."tenant_id"::text collate "C" = $2::text
                """#)
        #expect(folded.binds == ["acme", "acme"])
        #expect(
            try condition(Self.foldedDomain).text == #"""
                where cast(t."tenant_id" as "ext"."citext") operator("ext".=) cast($1 as "ext"."citext") \#
                and t."tenant_id"::text collate "C" = $2::text
                """#)
        #expect(
            try condition(Self.caseless).text == #"""
                where t."tenant_id" = $1 and t."tenant_id"::text collate "C" = $2::text
                """#)
        let padded = ColumnComparison(type: QualifiedName("pg_catalog", "bpchar"))
        #expect(try condition(padded).text.hasSuffix(#"and t."tenant_id"::text collate "C" = $2::text"#))
        #expect(try condition(.assumed).text == #"where t."tenant_id" = $1"#)
    }

    @Test func `statuses, scopes and lists of keys go by the type's own operator`() throws {
        let export = try Self.compile(
            """
            "statuses":["pending","delivered"],"scope":{"type":"route","values":[7]},
            "filterFile":"\(String(repeating: "0f", count: 32))"
            """,
            [
                ColumnPlace(Self.orders, "status"): Self.folded, ColumnPlace(Self.orders, "route_number"): Self.number,
                ColumnPlace(Self.orders, "delivery_code"): Self.foldedDomain,
            ])
        #expect(
            export.count.parameterized.text == #"""
                select count(*)
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                  and t."status" operator("ext".=) any (array[cast($2 as "ext"."citext"), cast($3 as "ext"."citext")])
                  and cast(t."route_number" as "pg_catalog"."int4") operator("pg_catalog".=) any (array[cast($4::bigint as "pg_catalog"."int8")])
                  and cast(t."delivery_code" as "ext"."citext") operator("ext".=) any (select k.key from pg_temp.penstock_filter_keys k)
                """#)
        let filter = try #require(export.filter)
        #expect(
            filter.create.parameterized.text.contains(
                #"(array_agg(cast(t."delivery_code" as "ext"."citext")))[1] as key"#))
        #expect(filter.count.parameterized.text.contains(#") m on m.key operator("ext".=) k.key"#))
    }

    @Test func `a join goes by the key's own operator and collation, and names the tenant where that is inexact`()
        throws
    {
        let joined = """
            "columns":["driver_id"],"relationFields":[
              {"field":"driver_id","output":"reference_value","table":"drivers","referenceField":"user.full_name"}]
            """
        let export = try Self.compile(
            joined,
            [
                ColumnPlace(Self.orders, "driver_id"): Self.foldedDomain, ColumnPlace(Self.drivers, "id"): Self.folded,
                ColumnPlace(Self.drivers, "tenant_id"): Self.caseless,
                ColumnPlace(Self.drivers, "user_id"): Self.caseless,
            ])
        let lines = export.rows.parameterized.text.split(separator: "\n")
        #expect(
            lines[2] == #"""
                left join "public"."drivers" r1 on r1."id" operator("ext".=) cast(t."driver_id" as "ext"."citext") \#
                and r1."tenant_id" = $1 and r1."tenant_id"::text collate "C" = $2::text
                """#)
        // Under the pointer's collation two keys may be the same; under its own each is one.
        #expect(
            lines[3] == #"""
                left join "public"."users" r2 on r2."id" = r1."user_id" collate "pg_catalog"."default" \#
                and r2."tenant_id" = t."tenant_id"
                """#)
        #expect(export.lookups.map(\.isExact) == [false])
        #expect(try Self.compile(joined, [:]).lookups.map(\.isExact) == [true])
    }

    @Test func `a type whose operators are another's is compared as that`() {
        #expect(
            Self.cidr.compare("t.\"net\"", .greaterOrEqual, "\(bind: "10.0.0.0/8")").parameterized.text == #"""
                cast(t."net" as "pg_catalog"."inet") operator("pg_catalog".>=) \#
                cast(cast($1 as "pg_catalog"."cidr") as "pg_catalog"."inet")
                """#)
    }

    @Test func `a column of a type without an order cannot be sorted by`() {
        let point = ColumnComparison(type: QualifiedName("pg_catalog", "point"), order: .none)
        #expect(throws: CompileError.unordered(term: 1, name: "delivery_code", type: "point")) {
            try Self.compile(
                #""sort":[{"field":"amount"},{"field":"delivery_code"}]"#,
                [ColumnPlace(Self.orders, "delivery_code"): point])
        }
    }

    @Test func `what parts are ordered by is asked for only where it is not among the columns`() throws {
        let shown = try Self.compile(#""columns":["status","created_at"]"#, [:])
        #expect(shown.sortKeyColumn == 1)
        let hidden = try Self.compile(#""columns":["status"]"#, [:])
        #expect(hidden.sortKeyColumn == nil)
        let keyed = hidden.keyedRows(in: KeyRange(first: "2026-05-07", end: nil)).parameterized.text
        #expect(keyed.hasPrefix("select t.\"created_at\", t.\"status\"\n"))
    }

    @Test func `only the columns that a request compares are looked up`() throws {
        let report = try #require(Samples.ordersReport)
        let plain = try #require(try RequestDecodingTests.request(""))
        #expect(report.comparedColumns(by: plain).map(\.column).sorted() == ["created_at", "id", "tenant_id"])
        let joined = try #require(
            try RequestDecodingTests.request(
                """
                "columns":["customer"],"sort":[{"field":"amount"}],"statuses":["pending"],"relationFields":[
                  {"field":"customer","output":"reference_value","table":"users","referenceField":"full_name"}]
                """))
        #expect(
            report.comparedColumns(by: joined)
                == Set(
                    [ColumnPlace(Self.users, "id")]
                        + ["amount", "customer_id", "id", "status", "tenant_id"].map { ColumnPlace(Self.orders, $0) }))
    }
}
