import Catalog
import Formats
import JSON
import Testing
import Time

@testable import Generation

@Suite struct AnnexesTests {
    private static let catalog = """
        module: shop
        key: invoices
        category: operational
        label: { en: Invoices, nb: Fakturaer }
        description: { en: What was sold., nb: Det som ble solgt. }
        table: invoices
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        dateField: { column: issued_on, type: date, label: { en: Issued on, nb: Utstedt } }
        statuses: { column: state, values: [draft, { value: paid, label: { en: Paid, nb: Betalt } }] }
        scopes: [{ type: customer, label: { en: Customer, nb: Kunde }, column: customer_id, valueType: integer }]
        relations: { customers: { table: customers, key: id, tenantColumn: tenant_id } }
        columns:
          - { key: number, label: { en: Number, nb: Nummer }, type: string, default: true }
          - { key: total, label: { en: Total, nb: Sum }, type: number, default: true }
          - { key: lines, label: Lines, type: integer }
          - key: customer_id
            label: Customer
            type: integer
            relationOptions:
              - { output: id, label: ID }
              - { output: reference_value, label: Customer name, table: customers, referenceField: name }
        sort: [{ column: issued_on, direction: desc }]
        """

    private static func provenance(_ request: ExportRequest, zone: String = "Europe/Oslo") throws -> Provenance {
        let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "shop.yaml", text: catalog)])
        #expect(faults.isEmpty, "\(faults)")
        let report = try #require(catalogs.report(module: "shop", key: "invoices"))
        return Provenance(
            description: try ReportDescription(request, of: report), tenant: "acme",
            origin: Provenance.Origin(
                reportID: "rpt_01", requestedBy: "ada", requestedAt: "2026-05-07T10:30:00Z"), zone: zone,
            rowsZone: zone, snapshotAt: "2026-05-07T10:30:01.250Z",
            summary: RowSummary(
                rows: 12,
                columns: [
                    RowSummary.Column(key: "total", count: 11, sum: "1234567.8901"),
                    RowSummary.Column(key: "lines", count: 0, sum: nil),
                ]))
    }

    private static let request = ExportRequest(
        module: "shop", catalog: "invoices", format: .xlsx,
        dateRange: CivilDate("2026-05-01").flatMap { from in
            CivilDate("2026-05-31").flatMap { DateRange(from: from, to: $0) }
        }, statuses: ["draft", "paid"],
        scope: ExportRequest.ScopeSelection(type: "customer", values: ["17", "18"]),
        columns: ["number", "total", "lines", "customer_id"],
        relationFields: [
            ExportRequest.RelationField(
                field: "customer_id", output: .referenceValue(table: "customers", referenceField: "name"))
        ], timezone: "Europe/Oslo", locale: "nb-NO", includeAnnexes: true)

    @Test func `say what was asked, what the columns are and what the rows come to`() throws {
        let tables = Annexes.tables(try Self.provenance(Self.request), Self.request, language: "nb-NO")
        #expect(tables.map(\.title) == ["Parametre", "Kolonner", "Sammendrag"])
        #expect(tables.map(\.fileName) == ["parameters", "columns", "summary"])
        #expect(
            tables[0].rows == [
                ["Rapport", "Fakturaer"], ["Beskrivelse", "Det som ble solgt."], ["Katalog", "shop/invoices"],
                ["Organisasjon", "acme"], ["Rapport-ID", "rpt_01"], ["Bestilt av", "ada"],
                ["Bestilt", "2026-05-07T10:30:00Z"], ["Data per", "2026-05-07T10:30:01.250Z"],
                ["Periode for", "Utstedt"], ["Første dag", "2026-05-01"], ["Siste dag", "2026-05-31"],
                ["Tidssone", "Europe/Oslo"], ["Statuser", "draft, Betalt (paid)"], ["Utvalg", "Kunde: 17, 18"],
                ["Sortering", "Utstedt (synkende)"], ["Format", "xlsx"], ["Språkinnstilling", "nb-NO"],
                ["Språk", "nb-NO"],
            ])
        #expect(
            tables[1].rows == [
                ["number", "Nummer", "string", nil], ["total", "Sum", "number", nil],
                ["lines", "Lines", "integer", nil], ["customer_id", "Customer", "string", "Customer name"],
            ])
        #expect(tables[2].columns.map(\.kind) == [.text, .text, .number, .number])
        #expect(
            tables[2].rows == [
                [nil, "Rader", "12", nil], ["total", "Sum", "11", "1234567.8901"], ["lines", "Lines", "0", nil],
            ])
    }

    @Test func `are in English where there is no other language, and cover the columns that are chosen`() throws {
        var request = Self.request
        request.columns = ["total", "number"]
        request.timezone = "Asia/Tokyo"
        request.dateRange = nil
        request.statuses = []
        request.scope = nil
        let tables = Annexes.tables(try Self.provenance(Self.request), request, language: "fr")
        #expect(tables.map(\.title) == ["Parameters", "Columns", "Summary"])
        #expect(tables[0].rows.contains(["First day", "All"]) && tables[0].rows.contains(["Scope", "All"]))
        #expect(tables[1].rows.map { $0[0] } == ["total", "number"])
        #expect(tables[2].rows.map { $0[0] } == [nil, "total"])
    }

    @Test func `tell the period's zone when the rows are shown in another`() throws {
        var request = Self.request
        request.timezone = "Asia/Tokyo"
        let rows = Annexes.tables(try Self.provenance(Self.request), request, language: "en")[0].rows
        #expect(rows.contains(["Time zone of the period", "Europe/Oslo"]))
        #expect(rows.contains(["Time zone", "Asia/Tokyo"]))
    }

    @Test func `come back from what is kept of them`() throws {
        let provenance = try Self.provenance(Self.request)
        let text = provenance.json.serialized
        #expect(!text.contains(0x0A))
        #expect(Provenance(try JSON.parse(text, limits: .stored)) == provenance)
        for member in ["description", "tenant", "zone", "rowsZone", "snapshotAt", "summary"] {
            var object = try #require(provenance.json.object)
            object[member] = nil
            #expect(Provenance(.object(object)) == nil, "\(member)")
        }
    }
}
