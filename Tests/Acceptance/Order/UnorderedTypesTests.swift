import Posix
import Support
import Testing

/// What `penstock catalog check` finds out about orders and keys.
@Suite(.serialized, .waitsFirst) struct UnorderedTypesTests {
    static let types = [
        "point", "xml", "json", "box", "circle", "path", "polygon", "lseg", "line", "json[]", "point[]", "xid", "cid",
        "aclitem",
        "jsonpath", "pg_snapshot", "bad_pair", "bad_pair[]", "bad_domain",
    ]
    static let orderedTypes = [
        "text", "int[]", "good_pair", "good_pair[]", "mood", "jsonb", "cidr", "regclass", "tsrange", "int4multirange",
        "bit(3)",
        "xid8", "good_domain", "public.citext", "oid", "\"char\"", "macaddr8", "tid",
    ]

    static let sample = Result {
        let columns = (types + orderedTypes).enumerated().map { "c\($0) \($1)" }
        return try ScratchDatabase(
            "unordered",
            """
            create extension citext;
            create type bad_pair as (n int, p point);
            create type good_pair as (n int, p text);
            create domain bad_domain as json;
            create domain good_domain as good_pair;
            create type mood as enum ('a', 'b');
            create table odd (id int primary key, tenant_id text not null, \(columns.joined(separator: ", ")));
            create table base (id int primary key, tenant_id text not null, name text);
            create table kid () inherits (base);
            insert into base values (1, 'acme', 'base');
            insert into kid values (1, 'acme', 'kid');
            create table parted (id int primary key, tenant_id text not null, name text) partition by range (id);
            create table parted_1 partition of parted for values from (0) to (10);
            create view only_base as select * from only base;
            create table rounded (id int primary key, tenant_id text not null, place float8, exact int8);
            create table places (id int8 primary key, name text);
            """)
    }

    private func check(_ table: String, _ more: String = "", _ options: String = "") throws -> Shell.Outcome {
        let files = try CatalogFiles([
            "a.yaml": """
            module: checks
            key: a
            category: tests
            label: A
            table: public.\(table)
            tenant: { column: tenant_id }
            uniqueKey: { column: id, type: integer }
            columns:
              - { key: id, label: Id, type: integer, default: true\(options) }
            \(more)

            """
        ])
        return try Self.sample.get().penstock(["catalog", "check", files.folder])
    }

    @Test func `a catalog's own sort by a type without an order is an error, and by any other is none`() throws {
        let numbers = (Self.types + Self.orderedTypes).indices
        let columns = numbers.map { "  - { key: c\($0), label: C, type: string }" }
        let terms = numbers.map { "  - { column: c\($0), direction: desc }" }
        let outcome = try check("odd", (columns + ["sort:"] + terms).joined(separator: "\n"))
        #expect(outcome.status == 65)
        let found = outcome.text.split(separator: "\n").filter { $0.contains(": error: ") }
        #expect(found.count == Self.types.count, "\(outcome.text)")
        for (number, (line, type)) in zip(found, Self.types).enumerated() {
            let place = "a.yaml:\(11 + numbers.count + number):15: error: sort: 'c\(number)' of public.odd is "
            #expect(line.contains(place) && line.hasSuffix(", which has no order"), "\(type): \(line)")
        }
    }

    @Test func `a key of a table that others inherit from is refused, since it keeps their rows not apart`() throws {
        let report = try check("base")
        #expect(report.status == 65)
        #expect(
            report.text.contains(
                "7:22: error: public.base has the rows of kid by inheritance, and no key of public.base keeps their 'id' apart from its own: rows may change places"
            ), "\(report.text)")
        let relation = """
            relations: { bases: { table: public.base, key: id } }
            """
        let options =
            ", relationOptions: [{ output: reference_value, label: N, table: bases, referenceField: name }]"
        let joined = try check("parted", relation, options)
        #expect(joined.status == 65 && joined.text.contains("rows may be repeated"), "\(joined.text)")
        // Partitions have the key of the whole; a view says which rows are meant.
        #expect(try check("parted").status == 0)
        #expect(try check("only_base").status == 0)
    }

    @Test func `a rounded number that may mean several keys is refused`() throws {
        func relation(_ column: String) throws -> Shell.Outcome {
            try check(
                "rounded",
                """
                  - key: \(column)
                    label: Place
                    type: number
                    relationOptions: [{ output: reference_value, label: N, table: places, referenceField: name }]
                relations: { places: { table: public.places, key: id } }
                """)
        }
        let rounded = try relation("place")
        #expect(
            rounded.status == 65 && rounded.text.contains("may mean several 'id' of public.places"), "\(rounded.text)")
        #expect(try relation("exact").status == 0)
    }

    private static let hasUnvalidatedNotNull: Bool =
        ((try? sample.get().psql("show server_version_num")).flatMap { Int($0.prefix { $0.isNumber }) } ?? 0) >= 180_000

    @Test(.enabled(if: hasUnvalidatedNotNull, "PostgreSQL 18 and later"))
    func `a NOT NULL that is not valid promises nothing`() throws {
        try Self.sample.get().psql(
            """
            create table late (id int unique, tenant_id text not null);
            insert into late values (null, 'acme');
            alter table late add constraint present not null id not valid;
            grant select on late to penstock_reader;
            """)
        let outcome = try check("late")
        #expect(outcome.status == 65 && outcome.text.contains("'id' of public.late may be NULL"), "\(outcome.text)")
    }
}
