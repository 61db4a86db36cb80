import Catalog
import Formats
import Postgres
import Support
import Testing

@testable import Generation

/// Transactions of an export on a real server.
@Suite(.waits) struct TableQueryTests {
    private let source: TemplateDatabase

    init() throws {
        source = try TemplateDatabase.sharedSource
    }

    private func query() throws -> TableQuery {
        let text = """
            module: a
            key: b
            category: tests
            label: B
            table: public.delivery_orders
            tenant: { column: tenant_id }
            uniqueKey: { column: id, type: integer }
            columns:
              - { key: id, label: Id, type: integer, default: true }

            """
        let report = try #require(
            CatalogLoader.load([CatalogSource(path: "b.yaml", text: text)]).catalogs.reports.first)
        let request = ExportRequest(module: "a", catalog: "b", format: .csv, columns: ["id"], sort: [])
        return TableQuery(
            try CheckedExport(request, of: report, tenant: "acme-logistics", language: "en") { _ in .assumed },
            seconds: 60)
    }

    private func session() throws -> SourceSession { try SourceSession(source.url, purpose: "penstock test") }

    @Test func `another session sees the snapshot, and the same statements`() throws {
        let keeper = try session()
        let (table, snapshot) = try query().begin(keeper, exporting: true)
        let joined = try table.joining(try #require(snapshot.exportedID), purpose: "penstock test")
        let counts = try [keeper, joined].map {
            try $0.connection.query(table.compiled.count, "count").first?.string(at: 0)
        }
        #expect(counts[0] == counts[1])
        #expect(Int(try #require(counts[0] ?? nil)) ?? 0 > 0)
    }

    /// The error's code depends on the server: 22023 up to PostgreSQL 16, 42704 since 17.
    @Test func `a snapshot whose transaction has ended is no fault of the report's, and costs no attempt`() throws {
        let keeper = try session()
        let (table, snapshot) = try query().begin(keeper, exporting: true)
        try keeper.end()
        let failure = try #require(throws: ExportFailure.self) {
            _ = try table.joining(try #require(snapshot.exportedID), purpose: "penstock test")
        }
        #expect(failure.code == "source_unavailable")
        #expect(failure.recovery == .resume)
    }
}
