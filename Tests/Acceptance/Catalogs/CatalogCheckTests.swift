import Support
import Testing

/// `penstock catalog check` against a real database: each kind of fault, in its file, at its line and column.
@Suite(.waits) struct CatalogCheckTests {
    static let schema = """
        create schema shop;
        create type shop.order_state as enum ('open', 'shipped');
        create domain shop.amount as numeric(12, 2);
        create table shop.people (
            id uuid primary key, tenant_id text not null, tenant_number integer, full_name text, boss_id integer);
        create table shop.orders (
            id uuid primary key, tenant_id text not null, number text not null, placed_at timestamptz not null,
            placed_on date, local_at timestamp, state shop.order_state, priority integer, person_id uuid,
            total shop.amount, maybe uuid unique, secret text, extra jsonb, is_gift boolean, tags text[]);
        create unique index on shop.orders (number) where state = 'open';
        create unique index on shop.orders (lower(number));
        create unique index on shop.orders (tenant_id, priority);
        create view shop.order_lines as select * from shop.orders;
        create schema closed;
        create table closed.things (id uuid primary key, name text);
        """

    static let rights = """
        revoke usage on schema closed from penstock_reader;
        revoke select on shop.orders from penstock_reader;
        do $$
        declare name text;
        begin
            for name in select attname from pg_attribute where attrelid = 'shop.orders'::regclass and attnum > 0
                and attname <> 'secret'
            loop execute format('grant select (%I) on shop.orders to penstock_reader', name); end loop;
        end $$;
        """

    static let catalog = """
        module: shop
        key: orders
        category: operational
        label: Orders
        table: shop.orders
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: uuid }
        dateField: { column: placed_at, type: datetime, label: Placed at }
        statuses: { column: state, values: [open, shipped] }
        scopes: [{ type: person, label: Person, column: person_id, valueType: uuid }]
        relations: { people: { table: shop.people, key: id, tenantColumn: tenant_id } }
        columns:
          - { key: number, label: Number, type: string, default: true }
          - { key: total, label: Total, type: number }
          - { key: person_id, label: Person, type: uuid, relationOptions: [{ output: reference_value, label: Name,
              table: people, referenceField: full_name }] }
          - { key: local_at, label: Local, type: localDatetime, zone: Europe/Oslo }

        """

    /// A change of the catalog, and what is said of it; nothing of a change that is right.
    struct Case: Sendable {
        let from: String
        let to: String
        let faults: [String]

        init(_ from: String, _ to: String, _ faults: String...) {
            (self.from, self.to, self.faults) = (from, to, faults)
        }
    }

