import Support
import Testing

/// What `penstock catalog check` warns of where a table is there and its rows do not come.
@Suite(.waits) struct HiddenRowsTests {
    private static let schema = """
        create schema br;
        create type br.state as enum ('open', 'shut', 'lost');
        create table br.open (id bigint primary key, tenant_id text not null, state br.state, code numeric(30,0), price money,
            place_id bigint);
        create table br.places (id bigint primary key, tenant_id text, name text);
        create table br.closed (like br.open including all);
        alter table br.closed enable row level security;
        create table br.ruled (like br.open including all);
        alter table br.ruled enable row level security;
        create policy own on br.ruled for select using (tenant_id = current_setting('app.tenant'));
        create table br.written (like br.open including all);
        alter table br.written enable row level security;
        create policy ins on br.written for insert with check (true);
        create policy narrow on br.written as restrictive for select using (true);
        create table br.others (like br.open including all);
        alter table br.others enable row level security;
        create role br_other;
        create policy other on br.others for select to br_other using (true);
        create table br.joined (like br.open including all);
        alter table br.joined enable row level security;
        create role br_group;
        grant br_group to penstock_reader;
        create policy grp on br.joined for select to br_group using (true);
        create table br.owned (like br.open including all);
        alter table br.owned enable row level security;
        alter table br.owned owner to penstock_reader;
        create table br.forced (like br.open including all);
        alter table br.forced enable row level security;
        alter table br.forced force row level security;
        alter table br.forced owner to penstock_reader;
        create view br.plain as select * from br.closed;
        create view br.invoker with (security_invoker = true) as select * from br.closed;
        create view br.outer as select * from br.invoker;
        create view br.invoked with (security_invoker) as select * from br.invoker;
        create view br.lent as select * from br.closed;
        create role br_clerk;
        grant usage on schema br to br_clerk;
        grant select on br.closed to br_clerk;
        alter view br.lent owner to br_clerk;
        create materialized view br.empty as select * from br.open with no data;
        create unique index on br.empty (id);
        create materialized view br.filled as select * from br.open;
        create unique index on br.filled (id);
        create view br.over as select * from br.empty;
        create view br.folded as select * from br.empty where false union all select * from br.closed;
        alter table br.places enable row level security;
        """

    private static func catalog(_ table: String, _ more: String = "") -> String {
        """
        module: br
        key: \(table)
        category: operational
        label: T
        table: br.\(table)
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        columns:
          - { key: id, label: No, type: integer, default: true }
        \(more)

        """
    }

    private static let hidden =
        "hides every row of br.closed from the role 'penstock_reader', for which it has no policy"

    /// What is said of each table, at its line.
    private static let cases: [(table: String, warnings: [String])] = [
        ("open", []), ("ruled", []), ("joined", []), ("owned", []), ("filled", []),
        ("closed", ["row-level security \(hidden): exports are empty"]),
        ("written", ["row-level security \(hidden.replacing("closed", with: "written")): exports are empty"]),
        ("others", ["row-level security \(hidden.replacing("closed", with: "others")): exports are empty"]),
        ("forced", ["row-level security \(hidden.replacing("closed", with: "forced")): exports are empty"]),
        // Read as its owner, a superuser.
        ("plain", []), ("outer", []),
        ("invoker", ["row-level security \(hidden): exports are empty"]),
        ("invoked", ["row-level security \(hidden): exports are empty"]),
        ("lent", ["row-level security \(hidden.replacing("penstock_reader", with: "br_clerk")): exports are empty"]),
        ("empty", ["the materialized view br.empty has not been filled yet: exports fail until it is refreshed"]),
        ("over", ["the materialized view br.empty has not been filled yet: exports fail until it is refreshed"]),
        ("folded", ["the materialized view br.empty has not been filled yet: exports fail until it is refreshed"]),
    ]

