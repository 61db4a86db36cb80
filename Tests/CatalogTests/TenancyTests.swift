import Formats
import SQLText
import Testing

@testable import Catalog

/// Whose rows a report has where no column of its table says so, keys of several columns, and labels of several.
struct TenancyTests {
    static let lines = """
        module: shop
        key: lines
        category: operational
        label: Lines
        table: shop.lines
        tenant: { column: order_id, table: shop.orders, key: id, tenantColumn: customer_of, type: integer }
        uniqueKey: { columns: [order_id, line] }
        relations:
          sellers: { table: shop.sellers, key: id, tenantColumn: customer_of }
        columns:
          - { key: line, label: Line, type: integer, default: true }
          - key: seller_id
            label: Seller
            type: integer
            relationOptions:
              - { output: reference_value, label: Name, table: sellers, referenceField: [first_name, last_name] }

        """

    static func load(_ text: String) -> (report: Report?, faults: [String]) {
        let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "a.yaml", text: text)])
        return (catalogs.reports.first, faults.map(\.description))
    }

    static func request(columns: [String], label: String? = nil) -> ExportRequest {
        ExportRequest(
            module: "shop", catalog: "lines", format: .csv, columns: columns,
            relationFields: label.map {
                [.init(field: "seller_id", output: .referenceValue(table: "sellers", referenceField: $0))]
            } ?? [])
    }

    static let int = PostgresType("int4")
    static func column(_ name: String, _ type: PostgresType = int) -> ColumnFacts {
        ColumnFacts(name: name, type: type, isNotNull: true)
    }
    static var facts: DatabaseFacts {
        DatabaseFacts(tables: [
            TableName(schema: "shop", name: "lines"): TableFacts(
                columns: [column("order_id"), column("line"), column("seller_id")], uniqueKeys: [["order_id", "line"]]),
            TableName(schema: "shop", name: "orders"): TableFacts(
                columns: [column("id"), column("customer_of")], uniqueKeys: [["id"]]),
            TableName(schema: "shop", name: "sellers"): TableFacts(
                columns: [
                    column("id"), column("customer_of"), column("first_name", PostgresType("text")),
                    column("last_name", PostgresType("text")),
                ], uniqueKeys: [["id"]]),
        ])
    }

    static func faults(_ text: String = lines, _ change: (inout DatabaseFacts) -> Void = { _ in }) throws -> [String] {
        var facts = facts
        change(&facts)
        return CatalogChecker.faults(in: try #require(load(text).report), given: facts).map(\.description)
    }

    @Test func `a tenant in a related row is a condition, and a key of two columns ends the order`() throws {
        let report = try #require(Self.load(Self.lines).report)
        let export = try Compiler.compile(
            Self.request(columns: ["line", "seller_id"], label: "first_name,last_name"), of: report, tenant: "7",
            language: "en")
        let rows = export.rows.parameterized
        #expect(
            rows.text == """
                select t."line", nullif(concat_ws(' ', r1."first_name", r1."last_name"), '')
                from "shop"."lines" t
                left join "shop"."sellers" r1 on r1."id" = t."seller_id" and r1."customer_of" = $1::bigint
                where exists (select from "shop"."orders" o where o."id" = t."order_id" and o."customer_of" = $2::bigint)
                order by t."order_id", t."line"
                """)
        #expect(rows.binds == ["7", "7"])
    }

    @Test func `rows of one tenant are no other's`() throws {
        let text = Self.lines.replacing(#/tenant: .*/#, with: "tenant: { constant: acme }")
        let report = try #require(Self.load(text).report)
        let rows = try Compiler.compile(Self.request(columns: ["line"]), of: report, tenant: "acme", language: "en")
            .rows
        #expect(rows.parameterized.text.contains("where $1::text = $2::text\n"))
        #expect(rows.parameterized.binds == ["acme", "acme"])
        #expect(throws: CompileError.otherTenant) {
            try Compiler.compile(Self.request(columns: ["line"]), of: report, tenant: "Acme", language: "en")
        }
    }

    @Test(arguments: [
        (
            "tenant: { constant: acme, type: text }",
            "6:33: error: type belongs to a tenant that a column holds; constant has none"
        ),
        (
            "tenant: { column: order_id, table: shop.orders, key: id }",
            "6:9: error: missing key 'tenantColumn' in tenant"
        ),
        ("tenant: { column: order_id, tenantColumn: customer_of }", "6:9: error: missing key 'table' in tenant"),
    ]) func `a tenant is said in one way`(line: String, fault: String) {
        let (report, faults) = Self.load(Self.lines.replacing(#/tenant: .*/#, with: line))
        #expect(report == nil)
        #expect(faults.contains("a.yaml:\(fault)"), "\(faults)")
    }

    @Test(arguments: [
        ("uniqueKey: { columns: [line, line] }", "7:30: error: duplicate column 'line'"),
        ("uniqueKey: { columns: [line], type: integer }", "7:37: error: type belongs to a key of one column"),
    ]) func `a key names its columns once, and their types are the table's`(line: String, fault: String) {
        #expect(Self.load(Self.lines.replacing(#/uniqueKey: .*/#, with: line)).faults == ["a.yaml:\(fault)"])
    }

    @Test func `the checker looks at the row that says the tenant, and at all columns of the key`() throws {
        #expect(try Self.faults() == [])
        let orders = TableName(schema: "shop", name: "orders")
        let lines = TableName(schema: "shop", name: "lines")
        #expect(
            try Self.faults { $0.tables[orders]?.uniqueKeys = [] } == [
                "a.yaml:6:54: error: 'id' of shop.orders is not unique: it needs a primary key or a unique index"
            ])
        #expect(
            try Self.faults { $0.tables[orders]?.columns[1].type = PostgresType("text") } == [
                "a.yaml:6:72: error: the tenant is declared integer, but 'customer_of' is text; integer needs smallint, integer,"
                    + " bigint or numeric(n,0)"
            ])
        #expect(
            try Self.faults { $0.tables[lines]?.uniqueKeys = [["order_id", "line", "seller_id"]] } == [
                "a.yaml:7:14: error: 'order_id', 'line' of shop.lines are not unique: together they need a primary key or a"
                    + " unique index"
            ])
        #expect(
            try Self.faults { $0.tables[lines]?.columns[1].isNotNull = false } == [
                "a.yaml:7:34: error: 'line' of shop.lines may be NULL; a unique key must be NOT NULL"
            ])
    }

    @Test func `a large table without an index on the tenant or the date is warned of`() throws {
        let lines = TableName(schema: "shop", name: "lines")
        let text = Self.lines.replacing(#/tenant: .*/#, with: "tenant: { column: seller_id, type: integer }")
            .replacing("relations:", with: "dateField: { column: day, type: date, label: Day }\nrelations:")
        func faults(rows: Int, _ indexes: [[String]]) throws -> [String] {
            try Self.faults(text) {
                $0.tables[lines]?.columns.append(Self.column("day", PostgresType("date")))
                $0.tables[lines]?.rows = rows
                $0.tables[lines]?.indexes = indexes
            }
        }
        #expect(try faults(rows: 9_999, []) == [])
        #expect(try faults(rows: 20_000, [["seller_id", "day"]]) == [])
        #expect(
            try faults(rows: 20_000, [["order_id", "line"]]) == [
                "a.yaml:6:19: warning: shop.lines has about 20000 rows and no index that begins with the tenant column 'seller_id'",
                "a.yaml:8:22: warning: shop.lines has about 20000 rows and no index that begins with 'seller_id' and 'day'",
            ])
    }
}