    static let cases = [
        Case("Orders", "All orders"),
        Case(
            "table: shop.orders", "table: shop.order",
            "5:8: error: there is no table or view shop.order; did you mean 'shop.orders'?"),
        Case(
            "table: shop.orders", "table: Shop.Orders",
            "5:8: error: there is no table or view Shop.Orders; did you mean 'shop.orders'?"),
        Case(
            "table: shop.people", "table: shop.things",
            "11:31: error: there is no table or view shop.things; did you mean 'closed.things'?"),
        Case(
            "table: shop.people", "table: closed.things",
            "11:31: error: the database role may not use the schema of closed.things; grant usage on it",
            "16:38: error: closed.things has no column 'full_name'; it has: id, name"),
        Case(
            "column: tenant_id", "column: tenant",
            "6:19: error: shop.orders has no column 'tenant'; it has: id, tenant_id, number, placed_at, placed_on, local_at, state, priority, person_id, total, maybe, secret, extra, is_gift, tags"
        ),
        Case(
            "column: tenant_id", "column: total",
            "11:67: error: 'tenant_id' of shop.people is text and cannot be compared with 'total' of shop.orders, which is numeric(12,2)",
            "6:19: error: the tenant is declared text, but 'total' is numeric(12,2); text needs a text type"),
        Case(
            "column: tenant_id }", "column: tenant_id, type: integer }",
            "6:19: error: the tenant is declared integer, but 'tenant_id' is text; integer needs smallint, integer, bigint or numeric(n,0)"
        ),
        Case(
            "column: id, type: uuid", "column: id, type: integer",
            "7:22: error: the unique key is declared integer, but 'id' is uuid; integer needs smallint, integer, bigint or numeric(n,0)"
        ),
        Case(
            "column: id, type: uuid", "column: maybe, type: uuid",
            "7:22: error: 'maybe' of shop.orders may be NULL; a unique key must be NOT NULL"),
        Case(
            "column: id, type: uuid", "column: number",
            "7:22: error: 'number' of shop.orders is not unique: it needs a primary key or a unique index, or one with 'tenant_id'"
        ),
        Case(
            "column: id, type: uuid", "column: priority, type: integer",
            "7:22: error: 'priority' of shop.orders may be NULL; a unique key must be NOT NULL"),
        Case(
            "table: shop.orders", "table: shop.order_lines",
            "7:22: warning: shop.order_lines is a view, so that 'id' is unique in it cannot be checked; where it is not, rows may change places; this finds them: select tenant_id, id from shop.order_lines group by tenant_id, id having count(*) > 1"
        ),
        Case(
            "column: placed_at, type: datetime", "column: placed_on, type: datetime",
            "8:22: error: the date field is declared datetime, but 'placed_on' is date; datetime needs timestamp with time zone; declare it date"
        ),
        Case("column: placed_at, type: datetime", "column: placed_on, type: date"),
        Case(
            "column: placed_at, type: datetime", "column: local_at, type: datetime",
            "8:22: error: the date field is declared datetime, but 'local_at' is timestamp without time zone; datetime needs timestamp with time zone; declare it localDatetime, with its zone"
        ),
        Case(
            "column: placed_at, type: datetime", "column: placed_at, type: localDatetime, zone: Europe/Oslo",
            "8:22: error: the date field is declared localDatetime, but 'placed_at' is timestamp with time zone; localDatetime needs timestamp without time zone; declare it datetime"
        ),
        Case(
            "[open, shipped]", "[open, sent]",
            "9:43: error: 'sent' is no value of the enum shop.order_state; it has: open, shipped"),
        Case(
            "column: state", "column: priority", "9:21: error: the status 'open' is no integer, but 'priority' is",
            "9:21: error: the status 'shipped' is no integer, but 'priority' is"),
        Case(
            "column: state", "column: is_gift",
            "9:21: error: 'is_gift' of shop.orders is boolean; statuses need an enum, a text or an integer type"),
        Case(
            "column: person_id, valueType: uuid", "column: person_id, valueType: integer",
            "10:49: error: the scope 'person' is declared integer, but 'person_id' is uuid; integer needs smallint, integer, bigint or numeric(n,0)"
        ),
        Case(
            "column: person_id, valueType: uuid", "column: persn_id, valueType: uuid",
            "10:49: error: shop.orders has no column 'persn_id'; did you mean 'person_id'?"),
        Case(
            "key: id, tenantColumn", "key: full_name, tenantColumn",
            "11:49: error: 'full_name' of shop.people is not unique: it needs a primary key or a unique index, or one with 'tenant_id'",
            "16:14: error: 'person_id' of shop.orders is uuid and cannot be compared with 'full_name' of shop.people, which is text"
        ),
        Case(
            "key: id, tenantColumn", "key: uuid, tenantColumn",
            "11:49: error: shop.people has no column 'uuid'; it has: id, tenant_id, tenant_number, full_name, boss_id"),
        Case(
            "tenantColumn: tenant_id", "tenantColumn: tenant_number",
            "11:67: error: 'tenant_number' of shop.people is integer and cannot be compared with 'tenant_id' of shop.orders, which is text"
        ),
        Case(
            "tenantColumn: tenant_id", "tenantColumn: org",
            "11:67: error: shop.people has no column 'org'; it has: id, tenant_id, tenant_number, full_name, boss_id"),
        Case(
            "referenceField: full_name", "referenceField: fullname",
            "16:38: error: shop.people has no column 'fullname'; did you mean 'full_name'?"),
        Case(
            "referenceField: full_name", "referenceField: boss_id, type: boolean",
            "16:38: error: the reference value is declared boolean, but 'boss_id' is integer; boolean needs boolean; declare it integer"
        ),
        Case(
            "tenantColumn: tenant_id }",
            "tenantColumn: tenant_id, nested: { boss: { table: shop.people, column: boss_id, key: id } } }",
            "11:124: error: 'boss_id' of shop.people is integer and cannot be compared with 'id' of shop.people, which is uuid"
        ),
        Case(
            "key: number, label", "key: nmber, label",
            "13:12: error: shop.orders has no column 'nmber'; did you mean 'number'?"),
        Case(
            "key: number, label", "key: secret, label",
            "13:12: error: the database role may not select 'secret' of shop.orders; grant select"),
        Case(
            "key: total, label: Total, type: number", "key: total, label: Total, type: integer",
            "14:39: error: the column 'total' is declared integer, but 'total' is numeric(12,2); integer needs smallint, integer, bigint or numeric(n,0); declare it number"
        ),
        Case("key: total, label: Total, type: number", "key: extra, label: Extra, type: json"),
        Case(
            "key: total, label: Total, type: number", "key: tags, label: Tags, type: json",
            "14:37: error: the column 'tags' is declared json, but 'tags' is text[]; json needs json or jsonb; declare it string"
        ),
        Case("key: total, label: Total, type: number", "key: tags, label: Tags, type: string"),
        Case(
            "key: total, label: Total, type: number", "key: is_gift, label: Gift, type: string",
            "14:40: warning: the column 'is_gift' is declared string, but 'is_gift' is boolean: its values are written as PostgreSQL prints them; type boolean writes them as booleans"
        ),
        Case(
            "key: total, label: Total, type: number", "key: sum, column: totl, label: Sum, type: number",
            "14:25: error: shop.orders has no column 'totl'; did you mean 'total'?"),
        Case(
            "key: person_id, label: Person, type: uuid", "key: person_id, column: number, label: Person, type: string",
            "16:14: error: 'number' of shop.orders is text and cannot be compared with 'id' of shop.people, which is uuid"
        ),
        Case(
            "zone: Europe/Oslo", "zone: Europe/Olso",
            "17:63: error: the database server knows no time zone 'Europe/Olso'"),
        Case(
            "zone: Europe/Oslo", "zone: +02:00",
            "17:63: error: zone must be an IANA time zone such as UTC or Europe/Oslo, not '+02:00'"),
        Case(
            "category: operational", "categry: operational", "1:1: error: missing key 'category'",
            "3:1: error: unknown key 'categry'; did you mean 'category'?"),
    ]

