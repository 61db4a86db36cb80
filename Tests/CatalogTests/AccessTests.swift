import Formats
import JSON
import SQLText
import Testing

@testable import Catalog

/// What callers see of a catalog that is not the same for everybody.
struct AccessTests {
    private static let orders = """
        module: shop
        key: orders
        category: operational
        label: Orders
        table: shop.orders
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        permission: view:orders
        rows:
          - { column: driver_id, type: integer, claim: driver, unless: view:all }
          - { column: depot, claim: depots, unless: view:all }
        dateField: { column: paid_on, type: date, label: Paid on }
        statuses: { column: state, values: [open, paid] }
        scopes:
          - { type: driver, label: Driver, column: driver_id, valueType: integer }
          - { type: price, label: Price, column: price, valueType: integer }
        relations:
          drivers: { table: shop.drivers, key: id, tenantColumn: tenant_id, permission: view:drivers }
          lands: { table: shop.lands, key: code }
        columns:
          - { key: number, label: Number, type: string }
          - key: driver
            label: Driver
            type: integer
            column: driver_id
            relationOptions:
              - { output: id, label: Number }
              - { output: reference_value, label: Name, table: drivers, referenceField: name }
          - { key: amount, label: Amount, type: integer, column: price, default: true, permission: view:prices }
          - { key: paid_on, label: Paid on, type: date, permission: view:prices }
          - { key: state, label: State, type: string, permission: view:states }
          - { key: state_again, label: State, type: string, column: state }
        sort: [{ column: amount, direction: desc }, { column: number }]
        filterKey: amount

        """
    private static let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "a.yaml", text: orders)])

    private static func viewer(
        _ permissions: Set<String> = [], _ claims: [String: [String]] = ["driver": ["7"], "depots": ["oslo"]]
    ) -> Viewer {
        Viewer(permissions: permissions.union(["view:orders"]), claims: claims)
    }

    private let report: Report

    init() throws {
        #expect(Self.faults.isEmpty)
        report = try #require(Self.catalogs.reports.first)
    }

    @Test func `what a caller may not see is not in the report, nor what narrows or sorts by it`() throws {
        let seen = try #require(report.seen(by: Self.viewer()))
        #expect(seen.columns.map(\.key) == ["number", "driver", "state_again"])
        // A request that names no columns has some.
        #expect(seen.columns.allSatisfy { $0.isDefault })
        #expect(seen.columns[1].relationOptions.map(\.output) == [.id] && seen.relations.map(\.name) == ["lands"])
        #expect(seen.dateField == nil && seen.scopes.map(\.type) == ["driver"] && seen.filterKey == nil)
        #expect(seen.sort.map(\.field) == ["number"] && seen.sortColumn("price") == nil)
        // Another column shows the same.
        #expect(seen.statuses != nil && seen.sortColumn("id") == "id")
        let whole = try #require(report.seen(by: Self.viewer(["view:prices", "view:drivers", "view:states"])))
        #expect(whole.columns == report.columns && whole.sort == report.sort && whole.dateField == report.dateField)
        #expect(whole.relations == report.relations && whole.filterKey == "amount")
    }

    @Test func `without the permission or a claim there is no report`() throws {
        #expect(report.seen(by: Viewer(permissions: [], claims: ["driver": ["7"], "depots": ["oslo"]])) == nil)
        for claims in [
            [:], ["driver": ["7"]], ["driver": [], "depots": ["oslo"]], ["driver": [""], "depots": ["oslo"]],
            ["driver": ["seven"], "depots": ["oslo"]], ["driver": ["7", "x"], "depots": ["oslo"]],
        ] as [[String: [String]]] {
            #expect(report.seen(by: Self.viewer([], claims)) == nil, "\(claims)")
        }
        #expect(Self.catalogs.seen(by: .nobody).reports.isEmpty)
        #expect(Self.catalogs.seen(by: .unrestricted).reports.first?.columns == report.columns)
        #expect(Self.catalogs.claimNames == ["driver", "depots"])
    }

    @Test func `the rows are those of the caller's claims, and none before there is a caller`() throws {
        let request = ExportRequest(module: "shop", catalog: "orders", format: .csv, columns: ["number"])
        func condition(_ report: Report?) throws -> (text: String, binds: [String?]) {
            let count = try Compiler.compile(request, of: try #require(report), tenant: "acme", language: "en").count
            return (count.parameterized.text, count.parameterized.binds)
        }
        let own = try condition(report.seen(by: Self.viewer([], ["driver": ["7"], "depots": ["oslo", "bergen"]])))
        #expect(
            own.text.hasSuffix(
                """
                where t."tenant_id" = $1
                  and t."driver_id" in ($2::bigint)
                  and t."depot" in ($3, $4)
                """), "\(own.text)")
        #expect(own.binds == ["acme", "7", "bergen", "oslo"])
        #expect(try condition(report).text.hasSuffix("and false"))
        for viewer in [Self.viewer(["view:all"], [:]), .unrestricted] {
            let all = try condition(report.seen(by: viewer)).text
            #expect(!all.contains("driver_id") && !all.contains("depot") && !all.contains("false"))
        }
    }

    @Test func `a hidden column is refused in the words for one that was never declared`() throws {
        func faults(_ name: String) -> String {
            let body: JSON = [
                "module": "shop", "catalog": "orders", "format": "csv", "columns": [.string(name)],
                "sort": [["field": .string(name)]],
            ]
            do {
                _ = try CheckedExport.decode(
                    FieldReader(body), in: Self.catalogs.seen(by: Self.viewer()), knowsTimeZone: { _ in true })
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(faults("amount").contains("unknown column") && !faults("number").contains("unknown"))
        #expect(faults("amount").replacing("amount", with: "x") == faults("x"))
    }

    @Test func `a file is for those who may have all of its rows`() throws {
        func seen(_ drivers: [String], _ permissions: Set<String> = []) throws -> Report {
            try #require(report.seen(by: Self.viewer(permissions, ["driver": drivers, "depots": ["oslo"]])))
        }
        #expect(try seen(["7", "8"]).covers(rowsOf: seen(["7"])) && seen(["7"]).covers(rowsOf: seen(["7"])))
        #expect(try !seen(["7"]).covers(rowsOf: seen(["7", "8"])))
        #expect(try seen(["7"], ["view:all"]).covers(rowsOf: seen(["8"])))
        #expect(try !seen(["7"]).covers(rowsOf: seen(["7"], ["view:all"])) && !seen(["7"]).covers(rowsOf: report))
    }

    @Test func `what is kept of a caller is read again, without the claims that no catalog asks for`() {
        let viewer = Self.viewer(["view:all"], ["driver": ["7"], "email": ["a@b"]])
        #expect(
            Viewer(viewer.keeping(claims: Self.catalogs.claimNames).json)
                == Self.viewer(["view:all"], ["driver": ["7"]]))
        #expect(Viewer(Viewer.unrestricted.json) == .unrestricted && Viewer(JSON.null) == .nobody)
    }

    @Test(arguments: [
        ("permission: view:orders", "permission: view orders", "permission must be a permission such as view:prices"),
        ("claim: driver, ", "", "missing key 'claim' in item 1 of rows"),
        ("column: depot, claim", "column: driver_id, claim", "duplicate column 'driver_id'"),
        ("permission: view:drivers", "permission: ''", "permission must not be empty"),
        ("type: integer, claim: driver, unless", "type: integer, claim: driver, except", "unknown key 'except'"),
    ])
    func `faults are told with their place`(part: String, replacement: String, fault: String) throws {
        let text = Self.orders.replacing(part, with: replacement, maxReplacements: 1)
        try #require(text != Self.orders)
        let faults = CatalogLoader.load([CatalogSource(path: "a.yaml", text: text)]).faults.map(\.description)
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }
}
