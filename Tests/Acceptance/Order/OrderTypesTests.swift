import JSON
import Posix
import Support
import Testing

/// Sorted, filtered and joined by types whose operators are in no schema of the search path.
@Suite(.serialized, .waitsFirst) struct OrderTypesTests {
    static let sample = Result {
        try ScratchDatabase(
            "foreign_types",
            #"""
            create schema extensions;
            create extension citext schema extensions;
            create domain extensions.word as extensions.citext collate "C";
            create table q (
                id bigint primary key, tenant_id text not null default 'acme', ve extensions.citext collate "C" not null unique,
                de extensions.word not null);
            insert into q (id, ve, de)
            select g, (array['Bo','al','cy','Di'])[1 + g % 4] || ' ' || g, (array['Bo','al','cy','Di'])[1 + g % 4] || ' ' || g / 9
            from generate_series(1, 100000) g;
            create index on q (tenant_id, ve);
            create table countries (code extensions.citext primary key, name text not null);
            insert into countries values ('NO', 'Norway'), ('se', 'Sweden');
            create table s (
                id int primary key, tenant_id text not null default 'acme', country extensions.citext, spelled extensions.word);
            insert into s (id, country, spelled) values (1, 'no', 'NO'), (2, 'SE', 'Se'), (3, 'dk', 'DK'), (4, null, null);
            analyze;
            grant usage on schema extensions to public;
            """#)
    }

    static let catalog = """
        module: foreign
        key: KEY
        category: tests
        label: Foreign
        table: public.TABLE
        tenant: { column: tenant_id }
        uniqueKey: { column: UNIQUE }
        columns:
        """

    private func sha256(
        sortedBy field: String?, _ direction: String, uniqueKey: String = "id, type: integer", format: String = "csv",
        workers: Int
    ) throws -> (sha256: String?, rows: Int?, parts: Int?, ids: Set<String>) {
        let text = Self.catalog.replacing("KEY", with: "words").replacing("TABLE", with: "q")
            .replacing("UNIQUE", with: uniqueKey)
        let columns = """

              - { key: id, label: Id, type: integer, default: true }
              - { key: ve, label: Ve, type: string }
              - { key: de, label: De, type: string, default: true }

            """
        let files = try CatalogFiles(["q.yaml": text + columns])
        let sample = try Self.sample.get()
        let check = try sample.penstock(["catalog", "check", files.folder])
        #expect(check.status == 0, "\(check.text)")
        var request: JSON.Object = [
            "module": "foreign", "catalog": "words", "format": .string(format), "columns": ["id"],
        ]
        if let field { request["sort"] = [["field": .string(field), "direction": .string(direction)]] }
        let outcome = try Shell.run(
            [
                TestRun.program, "export", "--catalog", "words", "--tenant", "acme", "--output", "-", "--json",
                "--workers", "\(workers)", "--request", "/dev/stdin",
            ], environment: ["PENSTOCK_SOURCE_URL": sample.url, "PENSTOCK_CATALOGS": files.folder],
            input: JSON.object(request).serialized)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let receipt = try JSON.parse(outcome.errors, limits: .stored)
        let ids = format == "csv" ? Set(outcome.text.split(separator: "\r\n").dropFirst().map(String.init)) : []
        return (receipt["sha256"]?.string, receipt["rows"]?.int, receipt["parts"]?.int, ids)
    }

    @Test(arguments: [("ve", "asc"), ("ve", "desc"), ("de", "asc")])
    func `no row is doubled and none is elsewhere, however many workers sort by a citext of another schema`(
        field: String, direction: String
    ) throws {
        let one = try sha256(sortedBy: field, direction, workers: 1)
        #expect(one.rows == 100_000 && one.ids.count == 100_000 && one.parts == 1)
        for workers in [2, 4] {
            let many = try sha256(sortedBy: field, direction, workers: workers)
            #expect(many.rows == 100_000 && many.ids.count == 100_000)
            #expect(many.sha256 == one.sha256, "\(workers) workers")
            #expect((many.parts ?? 0) > 1)
        }
    }

    @Test(arguments: ["csv", "xlsx"]) func `nor with such a unique key`(format: String) throws {
        let one = try sha256(sortedBy: nil, "asc", uniqueKey: "ve", format: format, workers: 1)
        let four = try sha256(sortedBy: nil, "asc", uniqueKey: "ve", format: format, workers: 4)
        #expect(one.rows == 100_000 && four.rows == 100_000)
        #expect(one.sha256 == four.sha256 && (four.parts ?? 0) > 1)
    }

    @Test func `scopes, lists of keys and relations compare as the type does`() throws {
        let text = Self.catalog.replacing("KEY", with: "small").replacing("TABLE", with: "s")
            .replacing("UNIQUE", with: "id, type: integer")
        let columns = """

              - { key: id, label: Id, type: integer, default: true }
              - key: country
                label: Country
                type: string
                default: true
                relationOptions: [{ output: reference_value, label: Name, table: countries, referenceField: name }]
              - key: spelled
                label: Spelled
                type: string
                default: true
                relationOptions: [{ output: reference_value, label: Name, table: countries, referenceField: name }]
            scopes: [{ type: country, label: Country, column: country }, { type: spelled, label: S, column: spelled }]
            statuses: { column: spelled, values: [No, SE] }
            filterKey: spelled
            relations: { countries: { table: public.countries, key: code } }

            """
        let files = try CatalogFiles(["s.yaml": text + columns, "keys.txt": "no\nSE\nfi\n"])
        let sample = try Self.sample.get()
        let check = try sample.penstock(["catalog", "check", files.folder])
        #expect(check.status == 0, "\(check.text)")
        func rows(_ options: String...) throws -> [String] {
            let outcome = try sample.penstock(
                ["export", "--catalog", "small", "--tenant", "acme", "--output", "-", "--header", "none"] + options,
                catalogs: files.folder)
            #expect(outcome.status == 0, "\(outcome.errorText)")
            return outcome.text.split(separator: "\r\n").map(String.init)
        }
        #expect(
            try rows("--relation", "country=countries.name", "--relation", "spelled=countries.name")
                == ["1,Norway,Norway", "2,Sweden,Sweden", "3,,", "4,,"])
        #expect(try rows("--scope", "country=NO") == ["1,no,NO"])
        #expect(try rows("--scope", "spelled=no,DK") == ["1,no,NO", "3,dk,DK"])
        #expect(try rows("--status", "No", "--status", "SE") == ["1,no,NO", "2,SE,Se"])
        #expect(try rows("--filter-file", "\(files.folder)/keys.txt") == ["1,no,NO", "2,SE,Se"])
    }

    @Test func `indexes on such columns serve conditions and joins`() throws {
        let sample = try Self.sample.get()
        let plan = try sample.psql(
            """
            set enable_seqscan = off; set search_path = "$user", public; set jit = off;
            explain select from q t where t.tenant_id = 'acme'
                and t.ve operator(extensions.>=) cast('Bo 5' as extensions.citext)
                and t.ve operator(extensions.<) cast('Bo 6' as extensions.citext);
            explain select from s t join countries r1
                on r1.code operator(extensions.=) cast(t.spelled as extensions.citext) collate "pg_catalog"."default";
            """)
        #expect(
            plan.contains(
                "Index Cond: ((tenant_id = 'acme'::text) AND (ve OPERATOR(extensions.>=) 'Bo 5'::extensions.citext)"),
            "\(plan)")
        #expect(plan.contains("Index Cond: (code OPERATOR(extensions.=) (t.spelled)::extensions.citext"), "\(plan)")
    }

    @Test func `check refuses a type whose schema the reading role may not use`() throws {
        let database = try ScratchDatabase(
            "closed_types",
            """
            create schema hidden;
            create extension citext schema hidden;
            create table w (id int primary key, tenant_id hidden.citext not null, word hidden.citext);
            """)
        try database.psql("revoke usage on schema hidden from penstock_reader")
        let files = try CatalogFiles([
            "w.yaml": Self.catalog.replacing("KEY", with: "w").replacing("TABLE", with: "w")
                .replacing("UNIQUE", with: "id, type: integer")
                + "\n  - { key: word, label: Word, type: string, default: true }\n"
        ])
        let check = try database.penstock(["catalog", "check", files.folder])
        #expect(check.status == 65)
        #expect(
            check.text.contains(
                "6:19: error: the database role may not use the schema of the type of 'tenant_id' of public.w (hidden.citext); grant usage on it"
            ), "\(check.text)")
    }
}
