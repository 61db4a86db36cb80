import Glibc
import Posix
import Support
import Testing

/// `penstock catalog init` against real schemas: what it writes passes the checker and exports.
@Suite(.waits) struct CatalogInitTests {
    static let tables = [
        "tenants", "users", "zones", "services", "drivers", "delivery_orders", "driver_assignments", "warehouses",
        "suppliers", "categories", "inventory_items", "inventory_stock", "inventory_transactions", "receiving_orders",
        "picking_orders",
    ]

    @Test func `the demo's tables become catalogs without a fault`() throws {
        let stage = try Stage.shared
        let folder = try CatalogFiles().folder
        for table in Self.tables {
            let outcome = try stage.penstock(
                "catalog", "init", "--table", table, "--module", "drafts", "--output", "\(folder)/\(table).yaml")
            #expect(outcome.status == 0, "\(outcome.errorText)")
            #expect(outcome.errorText == "")
        }
        let check = try stage.penstock("catalog", "check", folder)
        #expect(
            check.text.wholeMatch(
                of: #/15 files, 15 compared with the database .* at .*, as .*: 0 errors, 0 warnings\n/#) != nil)
        #expect(check.status == 0)

        let export = try Shell.run(
            [
                TestRun.program, "export", "--catalog", "delivery-orders", "--tenant", stage.tenant, "--output", "-",
                "--column", "delivery_code", "--column", "driver_id", "--relation",
                "driver_id=drivers.user.full_name", "--from", "2026-05-01", "--to", "2026-05-01",
            ], environment: ["PENSTOCK_SOURCE_URL": stage.url(.source), "PENSTOCK_CATALOGS": folder])
        #expect(export.status == 0, "\(export.errorText)")
        let rows = try stage.rows(
            """
            select o.delivery_code, u.full_name from delivery_orders o
            left join drivers d on d.id = o.driver_id left join users u on u.id = d.user_id
            where o.tenant_id = '\(stage.tenant)' and o.created_at >= '2026-05-01Z' and o.created_at < '2026-05-02Z'
            """, on: .source)
        #expect(CSVText(export.output).records.count - 1 == rows.count)
    }

    @Test func `a schema without tenants becomes a catalog once the tenant column is named`() throws {
        let database = try GeonamesTests.sample.get()
        let folder = try CatalogFiles().folder
        let open = try database.penstock(["catalog", "init", "--table", "geo.cities"])
        #expect(open.status == 0)
        #expect(open.errorText.contains("no column of geo.cities looks like a tenant's: give --tenant-column"))
        #expect(open.text.contains("tenant: { column: \"?\", type: text }"))

        let named = try database.penstock([
            "catalog", "init", "--table", "geo.countries", "--tenant-column", "continent", "--key", "lands", "--output",
            "\(folder)/lands.yaml",
        ])
        #expect(named.status == 0)
        #expect(named.errorText == "")
        #expect(try database.penstock(["catalog", "check", folder]).status == 0)
        let export = try database.penstock(
            ["export", "--catalog", "geo/lands", "--tenant", "EU", "--output", "-"], catalogs: folder)
        #expect(CSVText(export.output).records.count == 55, "54 countries and the header")
    }

    @Test func `what is left out is a line to do, and what is proposed passes the check`() throws {
        let database = try ScratchDatabase(
            "left_out",
            """
            create extension btree_gist;
            create schema shop;
            create schema shut;
            create table shop.pairs (x integer, y integer, name text, primary key (x, y));
            create table shut.secrets (id bigint primary key, name text);
            create table shop.secrets (id bigint primary key, name text);
            create table shop.half (id bigint primary key, name text);
            create table shop.numbers (id bigint primary key, amount integer);
            create table shop.users (id bigint primary key, name text);
            create table shop.tenants (tenant_id text primary key, name text);
            create table shop.items (
                id bigint primary key, tenant_id text not null references shop.tenants, x integer, y integer,
                shut_id bigint references shut.secrets, secret_id bigint references shop.secrets,
                half_id bigint references shop.half, number_id bigint references shop.numbers,
                user_id bigint references shop.users, valid tstzrange unique, price money, tags text[] unique, code text unique,
                foreign key (x, y) references shop.pairs);
            """)
        try database.psql(
            """
            revoke usage on schema shut from penstock_reader;
            revoke select on shop.secrets, shop.half from penstock_reader;
            grant select (name) on shop.half to penstock_reader;
            """)
        let folder = try CatalogFiles().folder
        let outcome = try database.penstock([
            "catalog", "init", "--table", "shop.items", "--output", "\(folder)/i.yaml",
        ])
        #expect(outcome.status == 0)
        let notes = [
            "the foreign key 'shut_id' to shut.secrets is no relation: the database role may not select from that table;"
                + " grant it, or describe a view",
            "the foreign key 'secret_id' to shop.secrets is no relation: the database role may not select from that table;"
                + " grant it, or describe a view",
            "the foreign key 'half_id' to shop.half is no relation: the database role may not select from that table;"
                + " grant it, or describe a view",
            "the foreign key 'number_id' to shop.numbers is no relation: that table has no text to show",
            "the foreign key 'x', 'y' to shop.pairs is no relation: a relation compares one column; a view can join the"
                + " table",
            "shop.users has no tenant column that is known: keep the relation 'users' only if all tenants may see its rows",
        ]
        #expect(Set(outcome.errorText.split(separator: "\n").map(String.init)) == Set(notes.map { "penstock: \($0)" }))
        let text = String(decoding: try File.bytes(at: "\(folder)/i.yaml"), as: UTF8.self)
        let words = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.dropFirst(2) }.joined(
            separator: " ")
        for note in notes { #expect(words.contains("To do: \(note).")) }
        // Neither the range nor the array, which are unique too.
        #expect(text.contains("\nfilterKey: code\n"))
        let check = try database.penstock(["catalog", "check", folder])
        #expect(check.status == 0, "\(check.text)")
    }

    @Test func `says what it cannot do`() throws {
        let database = try GeonamesTests.sample.get()
        let folder = try CatalogFiles(["there.yaml": ""]).folder
        let cases: [([String], Int32, String)] = [
            (
                ["--table", "geo.citis"], 65,
                "penstock: there is no table or view geo.citis; did you mean 'geo.cities'?\n"
            ),
            (["--table", "cities"], 65, "penstock: there is no table or view cities; did you mean 'geo.cities'?\n"),
            (["--table", "geo.cities", "--tenant-column", "land"], 64, "penstock: --tenant-column land is no column"),
            (
                ["--table", "geo.cities", "--tenant-column", "latitude"], 64,
                "penstock: --tenant-column latitude is nei"
            ),
            (["--table", "geo.cities", "--module", "a b"], 64, "penstock: --module a b must be 1 to 63 letters"),
            (["--table", "geo.cities", "--output", "\(folder)/there.yaml"], 73, "penstock: open \(folder)/there.yaml"),
        ]
        for (arguments, status, message) in cases {
            let outcome = try database.penstock(["catalog", "init"] + arguments)
            #expect(outcome.status == status)
            #expect(outcome.errorText.hasPrefix(message), "\(outcome.errorText)")
            #expect(outcome.text == "")
        }
    }
}
