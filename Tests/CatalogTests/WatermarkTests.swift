import SQLText
import Testing

@testable import Catalog

/// The column that tells how new a report's rows are.
struct WatermarkTests {
    static func text(_ column: String) -> String {
        Samples.orders("keepRows: 30d", "keepRows: 30d\nwatermark: \(column)")
    }

    @Test func `is read, and may be left out`() throws {
        #expect(Samples.load(Self.text("created_at")).report?.watermark == "created_at")
        #expect(try #require(Samples.ordersReport).watermark == nil)
        #expect(Samples.load(Self.text("a;b")).faults.first?.contains("watermark") == true)
    }

    @Test func `has an order of time in the database`() {
        #expect(CheckerTests.faults(Self.text("created_at")) == [])
        #expect(CheckerTests.faults(Self.text("amount")) == [])
        #expect(
            CheckerTests.faults(Self.text("zone_id")) == [
                "a.yaml:55:12: error: 'zone_id' of public.delivery_orders is uuid; a watermark needs a timestamp, a date or a number"
            ])
        #expect(
            CheckerTests.faults(Self.text("createdat")) == [
                "a.yaml:55:12: error: public.delivery_orders has no column 'createdat'; did you mean 'created_at'?"
            ])
    }

    @Test func `is asked for under the tenant's condition`() throws {
        let report = try #require(Samples.load(Self.text("created_at")).report)
        let statement = try #require(try Compiler.watermark(of: report, tenant: "acme", comparing: .assumed))
            .parameterized
        #expect(
            statement.text == """
                select max(t."created_at")::text
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                """)
        #expect(statement.binds == ["acme"])
        #expect(try Compiler.watermark(of: #require(Samples.ordersReport), tenant: "acme", comparing: .assumed) == nil)
    }
}
