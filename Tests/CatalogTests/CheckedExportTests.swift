import JSON
import Testing

@testable import Catalog

/// The one way from a body, or a stored request, to what a job is made of.
struct CheckedExportTests {
    private struct Away: Error {}

    private static let point = ColumnComparison(type: QualifiedName("pg_catalog", "point"), order: .none)

    private func checked(
        _ members: String, _ report: Report? = Samples.ordersReport, tenant: String = "acme",
        knowsTimeZone: (String) throws -> Bool = { _ in true },
        comparing: CheckedExport.Comparing = { _ in throw Away() }
    ) throws -> CheckedExport {
        try CheckedExport(
            FieldReader(try JSON.parse(RequestDecodingTests.orders(members))),
            in: CatalogSet([report].compactMap { $0 }), tenant: tenant, language: "en", knowsTimeZone: knowsTimeZone,
            comparing: comparing)
    }

    @Test func `a database that cannot be asked for a time zone is the error, and no fault of the body's`() {
        #expect(throws: Away.self) {
            try checked(#""timezone":"Europe/Oslo","columns":["none"]"#, knowsTimeZone: { _ in throw Away() })
        }
    }

    @Test func `columns are looked up only where their type may have no order`() throws {
        #expect(try checked(#""sort":[{"field":"amount"}]"#).request.sort.count == 1)
        #expect(throws: Away.self) { try checked(#""sort":[{"field":"delivery_code"}]"#) }
    }

    @Test func `a column without an order is a fault of its term`() throws {
        let orders = ColumnPlace(try #require(Samples.ordersReport).table, "delivery_code")
        let fault = RequestFault(
            field: "sort.1.field", message: "cannot sort by a column of type point: delivery_code")
        #expect(throws: RequestError.faults([fault])) {
            try checked(
                #""sort":[{"field":"amount"},{"field":"delivery_code"}]"#,
                comparing: {
                    #expect($0.contains(orders)); return ColumnComparisons([orders: Self.point])
                })
        }
    }

    @Test func `a tenant that is no value of the tenant column's type has no export`() throws {
        let text = Samples.orders(
            "tenant: { column: tenant_id, type: text }", "tenant: { column: tenant_id, type: uuid }")
        let report = try #require(Samples.load(text).report)
        #expect(throws: RequestError.uncompilable(.tenantDoesNotFit(.uuid))) { try checked("", report) }
        #expect(try checked("", report, tenant: RequestDecodingTests.zone).tenant == RequestDecodingTests.zone)
    }

    @Test func `what else is wrong is told with the body's own faults, by the report that it names`() throws {
        let more = RequestFault(field: "filterFile", message: "too short")
        let body = FieldReader(try JSON.parse(RequestDecodingTests.orders(#""columns":[]"#)))
        let faults = [RequestFault(field: "columns", message: "columns must not be empty"), more]
        #expect(throws: RequestError.faults(faults)) {
            try CheckedExport(
                body, in: CatalogSet([Samples.ordersReport].compactMap { $0 }), tenant: "acme", language: "en",
                knowsTimeZone: { _ in true }, comparing: { _ in .assumed },
                besides: {
                    #expect($0?.key == "delivery-orders"); return [more]
                })
        }
    }

    @Test func `a request that would take more than 64 KiB to keep is refused, and says how much it takes`() throws {
        var request = try checked("").request
        let report = try #require(Samples.ordersReport)
        func narrowed(to values: Int) throws -> CheckedExport {
            request.scope = ExportRequest.ScopeSelection(
                type: "zone", values: Array(repeating: RequestDecodingTests.zone, count: values))
            return try CheckedExport(
                request, of: report, tenant: "acme", language: "en", comparing: { _ in .assumed })
        }
        #expect(try narrowed(to: 1000).request.json.text.utf8.count > 32 << 10)
        do {
            _ = try narrowed(to: 2000)
            Issue.record("it was taken")
        } catch RequestError.faults(let faults) {
            #expect(faults.map(\.field) == ["body"] && faults[0].message.contains("65536"), "\(faults)")
        }
    }

    @Test func `a stored request compiles as the body that it came from`() throws {
        let made = try checked(#""statuses":["delivered"],"timezone":"Europe/Oslo""#)
        let stored = try CheckedExport(
            stored: made.request.json, of: made.report, tenant: made.tenant, language: made.language)
        #expect(stored.request == made.request && stored.comparedColumns == made.comparedColumns)
        #expect(try stored.compiled(comparing: .assumed) == made.compiled(comparing: .assumed))
    }

    @Test func `a stored request of another catalog is refused`() throws {
        let made = try checked("")
        let items = try #require(Samples.itemsReport)
        let fault = RequestFault(field: "catalog", message: "another catalog's request")
        #expect(throws: RequestError.faults([fault])) {
            try CheckedExport(stored: made.request.json, of: items, tenant: "acme", language: "en")
        }
    }
}