    @Test func `tables whose rows do not come are warned of, and no others`() throws {
        let database = try ScratchDatabase("hidden_rows", Self.schema)
        var files: [String: String] = [:]
        for one in Self.cases { files["\(one.table).yaml"] = Self.catalog(one.table) }
        files["relation.yaml"] = Self.catalog("open").replacing("key: open", with: "key: relation").replacing(
            "columns:",
            with: """
                relations: { places: { table: br.places, key: id, tenantColumn: tenant_id } }
                columns:
                  - { key: place_id, label: Place, type: integer, relationOptions: [{ output: reference_value, label: Name,
                      table: places, referenceField: name }] }
                """)
        files["kinds.yaml"] = Self.catalog(
            "open",
            """
              - { key: price, label: Price, type: string }
              - { key: code, label: Code, type: integer }
            statuses: { column: state, values: [open] }
            scopes: [{ type: code, label: Code, column: code, valueType: integer }]
            filterKey: code
            """
        ).replacing("key: open", with: "key: kinds")
        let folder = try CatalogFiles(files).folder
        let check = try database.penstock(["catalog", "check", folder])
        #expect(check.status == 0, "\(check.text)")
        // That a view's key is unique cannot be checked: another warning.
        let found = check.text.replacing("\(folder)/", with: "").split(separator: "\n").map(String.init).filter {
            !$0.contains("is a view, so that")
        }
        var expected = Self.cases.flatMap { one in one.warnings.map { "\(one.table).yaml:5:8: warning: \($0)" } }
        expected += [
            "relation.yaml:8:31: warning: row-level security "
                + Self.hidden.replacing("closed", with: "places") + ": its labels stay empty",
            "kinds.yaml:10:39: warning: the column 'price' is declared string, but 'price' is money: its text follows the"
                + " server's lc_monetary, and a spreadsheet takes it for text; a view that casts it to numeric gives numbers",
            "kinds.yaml:12:28: warning: the enum br.state has values that no request can choose, since they are not"
                + " listed: 'shut', 'lost'",
            "kinds.yaml:13:45: warning: 'code' is numeric(30,0), but integers are asked for up to 64 bits: rows with larger"
                + " ones cannot be found; a view can show them as text",
            "kinds.yaml:14:12: warning: 'code' is numeric(30,0), but integers are asked for up to 64 bits: rows with larger"
                + " ones cannot be found; a view can show them as text",
        ]
        for (found, expected) in zip(found.dropLast().sorted(), expected.sorted()) { #expect(found == expected) }
        #expect(found.count == expected.count + 1, "\(check.text)")
        // What is warned of is what happens: nothing comes of a table without a policy.
        try database.psql(
            """
            insert into br.closed (id, tenant_id) values (1, 'acme');
            insert into br.ruled (id, tenant_id) values (1, 'acme'), (2, 'other');
            """)
        for (table, ids) in [("closed", []), ("ruled", ["1"]), ("plain", ["1"]), ("invoker", []), ("lent", [])] {
            let export = try database.penstock(
                ["export", "--catalog", table, "--tenant", "acme", "--output", "-"], catalogs: folder)
            #expect(
                export.status == 0 && SourceEncodingTests.ids(export.output) == ids, "\(table): \(export.errorText)")
        }
    }

    @Test func `a database in SQL_ASCII is warned of once`() throws {
        let database = try ScratchDatabase(
            "ascii_source", "create schema br; create table br.open (id bigint primary key, tenant_id text);",
            encoding: "SQL_ASCII")
        let folder = try CatalogFiles([
            "a.yaml": Self.catalog("open"), "b.yaml": Self.catalog("open").replacing("key: open", with: "key: b"),
        ]).folder
        let check = try database.penstock(["catalog", "check", folder])
        #expect(check.status == 0)
        let lines = check.text.split(separator: "\n").filter { $0.contains("SQL_ASCII") }
        #expect(
            lines.count == 1 && lines[0].hasPrefix("warning\tsource: the database is in SQL_ASCII"), "\(check.text)")
    }

    @Test func `more default columns than a statement may have are an error`() throws {
        let names = (1...1_664).map { "c\($0)" }
        // A view has at most 1,600 columns, so some stand in the file twice.
        let database = try ScratchDatabase(
            "wide",
            """
            create schema br;
            create table br.wide (id bigint primary key, tenant_id text, x integer);
            create view br.wider as select id, tenant_id, \(names[..<1_500].map { "x as \($0)" }.joined(separator: ", "))
            from br.wide;
            insert into br.wide values (1, 'acme', 7);
            """)
        func file(_ count: Int) -> String {
            let head = Self.catalog("wider").split(separator: "\n").dropLast().joined(separator: "\n")
            let columns = names[..<count].map { name in
                let column = Int(name.dropFirst()).map { $0 > 1_500 ? "c\($0 - 1_500)" : name } ?? name
                return
                    "  - { key: \(name), column: \(column), label: \(name.uppercased()), type: integer, default: true }"
            }
            return head + "\n" + columns.joined(separator: "\n") + "\n"
        }
        for (count, isTooMany) in [(1_663, false), (1_664, true)] {
            let folder = try CatalogFiles(["wide.yaml": file(count)]).folder
            let check = try database.penstock(["catalog", "check", folder])
            #expect(check.status == (isTooMany ? 65 : 0), "\(check.text)")
            #expect(
                check.text.contains(
                    "a request that names no columns gets 1664 and 1 to order by, but a statement of PostgreSQL has at most 1664"
                ) == isTooMany, "\(check.text)")
            let export = try database.penstock(
                ["export", "--catalog", "wider", "--tenant", "acme", "--output", "-"], catalogs: folder)
            #expect((export.status == 0) == !isTooMany, "\(export.errorText)")
        }
    }
}
