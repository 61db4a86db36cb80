import Testing

@testable import Catalog

/// What a catalog declares against what a database has.
struct CheckerTests {
    /// A database that the orders catalog fits.
    static var facts: DatabaseFacts {
        let orders = TableFacts(
            columns: [
                ColumnFacts(name: "id", type: PostgresType("uuid"), isNotNull: true),
                ColumnFacts(name: "tenant_id", type: PostgresType("text"), isNotNull: true),
                ColumnFacts(
                    name: "created_at", type: PostgresType("timestamptz", displayName: "timestamp with time zone")),
                ColumnFacts(
                    name: "status",
                    type: PostgresType("delivery_status", enumLabels: ["pending", "delivered"])),
                ColumnFacts(name: "zone_id", type: PostgresType("uuid")),
                ColumnFacts(name: "route_number", type: PostgresType("int4", displayName: "integer")),
                ColumnFacts(name: "delivery_code", type: PostgresType("varchar", displayName: "character varying(20)")),
                ColumnFacts(name: "driver_id", type: PostgresType("uuid")),
                ColumnFacts(name: "customer_id", type: PostgresType("uuid")),
                ColumnFacts(
                    name: "seen_at", type: PostgresType("timestamp", displayName: "timestamp without time zone")),
                ColumnFacts(name: "amount", type: PostgresType("numeric", displayName: "numeric(12,2)")),
                ColumnFacts(name: "extra", type: PostgresType("jsonb")),
            ], uniqueKeys: [["id"]])
        let drivers = TableFacts(
            columns: [
                ColumnFacts(name: "id", type: PostgresType("uuid"), isNotNull: true),
                ColumnFacts(name: "tenant_id", type: PostgresType("text")),
                ColumnFacts(name: "user_id", type: PostgresType("uuid")),
                ColumnFacts(name: "licence_until", type: PostgresType("date")),
            ], uniqueKeys: [["tenant_id", "id"]])
        let users = TableFacts(
            columns: [
                ColumnFacts(name: "id", type: PostgresType("uuid"), isNotNull: true),
                ColumnFacts(name: "tenant_id", type: PostgresType("text")),
                ColumnFacts(name: "full_name", type: PostgresType("text")),
            ], uniqueKeys: [["id"]])
        return DatabaseFacts(
            tables: [
                TableName(schema: "public", name: "delivery_orders"): orders,
                TableName(schema: "public", name: "drivers"): drivers,
                TableName(schema: "public", name: "users"): users,
            ],
            tableNames: ["public.delivery_orders", "public.drivers", "public.users"],
            timeZones: ["UTC", "Europe/Oslo"])
    }

    static let orders = TableName(schema: "public", name: "delivery_orders")
    static let drivers = TableName(schema: "public", name: "drivers")

    static func faults(_ text: String = Samples.orders, _ change: (inout DatabaseFacts) -> Void = { _ in }) -> [String]
    {
        var facts = facts
        change(&facts)
        let (report, loading) = Samples.load(text)
        return loading + (report.map { CatalogChecker.faults(in: $0, given: facts).map(\.description) } ?? [])
    }

    /// The faults when a column of the orders table is of another type.
    static func faults(of column: String, as type: PostgresType) -> [String] {
        faults { facts in
            guard let index = facts.tables[orders]?.columns.firstIndex(where: { $0.name == column }) else { return }
            facts.tables[orders]?.columns[index].type = type
        }
    }

    @Test func `a catalog that fits has no faults`() {
        #expect(Self.faults() == [])
    }

