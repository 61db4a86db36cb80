import Formats
import JSON
import Testing

@testable import Catalog

struct CatalogJSONTests {
    @Test func `a catalog has the Exports API's fields in its order`() throws {
        let report = try #require(Samples.ordersReport)
        #expect(
            report.catalogJSON(language: "nb").text == """
                {"key":"delivery-orders","category":"operational","label":"Leveranseordrer",\
                "description":"All delivery orders.","supportedFormats":["csv","xlsx"],\
                "dateField":{"key":"created_at","label":"Opprettet"},\
                "statuses":[{"value":"pending","label":"Venter"},{"value":"delivered","label":"delivered"}],\
                "scopes":[{"type":"zone","label":"Zone","multi":true,"valueSource":{"endpoint":"/delivery/zones",\
                "itemsField":"zones","valueField":"id","labelField":"name","searchParam":"search"}},\
                {"type":"route","label":"Route","multi":false}],\
                "columns":[\
                {"key":"delivery_code","label":"Leveringskode","type":"string","defaultSelected":true,"relationOptions":[]},\
                {"key":"status","label":"Status","type":"enum","defaultSelected":true,"relationOptions":[]},\
                {"key":"driver_id","label":"Driver","type":"uuid","defaultSelected":false,"relationOptions":[\
                {"output":"id","label":"Driver ID"},\
                {"output":"reference_value","label":"Driver name","table":"drivers","referenceField":"user.full_name"},\
                {"output":"reference_value","label":"Licence","table":"drivers","referenceField":"licence_until"}]},\
                {"key":"customer","label":"Customer","type":"uuid","defaultSelected":false,"relationOptions":[\
                {"output":"reference_value","label":"Customer name","table":"users","referenceField":"full_name"}]},\
                {"key":"seen_at","label":"Seen at","type":"datetime","defaultSelected":false,"relationOptions":[]},\
                {"key":"created_at","label":"Created at","type":"datetime","defaultSelected":false,"relationOptions":[]},\
                {"key":"amount","label":"Amount","type":"number","defaultSelected":false,"relationOptions":[]},\
                {"key":"extra","label":"Extra","type":"json","defaultSelected":false,"relationOptions":[]}]}
                """)
    }

    @Test func `a catalog without statuses has no statuses field, and empty scopes`() throws {
        let report = try #require(Samples.itemsReport)
        let formats = ExportFormat.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        #expect(
            report.catalogJSON(language: "en").text == """
                {"key":"inventory-items","category":"master-data","label":"Inventory Items","description":"",\
                "supportedFormats":[\(formats)],"scopes":[],"columns":[\
                {"key":"sku","label":"SKU","type":"string","defaultSelected":true,"relationOptions":[]}]}
                """)
    }

    @Test func `the catalogs of a module are found by module, and one by its key`() throws {
        let catalogs = CatalogSet([Samples.ordersReport, Samples.itemsReport].compactMap { $0 })
        #expect(catalogs.reports(module: "delivery").map(\.key) == ["delivery-orders"])
        #expect(catalogs.reports(module: "unknown").isEmpty)
        #expect(catalogs.report(module: "warehouse", key: "inventory-items") != nil)
        #expect(catalogs.report(module: "delivery", key: "inventory-items") == nil)
    }
}
