import JSON
import Testing

@testable import Catalog

/// A request under other names than the decoder's, as a surface has them.
struct FieldNamesTests {
    private static let names = FieldNames(
        [
            FieldNames.Place("module", "type", value: "delivery"),
            FieldNames.Place("catalog", "type", value: "delivery-orders"),
            FieldNames.Place("dateRange", "rows.from"), FieldNames.Place("dateRange.from", "rows.from"),
            FieldNames.Place("dateRange.to", "rows.to"),
            FieldNames.Place("statuses", "rows.state", takesOne: true),
            FieldNames.Place("scope", "rows.zone"), FieldNames.Place("scope.type", "rows.zone", value: "zone"),
            FieldNames.Place("scope.values", "rows.zone", takesOne: true),
            FieldNames.Place("columns", "file.fields"), FieldNames.Place("relationFields", "file.relation_fields"),
            FieldNames.Place("relationFields.*.referenceField", "file.relation_fields.*.reference_field"),
            FieldNames.Place("sort", "file.sort", takesOne: true),
        ], signsSortTerms: true)

    private func request(_ body: String) throws -> ExportRequest {
        let catalogs = CatalogSet([Samples.ordersReport].compactMap { $0 })
        var reader = FieldReader(try JSON.parse(body))
        for name in ["type", "rows", "file"] { _ = reader.take(name) }
        return try CheckedExport.decode(reader.named(Self.names), in: catalogs, knowsTimeZone: { _ in true }).request
    }

    private func faults(_ body: String) throws -> [String] {
        do {
            _ = try request(body)
            return []
        } catch RequestError.faults(let faults) {
            return faults.map { "\($0.field): \($0.message)" }
        }
    }

    @Test func `members are found under the surface's names, in its forms`() throws {
        let zone = RequestDecodingTests.zone
        let request = try request(
            """
            {"format":"csv","rows":{"from":"2026-05-01","to":"2026-05-02","state":"delivered","zone":"\(zone)"},
             "file":{"fields":["driver_id"],"sort":"-amount","relation_fields":[{"field":"driver_id",
               "output":"reference_value","table":"drivers","reference_field":"user.full_name"}]}}
            """)
        let own = try RequestDecodingTests.request(
            """
            "dateRange":{"from":"2026-05-01","to":"2026-05-02"},"statuses":["delivered"],
            "scope":{"type":"zone","values":["\(zone)"]},"columns":["driver_id"],
            "sort":[{"field":"amount","direction":"desc"}],"relationFields":[{"field":"driver_id",
              "output":"reference_value","table":"drivers","referenceField":"user.full_name"}]
            """)
        #expect(request == own)
    }

    @Test(
        arguments: [
            (#""rows":{"from":"2026-05-02","to":"2026-05-01"}"#, "rows.from: rows.from must not be after dateRange.to"),
            (#""rows":{"to":"2026-05-01"}"#, "rows.from: rows.from is required"),
            (#""rows":{"state":["lost"]}"#, "rows.state: unknown status: lost"),
            (#""rows":{"zone":7}"#, "rows.zone.0: rows.zone.0 must be a string"),
            (#""file":{"fields":"amount"}"#, "file.fields: file.fields must be an array"),
            (#""file":{"sort":["amount","-none"]}"#, "file.sort.1.field: unknown column: none"),
            (
                #""file":{"fields":["driver_id"],"relation_fields":[{"field":"driver_id","output":"id","reference_field":1}]}"#,
                "file.relation_fields.driver_id.reference_field: "
                    + "file.relation_fields.driver_id.reference_field must be a string"
            ),
            (#""other":1"#, "other: unknown field"),
        ])
    func `faults are told under the surface's names`(_ members: String, _ fault: String) throws {
        #expect(try faults(#"{"format":"csv",\#(members)}"#) == [fault])
    }

    @Test func `a form that is the surface's alone is none of the decoder's own`() throws {
        #expect(
            try RequestDecodingTests.faults(RequestDecodingTests.orders(#""sort":["-amount"],"statuses":"delivered""#))
                == ["statuses: statuses must be an array", "sort.0: sort.0 must be an object"])
    }

    @Test func `the longest line of the table names a field, and one for all fields those without a line`() {
        let names = FieldNames([FieldNames.Place("", "request"), FieldNames.Place("dateRange", "request.period")])
        #expect(names.name(of: ["dateRange"]) == ["request", "period"])
        #expect(names.name(of: ["sort", "0", "field"]) == ["request", "sort", "0", "field"])
        #expect(FieldNames.own.name(of: ["sort", "0"]) == ["sort", "0"])
    }
}
