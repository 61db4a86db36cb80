import Glibc
import Posix
import Support
import Testing

/// The plans that PostgreSQL really chooses for the exports of the demo's catalogs, as auto_explain writes them to the
/// server's log.
@Suite(.serialized, .waitsFirst) struct PlanTests {
    /// A stage whose every export leaves its plan in the log.
    static let stage = Result {
        let stage = try Stage(["DEMO_ROWS": "220000"])
        _ = try stage.psql(
            """
            load 'auto_explain';
            alter role penstock_reader set session_preload_libraries = 'auto_explain';
            alter role penstock_reader set auto_explain.log_min_duration = 0;
            """, on: .sourceOwner)
        return stage
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let catalog: String
        let table: String
        /// The index over the tenant, the date field and the key.
        let index: String
        let filters: [String]
        /// Whether the rows come out of the index in the order of the file. A few rows are sorted just as fast.
        let isOrdered: Bool

        init(_ catalog: String, _ table: String, _ index: String, _ filters: [String] = [], isOrdered: Bool = true) {
            self.catalog = catalog
            self.table = table
            self.index = index
            self.filters = filters
            self.isOrdered = isOrdered
        }

        var testDescription: String { ([catalog] + filters).joined(separator: " ") }
    }

    static let orders = "delivery_orders_tenant_id_created_at_id_idx"

    /// Each catalog of the demo but one: the few warehouses of a tenant are read whole.
    static let cases = [
        Case("delivery/delivery-orders", "delivery_orders", orders),
        Case("delivery/delivery-orders", "delivery_orders", orders, ["--status", "delivered"]),
        Case(
            "delivery/delivery-orders", "delivery_orders", orders,
            ["--timezone", "America/New_York", "--status", "pending", "--status", "failed"]),
        Case(
            "delivery/delivery-orders", "delivery_orders", orders,
            ["--relation", "driver_id=drivers.user.full_name", "--relation", "customer_id=users.full_name"],
            isOrdered: false),
        // Read in order or sorted: a thousand rows cost about the same either way, and ANALYZE's sample decides.
        Case(
            "delivery/driver-assignments", "driver_assignments",
            "driver_assignments_tenant_id_assignment_time_id_idx", isOrdered: false),
        Case(
            "warehouse/inventory-items", "inventory_items", "inventory_items_tenant_id_updated_at_id_idx",
            isOrdered: false),
        Case(
            "warehouse/inventory-stock", "inventory_stock", "inventory_stock_tenant_id_counted_at_id_idx",
            isOrdered: false),
        Case(
            "warehouse/inventory-transactions", "inventory_transactions",
            "inventory_transactions_tenant_id_created_at_id_idx"),
        Case("warehouse/picking-orders", "picking_orders", "picking_orders_tenant_id_created_at_id_idx"),
        Case(
            "warehouse/receiving-orders", "receiving_orders",
            "receiving_orders_tenant_id_expected_arrival_date_id_idx", isOrdered: false),
    ]

    @Test(arguments: cases) func `a week of a tenant is found by an index`(_ one: Case) throws {
        let stage = try Self.stage.get()
        let week = ["--from", "2026-05-04", "--to", "2026-05-10"]
        let plans = try Self.plans(["--catalog", one.catalog, "--tenant", stage.tenant] + week + one.filters)
        #expect(plans.contains(one.index), "\(plans)")
        #expect(!plans.contains("Seq Scan on \(one.table) "), "\(plans)")
        if one.isOrdered { #expect(!plans.contains("Sort Key"), "\(plans)") }
    }

    @Test func `the orders of one driver in a week are found by an index`() throws {
        let stage = try Self.stage.get()
        let driver = try stage.value(
            "select driver_id from delivery_orders where tenant_id = '\(stage.tenant)' and driver_id is not null limit 1",
            on: .source)
        let plans = try Self.plans([
            "--catalog", "delivery-orders", "--tenant", stage.tenant, "--from", "2026-05-04", "--to", "2026-05-10",
            "--scope", "driver=\(driver ?? "")",
        ])
        #expect(plans.contains("Index Scan"))
        #expect(!plans.contains("Seq Scan"), "\(plans)")
    }

    /// A list of keys is looked up once and for all rows, or for each key by the rows' index: never for each row anew.
    @Test(arguments: [3, 5000]) func `a filter file is a semi-join`(keys: Int) throws {
        let stage = try Self.stage.get()
        let path = "\(TestRun.folder)/plan-keys-\(keys)"
        let codes = try stage.rows(
            "select delivery_code from delivery_orders where tenant_id = '\(stage.tenant)' order by id limit \(keys)",
            on: .source)
        let list = codes.compactMap { $0[0] }.joined(separator: "\n")
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try Array(list.utf8).withUnsafeBytes { try file.writeAll($0) }
        try file.close()
        let plans = try Self.plans([
            "--catalog", "delivery/delivery-orders", "--tenant", stage.tenant, "--filter-file", path,
        ])
        #expect(plans.contains("Semi Join") || plans.contains("HashAggregate"), "\(plans)")
        #expect(!plans.contains("SubPlan") && plans.contains("penstock_filter_keys"), "\(plans)")
    }

    /// What the server's log says while one export runs.
    private static func plans(_ arguments: [String]) throws -> String {
        let stage = try stage.get()
        let mark = "mark \(Random.integer())"
        _ = try stage.psql("do $$ begin raise log '\(mark)'; end $$", on: .sourceOwner)
        let outcome = try Shell.run(
            [TestRun.program, "export", "--output", "-"] + arguments, environment: stage.settings)
        guard outcome.status == 0 else { throw Unmet("export ended with \(outcome.status): \(outcome.errorText)") }
        let log = String(decoding: try File.bytes(at: "\(stage.state)/log/postgres.log", limit: 1 << 30), as: UTF8.self)
        guard let start = log.firstRange(of: mark) else { throw Unmet("the log has no mark") }
        // What is asked of the system catalogs is none of the report's own plans.
        return log[start.upperBound...].split(separator: " LOG:  duration: ")
            .filter { !$0.contains("pg_attribute") && !$0.contains("pg_opclass") }.joined()
    }
}
