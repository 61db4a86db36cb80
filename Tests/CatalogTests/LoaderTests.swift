import Formats
import Testing

@testable import Catalog

struct LoaderTests {
    @Test func `reads every part of a catalog`() throws {
        let (loaded, faults) = Samples.load(Samples.orders)
        #expect(faults == [])
        let report = try #require(loaded)
        #expect(report.module == "delivery")
        #expect(report.table == TableName(schema: "public", name: "delivery_orders"))
        #expect(report.tenant == .column(KeyColumn(column: "tenant_id", type: .text)))
        #expect(report.uniqueKey == UniqueKey(column: "id", type: .uuid))
        #expect(report.dateField?.kind == .datetime)
        #expect(report.statuses?.values.map(\.value) == ["pending", "delivered"])
        #expect(report.scopes.map(\.type) == ["zone", "route"])
        #expect(report.scopes.map(\.multi) == [true, false])
        #expect(report.scope("zone")?.valueSource?.searchParam == "search")
        #expect(report.relation("drivers")?.nested("user")?.column == "user_id")
        #expect(report.relation("users")?.tenantColumn == nil)
        #expect(report.columns.filter(\.isDefault).map(\.key) == ["delivery_code", "status"])
        #expect(report.column("customer")?.column == "customer_id")
        #expect(report.column("seen_at")?.zone == "Europe/Oslo")
        #expect(report.column("driver_id")?.relationOptions.count == 3)
        #expect(report.formats == [.csv, .xlsx])
        #expect(report.sort == [SortTerm(field: "created_at", direction: .desc)])
        #expect(report.filterKey == "delivery_code")
        #expect(report.keepRowsSeconds == 30 * 86_400)
    }

    @Test func `fills in what a short catalog leaves out`() throws {
        let (loaded, faults) = Samples.load(Samples.items)
        #expect(faults == [])
        let report = try #require(loaded)
        #expect(report.table == TableName(name: "items"))
        #expect(report.tenant.type == .text && report.uniqueKey.type == .text)
        #expect(report.dateField == nil && report.statuses == nil)
        #expect(report.scopes.isEmpty && report.relations.isEmpty && report.sort.isEmpty)
        #expect(report.formats == ExportFormat.allCases)
        #expect(report.keepRowsSeconds == nil)
        #expect(report.description.label("en") == "")
    }

    @Test func `remembers where each value stands`() throws {
        let source = try #require(Samples.ordersReport).source
        #expect(source.file == "a.yaml")
        #expect(source.position(of: "tenant.column") == Position(line: 7, column: 19))
        #expect(source.position(of: "columns.driver_id.relationOptions.1.referenceField").line == 39)
        #expect(source.position(of: "relations.drivers.nested.user.key").line == 29)
        #expect(source.position(of: "columns.delivery_code.column").line == 32)
        #expect(source.position(of: "nothing.of.the.kind") == Position(line: 1, column: 1))
    }

    @Test func `a language named no is a language and not a truth value`() throws {
        let text = Samples.orders("nb: Leveranseordrer", "no: Leveranseordrer")
        #expect(Samples.load(text).report?.label.label("no") == "Leveranseordrer")
    }

    @Test func `capitals and spaces of a name are kept`() {
        let text = Samples.items.replacing("table: items", with: "table: Shop.Order Details")
        #expect(Samples.load(text).report?.table == TableName(schema: "Shop", name: "Order Details"))
    }

    @Test func `an alias stands for what it names`() throws {
        let text = Samples.orders(
            "users: { table: public.users, key: id }", "users: &u { table: public.users, key: id }\n  people: *u")
        let (report, faults) = Samples.load(text)
        #expect(faults == [])
        #expect(report?.relation("people")?.table.name == "users")
    }

    @Test func `the second declaration of a catalog is a fault, and the first stays`() {
        let (catalogs, faults) = CatalogLoader.load([
            CatalogSource(path: "a.yaml", text: Samples.items), CatalogSource(path: "b.yml", text: Samples.items),
        ])
        #expect(catalogs.reports.count == 1)
        #expect(
            faults.map(\.description) == [
                "b.yml:2:6: error: the catalog 'inventory-items' of module 'warehouse' is declared in a.yaml already"
            ])
    }

    @Test func `a faulty file does not hide the reports of the others`() {
        let (catalogs, faults) = CatalogLoader.load([
            CatalogSource(path: "a.yaml", text: "module: [\n"), CatalogSource(path: "b.yaml", text: Samples.items),
        ])
        #expect(catalogs.report(module: "warehouse", key: "inventory-items") != nil)
        #expect(faults.count == 1)
    }

    @Test func `the sample catalogs in any line ending read the same`() {
        let dos = Samples.load(Samples.orders.replacing("\n", with: "\r\n"))
        #expect(dos.faults == [])
        #expect(dos.report?.columns == Samples.ordersReport?.columns)
    }
}