    @Test func `each fault is found, and nothing else`() throws {
        let database = try ScratchDatabase("faults", Self.schema)
        try database.psql(Self.rights)
        // One file each, all in one folder: a fault in one keeps none of the others from being compared.
        var files: [String: String] = [:]
        var expected: [String] = []
        for (number, one) in Self.cases.enumerated() {
            let name = "case-\(number + 100).yaml"
            files[name] = Self.catalog.replacing("key: orders", with: "key: orders-\(number)")
                .replacing(one.from, with: one.to, maxReplacements: 1)
            #expect(files[name] != Self.catalog.replacing("key: orders", with: "key: orders-\(number)"), "\(one.from)")
            expected += one.faults.map { "\(name):\($0)" }
        }
        let folder = try CatalogFiles(files).folder
        let outcome = try database.penstock(["catalog", "check", folder])
        #expect(outcome.status == 65, "\(outcome.errorText)")
        let found = outcome.text.replacing("\(folder)/", with: "").split(separator: "\n").map(String.init)
        #expect(
            found.dropLast().last
                == "penstock catalog grants --role 'penstock_reader' prints the rights that are needed, as SQL")
        for (found, expected) in zip(found.dropLast(2).sorted(), expected.sorted()) { #expect(found == expected) }
        #expect(found.count == expected.count + 2)
    }
}
