import Posix
import Support
import Testing

/// Related rows' labels are read once when an export is large. What they are read for and what is left to joins shows
/// in PostgreSQL's log, and never in the file.
@Suite(.serialized, .waitsFirst) struct LabelTests {
    /// 25,000 rows whose keys find a label, find none, or are NULL, through keys of all sorts.
    static let sample = Result {
        try ScratchDatabase(
            "labels",
            #"""
            create table ints (id bigint primary key, label text);
            insert into ints select n, 'label ' || n from generate_series(1, 40) n;
            insert into ints values (41, null), (42, ''), (43, E'tab\tand line\nand \\ and \\N'), (44, '\N'), (45, '=1+1'),
                (46, ' "quoted", spaced '), (47, 'Zürich 東京 🚚'), (-5, 'below zero');
            create table uuids (id uuid primary key, number int);
            insert into uuids select md5(n::text)::uuid, n from generate_series(1, 30) n;
            create table codes (code varchar(8) primary key, title text not null);
            insert into codes values ('a', 'small'), ('A', 'large'), ('ä', 'umlaut'), ('', 'empty'), (E'b\tc', 'tab'), ('\N', 'N');
            create collation folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            create table folds (code text collate folded primary key, title text not null);
            insert into folds values ('x', 'the letter x'), ('y', 'the letter y');
            create table numbers (n numeric primary key, title text not null);
            insert into numbers values (1.0, 'one'), (2, 'two');
            create table many (id int primary key, title text not null);
            insert into many select n, 'title ' || n from generate_series(1, 20000) n;
            create table people (id int, tenant text, name text not null, primary key (tenant, id));
            insert into people select n, t, t || n from generate_series(1, 9) n, unnest('{one,two}'::text[]) t;
            create table staff (id int, tenant text, person int, primary key (tenant, id));
            insert into staff select n, t, n % 10 from generate_series(1, 20) n, unnest('{one,two}'::text[]) t;
            create table divisors (id int primary key, divisor int not null);
            insert into divisors values (1, 1), (2, 2), (3, 0);
            create view quotients as select id, 100 / divisor as quotient from divisors;
            create table things (
                id int primary key, tenant text not null, an_int int, a_uuid uuid, a_text text,
                fold text collate folded, number int, many int, staff int, divided int);
            insert into things
            select n, case when n % 50 = 0 then 'two' else 'one' end, nullif(n % 60, 50) - 10, md5((n % 33)::text)::uuid,
                (array['a', 'A', 'ä', 'Ä', '', E'b\tc', '\N', null])[1 + n % 8], (array['x', 'X', 'y', 'z', null])[1 + n % 5],
                n % 4, n % 25000, n % 23, 1 + n % 2
            from generate_series(1, 25000) n;
            analyze;
            alter role penstock_reader in database labels set log_statement = 'all';
            """#)
    }

    static let catalog = """
        module: things
        key: things
        category: tests
        label: Things
        table: public.things
        tenant: { column: tenant, type: text }
        uniqueKey: { column: id, type: integer }
        relations:
          ints: { table: public.ints, key: id }
          uuids: { table: public.uuids, key: id }
          codes: { table: public.codes, key: code }
          folds: { table: public.folds, key: code }
          numbers: { table: public.numbers, key: n }
          many: { table: public.many, key: id }
          staff:
            table: public.staff
            key: id
            tenantColumn: tenant
            nested:
              person: { table: public.people, column: person, key: id, tenantColumn: tenant }
          quotients: { table: public.quotients, key: id }
        columns:
          - { key: id, label: Id, type: integer, default: true }
          - \(column("an_int", "integer", "ints", "label"))
          - \(column("a_uuid", "uuid", "uuids", "number", ", type: integer"))
          - \(column("a_text", "string", "codes", "title"))
          - \(column("fold", "string", "folds", "title"))
          - \(column("number", "integer", "numbers", "title"))
          - \(column("many", "integer", "many", "title"))
          - \(column("staff", "integer", "staff", "person.name"))
          - \(column("divided", "integer", "quotients", "quotient", ", type: integer"))

        """

    private static func column(
        _ key: String, _ type: String, _ table: String, _ field: String, _ more: String = ""
    ) -> String {
        let option = "{ output: reference_value, label: \(key), table: \(table), referenceField: \(field)\(more) }"
        return "{ key: \(key), label: \(key), type: \(type), default: true, relationOptions: [\(option)] }"
    }

    static let relations = [
        "an_int=ints.label", "a_uuid=uuids.number", "a_text=codes.title", "fold=folds.title", "number=numbers.title",
        "many=many.title", "staff=staff.person.name", "divided=quotients.quotient",
    ]

    private func export(_ tenant: String, _ options: [String]) throws -> CSVText {
        let files = try CatalogFiles(["things.yaml": Self.catalog])
        let outcome = try Self.sample.get().penstock(
            ["export", "--catalog", "things", "--tenant", tenant, "--output", "-"]
                + Self.relations.flatMap { ["--relation", $0] } + options, catalogs: files.folder)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return CSVText(outcome.output)
    }

    /// What the rows of a tenant are, asked of PostgreSQL.
    private func expected(_ tenant: String) throws -> CSVText {
        CSVText(
            Array(
                try Self.sample.get().psql(
                    """
                    copy (
                        select t.id, case when i.label like '=%' then '''' || i.label else i.label end, u.number, c.title, f.title,
                            n.title, m.title, p.name, q.quotient
                        from things t left join ints i on i.id = t.an_int left join uuids u on u.id = t.a_uuid
                            left join codes c on c.code = t.a_text left join folds f on f.code = t.fold
                            left join numbers n on n.n = t.number left join many m on m.id = t.many
                            left join staff s on s.id = t.staff and s.tenant = t.tenant
                            left join people p on p.id = s.person and p.tenant = t.tenant
                            left join quotients q on q.id = t.divided
                        where t.tenant = '\(tenant)' order by t.id
                    ) to stdout csv
                    """
                ).utf8))
    }

    @Test func `the rows are those of a join, whichever labels were read`() throws {
        let (before, large) = (try log(), try export("one", []))
        let statement = try rows(in: log().dropFirst(before.count))
        // A collation that takes different texts for equal is ICU's.
        let collated = try ScratchDatabase.hasICU(Stage.shared) ? ["folds"] : []
        for table in ["numbers", "many", "quotients"] + collated {
            #expect(statement.contains("join \"public\".\"\(table)\""))
        }
        for table in ["ints", "uuids", "codes", "staff", "people"] {
            #expect(!statement.contains("\"public\".\"\(table)\""))
        }
        let expected = try expected("one").records
        #expect(expected.count == 24_500)
        let found = large.records.dropFirst()
        #expect(found.count == expected.count)
        for (row, wanted) in zip(found, expected) where row.map(\.text) != wanted.map(\.text) {
            Issue.record("\(row.map(\.text)) instead of \(wanted.map(\.text))")
            return
        }
        // An empty label is quoted, NULL is not.
        #expect(
            found.contains { $0[1].isQuoted && $0[1].text.isEmpty }
                && found.contains { !$0[1].isQuoted && $0[1].text.isEmpty })
    }

    @Test func `a small export joins, with the same result`() throws {
        let (before, small) = (try log(), try export("two", []))
        #expect(try rows(in: log().dropFirst(before.count)).contains("join \"public\".\"ints\""))
        #expect(try small.records.dropFirst().map { $0.map(\.text) } == expected("two").records.map { $0.map(\.text) })
    }

    /// The statement that brought the rows.
    private func rows(in log: Substring) throws -> Substring {
        let statements = log.split(separator: " LOG:  statement: ")
        return try #require(statements.last { $0.hasPrefix("COPY (\n\tselect t.\"id\"") })
    }

    private func log() throws -> String {
        String(decoding: try File.bytes(at: "\(Stage.shared.state)/log/postgres.log"), as: UTF8.self)
    }
}
