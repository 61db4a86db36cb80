import Catalog
import Formats
import JSON
import Testing

@testable import API

/// Bodies of the Recent API's create, which have other names and forms than those of the Exports API.
struct RecentBodyTests {
    private static let catalogs = CatalogLoader.load([
        CatalogSource(
            path: "a.yaml",
            text: """
                module: sales
                key: big-orders
                category: operational
                label: Orders
                table: public.orders
                tenant: { column: tenant_id, type: text }
                uniqueKey: { column: id, type: uuid }
                dateField: { column: created_at, type: datetime, label: Created }
                columns: [{ key: code, label: Code, type: string, default: true }]
                scopes:
                  - { type: sales-area, label: Area, column: area, valueType: text }
                  - { type: route, label: Route, column: route, valueType: integer }
                formats: [csv, xlsx]
                """)
    ]).catalogs

    private func request(_ body: JSON) throws -> ExportRequest {
        try CheckedExport.decode(
            RecentBody.read(body, in: Self.catalogs), in: Self.catalogs, knowsTimeZone: { $0 == "UTC" }
        ).request
    }

    private func faults(_ body: JSON) throws -> [String] {
        do {
            return [try request(body).json.text]
        } catch let error as APIError {
            return error.message.split(separator: "; ").map(String.init)
        } catch RequestError.faults(let faults) {
            return faults.map { "\($0.field): \($0.message)" }
        }
    }

    @Test func `the report type names the catalog and the format`() throws {
        let request = try request(["report_type": "big_orders_excel"])
        #expect(request.catalog == "big-orders" && request.format == .xlsx && request.columns == ["code"])
        #expect(throws: APIError.self) { try self.request(["report_type": "big_orders_pdf"]) }
    }

    @Test func `a scope goes by its own name, and one value stands for a list`() throws {
        let request = try request([
            "report_type": "big_orders_csv", "search_params": ["sales_area": "north"],
            "index_params": ["sort": "-code", "headings": ["code": "Number"]],
        ])
        #expect(request.headings == ["code": "Number"])
        #expect(request.scope == ExportRequest.ScopeSelection(type: "sales-area", values: ["north"]))
        #expect(request.sort.map(\.field) == ["code"] && request.sort.map(\.direction) == [.desc])
    }

    @Test func `errors name what the client sent`() throws {
        func faults(_ search: JSON, _ index: JSON = [:]) throws -> [String] {
            try self.faults(["report_type": "big_orders_csv", "search_params": search, "index_params": index])
        }
        #expect(
            try faults([:], ["headings": ["route": "x"]]) == [
                "index_params.headings.route: index_params.headings.route is not among the columns"
            ])
        #expect(try faults(["date_from": "2026-05-01"]) == ["search_params.date_to: search_params.date_to is required"])
        #expect(
            try faults(["route": ["x"]]) == [
                "search_params.route.0: search_params.route.0 must be an integer from "
                    + "\(Int64.min) to \(Int64.max)"
            ])
        #expect(
            try faults(["route": 1, "sales_area": "north"]) == [
                "search_params.route: only one scope can be searched at a time"
            ])
        #expect(
            try faults(["driver": 1], ["limit": 5]) == [
                "search_params.driver: unknown field", "index_params.limit: unknown field",
            ])
        #expect(
            try faults([:], ["sort": ["code", ""]]) == [
                "index_params.sort: a sort term is a column, with - before it for descending"
            ])
        #expect(try faults([:], ["columns": ["x"]]) == ["index_params.columns: unknown column: x"])
        #expect(
            try self.faults(["report_type": "big_orders_csv", "notifyOnCompletion": true]) == [
                "notifyOnCompletion: unknown field"
            ])
    }
}