    @Test func `tables that are not there`() {
        #expect(
            Self.faults(Samples.orders("table: public.drivers", "table: public.driver")) == [
                "a.yaml:25:12: error: there is no table or view public.driver; did you mean 'public.drivers'?"
            ])
        #expect(
            Self.faults(Samples.orders("table: public.delivery_orders", "table: sales")) == [
                "a.yaml:6:8: error: there is no table or view sales"
            ])
    }

    @Test func `columns that are not there, each at its own line`() {
        let faults = Self.faults { facts in
            for column in ["tenant_id", "zone_id", "extra", "delivery_code"] {
                facts.tables[Self.orders]?.columns.removeAll { $0.name == column }
            }
            facts.tables[Self.drivers]?.columns.removeAll { $0.name == "licence_until" }
        }
        #expect(
            faults.map { $0.prefix { $0 != ";" } } == [
                "a.yaml:7:19: error: public.delivery_orders has no column 'tenant_id'",
                "a.yaml:18:13: error: public.delivery_orders has no column 'zone_id'",
                "a.yaml:32:12: error: public.delivery_orders has no column 'delivery_code'",
                "a.yaml:40:84: error: public.drivers has no column 'licence_until'",
                "a.yaml:50:12: error: public.delivery_orders has no column 'extra'",
            ])
    }

    @Test func `a misspelt column`() {
        #expect(
            Self.faults(Samples.orders("column: zone_id", "column: zoneid")) == [
                "a.yaml:18:13: error: public.delivery_orders has no column 'zoneid'; did you mean 'zone_id'?"
            ])
    }

    @Test func `types that do not fit`() {
        #expect(
            Self.faults(of: "created_at", as: PostgresType("timestamp", displayName: "timestamp without time zone"))
                == [
                    "a.yaml:9:22: error: the date field is declared datetime, but 'created_at' is timestamp without time zone; datetime needs timestamp with time zone; declare it localDatetime, with its zone",
                    "a.yaml:48:49: error: the column 'created_at' is declared datetime, but 'created_at' is timestamp without time zone; datetime needs timestamp with time zone; declare it localDatetime, with its zone",
                ])
        #expect(
            Self.faults(of: "route_number", as: PostgresType("text")) == [
                "a.yaml:22:42: error: the scope 'route' is declared integer, but 'route_number' is text; integer needs smallint, integer, bigint or numeric(n,0)"
            ])
        #expect(
            Self.faults(of: "tenant_id", as: PostgresType("uuid")) == [
                "a.yaml:7:19: error: the tenant is declared text, but 'tenant_id' is uuid; text needs a text type",
                "a.yaml:27:19: error: 'tenant_id' of public.drivers is text and cannot be compared with 'tenant_id' of public.delivery_orders, which is uuid",
                "a.yaml:29:76: error: 'tenant_id' of public.users is text and cannot be compared with 'tenant_id' of public.delivery_orders, which is uuid",
            ])
        #expect(
            Self.faults(of: "driver_id", as: PostgresType("int8", displayName: "bigint")).last
                == "a.yaml:40:59: error: 'driver_id' of public.delivery_orders is bigint and cannot be compared with 'id' of public.drivers, which is uuid"
        )
    }

    @Test func `a string over a type with a better one is a warning`() {
        #expect(
            Self.faults(of: "delivery_code", as: PostgresType("bool", displayName: "boolean")) == [
                "a.yaml:32:82: warning: the column 'delivery_code' is declared string, but 'delivery_code' is boolean: its values are written as PostgreSQL prints them; type boolean writes them as booleans",
                // It is the sample's filter key, too.
                "a.yaml:53:12: error: the filter key is declared text, but 'delivery_code' is boolean; text needs a text type",
            ])
    }

    @Test func `statuses that the enum does not have`() {
        let type = PostgresType("delivery_status", enumLabels: ["pendng", "delivered"])
        #expect(
            Self.faults(of: "status", as: type) == [
                "a.yaml:13:7: error: 'pending' is no value of the enum delivery_status; did you mean 'pendng'?"
            ])
        #expect(
            Self.faults(of: "status", as: PostgresType("bool", displayName: "boolean")).first
                == "a.yaml:11:11: error: 'status' of public.delivery_orders is boolean; statuses need an enum, a text or an integer type"
        )
    }

    @Test func `an enum with more than the listed statuses, and a status that cannot be there, are warnings`() {
        let more = PostgresType("delivery_status", enumLabels: ["pending", "delivered", "failed", "lost"])
        #expect(
            Self.faults(of: "status", as: more) == [
                "a.yaml:12:3: warning: the enum delivery_status has values that no request can choose, since they are not"
                    + " listed: 'failed', 'lost'"
            ])
        #expect(
            Self.faults {
                $0.encoding = "LATIN1"
                $0.foreignStatuses = ["pending", "elsewhere"]
            } == [
                "a.yaml:13:7: warning: the status 'pending' has a character that a database in LATIN1 cannot hold: no row has it"
            ])
    }

    @Test func `rows that do not come are warned of at the table that is named`() {
        #expect(
            Self.faults {
                $0.tables[Self.orders]?.obstacles = [
                    TableFacts.Obstacle(table: "public.base", reason: .noPolicy(role: "reader")),
                    TableFacts.Obstacle(table: "public.sums", reason: .notFilled),
                ]
                $0.tables[Self.drivers]?.obstacles = [
                    TableFacts.Obstacle(table: "public.drivers", reason: .noPolicy(role: "reader"))
                ]
            } == [
                "a.yaml:6:8: warning: row-level security hides every row of public.base from the role 'reader', for which it"
                    + " has no policy: exports are empty",
                "a.yaml:6:8: warning: the materialized view public.sums has not been filled yet: exports fail until it is"
                    + " refreshed",
                "a.yaml:25:12: warning: row-level security hides every row of public.drivers from the role 'reader', for"
                    + " which it has no policy: its labels stay empty",
            ])
    }

    @Test func `keys that are not unique`() {
        #expect(
            Self.faults { $0.tables[Self.orders]?.uniqueKeys = [["id", "created_at"]] } == [
                "a.yaml:8:22: error: 'id' of public.delivery_orders is not unique: it needs a primary key or a unique index, or one with 'tenant_id'"
            ])
        #expect(Self.faults { $0.tables[Self.orders]?.uniqueKeys = [["id", "tenant_id"]] } == [])
        #expect(
            Self.faults { $0.tables[Self.drivers]?.uniqueKeys = [["user_id"]] } == [
                "a.yaml:26:10: error: 'id' of public.drivers is not unique: it needs a primary key or a unique index, or one with 'tenant_id'"
            ])
    }

    @Test func `a unique key that may be NULL`() {
        #expect(
            Self.faults { $0.tables[Self.orders]?.columns[0].isNotNull = false } == [
                "a.yaml:8:22: error: 'id' of public.delivery_orders may be NULL; a unique key must be NOT NULL"
            ])
    }

    @Test func `of a view uniqueness cannot be known`() {
        let faults = Self.faults { facts in
            facts.tables[Self.orders]?.kind = .view
            facts.tables[Self.orders]?.uniqueKeys = []
            facts.tables[Self.orders]?.columns[0].isNotNull = false
        }
        #expect(
            faults == [
                "a.yaml:8:22: warning: public.delivery_orders is a view, so that 'id' is unique in it cannot be checked; where it is not, rows may change places; this finds them: select tenant_id, id from public.delivery_orders group by tenant_id, id having count(*) > 1"
            ])
    }

    @Test func `rights that are missing`() {
        #expect(
            Self.faults { $0.tables[Self.orders]?.columns[10].isReadable = false } == [
                "a.yaml:49:12: error: the database role may not select 'amount' of public.delivery_orders; grant select"
            ])
        #expect(
            Self.faults { $0.tables[Self.orders]?.isSchemaUsable = false } == [
                "a.yaml:6:8: error: the database role may not use the schema of public.delivery_orders; grant usage on it"
            ])
    }

    @Test func `a zone that the server does not know`() {
        #expect(
            Self.faults(Samples.orders("zone: Europe/Oslo", "zone: Europe/Olso")) == [
                "a.yaml:47:64: error: the database server knows no time zone 'Europe/Olso'"
            ])
    }

    static let types: [(ColumnType, fits: [String])] = [
        (
            .string,
            ["text", "varchar", "bpchar", "citext", "uuid", "int8", "numeric", "interval", "inet", "_text", "bytea"]
        ),
        (.uuid, ["uuid", "text", "varchar"]), (.enum, ["text", "varchar", "bpchar"]), (.datetime, ["timestamptz"]),
        (.localDatetime, ["timestamp"]), (.date, ["date"]), (.time, ["time", "timetz"]), (.boolean, ["bool"]),
        (.integer, ["int2", "int4", "int8"]), (.number, ["int2", "int4", "int8", "numeric", "float4", "float8"]),
        (.json, ["json", "jsonb"]),
    ]

    @Test(arguments: types)
    func `each declared type takes its PostgreSQL types and no others`(_ type: ColumnType, _ fits: [String]) {
        let others = [
            "text", "varchar", "uuid", "timestamptz", "timestamp", "date", "time", "bool", "int4", "numeric", "float8",
            "json", "jsonb", "interval", "money", "_int4",
        ].filter { !fits.contains($0) }
        for name in fits { #expect(TypeFit.of(type, on: PostgresType(name)) == .fits) }
        for name in others where type != .string { #expect(TypeFit.of(type, on: PostgresType(name)) != .fits) }
    }

    @Test func `an enum is one, and a numeric without decimals is an integer`() {
        #expect(TypeFit.of(ColumnType.enum, on: PostgresType("mood", enumLabels: ["ok"])) == .fits)
        #expect(TypeFit.of(ColumnType.integer, on: PostgresType("numeric", isIntegralNumeric: true)) == .fits)
        #expect(TypeFit.of(KeyType.text, on: PostgresType("mood", enumLabels: ["ok"])) != .fits)
    }
}
