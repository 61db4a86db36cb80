import JSON
import Support

/// A random table of a few hundred rows, with its catalog.
struct OrderTable {
    let name: String
    let create: String
    let catalog: String
    /// What can be sorted by, besides the key.
    let columns: [String]
    private let insert: String

    /// Schemas outside of the search path, and what lives in them.
    static let preparation = #"""
        create schema extensions;
        create schema "Odd Schema";
        create extension citext schema extensions;
        create extension ltree schema extensions;
        create extension hstore schema extensions;
        create extension cube schema extensions;
        create extension seg schema extensions;
        create collation "Odd Schema"."no case" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create collation "Odd Schema".digits (provider = icu, locale = 'und-u-kn-true');
        create domain "Odd Schema"."folded text" as extensions.citext check (value <> 'nobody');
        create domain "Odd Schema".code as text collate "C";
        create domain "Odd Schema".caseless as text collate "Odd Schema"."no case";
        create domain "Odd Schema".small as int check (value < 1000000);
        create type "Odd Schema".mood as enum ('calm', 'Angry', 'b', 'B');
        create type "Odd Schema".pair as (n int, word text);
        create type "Odd Schema".folds as (word extensions.citext, n numeric);
        create domain "Odd Schema".couple as "Odd Schema".pair;
        create type "Odd Schema".words as range (subtype = text, collation = "C");
        grant usage on schema extensions, "Odd Schema" to public;
        """#

    /// A word that others differ from by case, accents, blanks and punctuation alone.
    private static let word = """
        (array['Bo', 'bo', 'BO', 'al', 'Al', 'cy', 'Di', 'di', 'Ø', 'ö', 'Oe', 'a b', 'a-b', 'AB', 'é', 'É', 'z', 'aa', '_', '9'])[1 + r[1] % 20]
        """
    private static let text = "\(word) || case when r[2] % 3 = 0 then '' else ' ' || r[2] % 50 end"

    /// Types, and a value of each made of the random numbers r[1] to r[4], from 0 to 999,999.
    private static let types: [(type: String, value: String)] = [
        ("text", text), ("text collate \"C\"", text), ("text collate \"sv-x-icu\"", text),
        ("text collate \"Odd Schema\".\"no case\"", text), ("text collate \"Odd Schema\".digits", text),
        ("varchar(40) collate \"C\"", text), ("char(30)", text), ("name", text), ("\"char\"", "chr(65 + r[1] % 50)"),
        ("extensions.citext", text), ("extensions.citext collate \"C\"", text),
        ("\"Odd Schema\".\"folded text\"", text),
        ("\"Odd Schema\".code", text), ("\"Odd Schema\".caseless", text), ("\"Odd Schema\".small", "r[1] % 400 - 200"),
        ("\"Odd Schema\".mood", "(enum_range(null::\"Odd Schema\".mood))[1 + r[1] % 4]"),
        ("\"Odd Schema\".pair", "row(r[1] % 20, \(text))::\"Odd Schema\".pair"),
        ("\"Odd Schema\".couple", "row(r[1] % 20, \(text))::\"Odd Schema\".pair"),
        ("\"Odd Schema\".folds", "row(\(text), r[3] % 9)::\"Odd Schema\".folds"),
        ("\"Odd Schema\".words", "\"Odd Schema\".words(least(\(word), 'm'), greatest(\(word), 'm'), '[]')"),
        ("extensions.ltree", "(replace('a' || r[1] % 9 || '.B' || r[2] % 9, '3', '_'))::extensions.ltree"),
        ("extensions.hstore", "extensions.hstore('k' || r[1] % 20, 'v' || r[2] % 9)"),
        ("extensions.cube", "extensions.cube(array[r[1] % 30, r[2] % 9]::float8[], array[r[3] % 30, 1]::float8[])"),
        ("extensions.seg", "(r[1] % 300)::text::extensions.seg"),
        ("extensions.citext[]", "array[\(text), \(word)]::extensions.citext[]"), ("int[]", "array[r[1] % 9, r[2] % 9]"),
        ("int2", "r[1] % 300 - 150"), ("int8", "(r[1] - 500000) * 1000000::int8"),
        (
            "numeric",
            "case when r[1] % 40 = 0 then 'NaN' when r[1] % 41 = 0 then 'Infinity' else (r[1] - 500000) / 1000.0 end"
        ),
        (
            "float8",
            "case when r[1] % 40 = 0 then 'NaN' when r[1] % 41 = 0 then '-0' else (r[1] - 500000)::float8 / 7 end"
        ), ("float4", "(r[1] - 500000)::float4 / 7"), ("bool", "r[1] % 2 = 0"),
        ("money", "(r[1] - 500000)::numeric::money"),
        (
            "date",
            "case when r[1] % 40 = 0 then 'infinity' when r[1] % 41 = 0 then '0044-03-15 BC' else date '2026-01-01' + r[1] % 300 end"
        ),
        ("timestamptz", "timestamptz '2026-10-25 00:30:00Z' + (r[1] % 400) * interval '17.000001 s'"),
        ("timestamp", "timestamp '1999-12-31 23:59:59' + (r[1] % 400) * interval '1 h'"),
        ("timetz", "make_time(r[1] % 24, r[2] % 60, 0)::timetz"), ("time", "make_time(r[1] % 24, r[2] % 60, 0.5)"),
        ("interval", "make_interval(months => r[1] % 3, days => r[2] % 90 - 45, hours => r[3] % 49)"),
        ("uuid", "md5(r[1]::text)::uuid"), ("bytea", "decode(md5(r[1]::text), 'hex')"), ("oid", "r[1]::oid"),
        ("inet", "('10.' || r[1] % 9 || '.' || r[2] % 9 || '.1/' || 8 + r[3] % 24)::inet"),
        ("cidr", "network(('10.' || r[1] % 9 || '.' || r[2] % 9 || '.0/' || 8 + r[3] % 24)::inet)"),
        ("macaddr", "substr(md5(r[1]::text), 1, 12)::macaddr"), ("varbit", "(r[1] % 999)::bit(12)::varbit"),
        ("bit(9)", "(r[1] % 512)::bit(9)"), ("jsonb", "jsonb_build_object('k', r[1] % 20, 'w', \(word))"),
        ("int4range", "int4range(r[1] % 99, 99 + r[2] % 9)"), ("pg_lsn", "('0/' || to_hex(r[1]))::pg_lsn"),
        ("int4multirange", "int4multirange(int4range(r[1] % 99, 99), int4range(200, 201 + r[2] % 9))"),
        ("tsvector", "to_tsvector('simple', \(text))"), ("xid8", "r[1]::text::xid8"), ("regtype", "'int4'::regtype"),
    ]

    /// Types of the key, and a value of each that none of the other numbers from 1 gives, by its own comparison.
    private static let keys: [(type: String, declared: String, value: String)] = [
        ("bigint", "integer", "(n * 7919) % 10007"), ("\"Odd Schema\".small", "integer", "(n * 7919) % 10007"),
        ("numeric(12, 0)", "integer", "(n * 7919) % 10007 - 5000"), ("uuid", "uuid", "md5(n::text)::uuid"),
        ("text", "text", "mixed"), ("text collate \"C\"", "text", "mixed"), ("varchar(40)", "text", "mixed"),
        ("text collate \"Odd Schema\".\"no case\"", "text", "mixed"), ("char(40)", "text", "mixed"),
        ("extensions.citext", "text", "mixed"), ("extensions.citext collate \"C\"", "text", "mixed"),
        ("\"Odd Schema\".\"folded text\"", "text", "mixed"), ("\"Odd Schema\".code", "text", "mixed"),
        ("\"Odd Schema\".caseless", "text", "mixed"), ("name", "text", "mixed"),
    ]

    private static let tenants = [
        "text", "extensions.citext", "text collate \"Odd Schema\".\"no case\"", "char(9)",
        "\"Odd Schema\".\"folded text\"",
        "name",
    ]

    init(number: Int, _ random: inout SplitMix64) {
        let key = Self.keys[Int.random(in: 0..<Self.keys.count, using: &random)]
        let tenant = Self.tenants[Int.random(in: 0..<Self.tenants.count, using: &random)]
        let chosen = (0..<4).map { _ in Self.types[Int.random(in: 0..<Self.types.count, using: &random)] }
        let seed = UInt32.random(in: .min ... .max, using: &random)
        let rows = Int.random(in: 200...700, using: &random)
        let name = "ordered_\(number)"
        self.name = name
        columns = chosen.indices.map { "c\($0 + 1)" }
        let definitions = zip(columns, chosen).map { "\($0) \($1.type)" }.joined(separator: ", ")
        create = "create table \(name) (id \(key.type) primary key, tenant \(tenant) not null, \(definitions));"
        // r: numbers that say the same every time; of rows that are alike in some of them there are enough for ties.
        let values = chosen.enumerated().map { index, column in
            "case when r[4] % 9 = \(index) then null else \(column.value) end"
        }
        insert = """
            insert into \(name)
            select \(key.value), case when n % 5 = 0 then 'ACME' when n % 7 = 0 then 'other' else 'acme' end,
                \(zip(columns, values).map { "(select \($1) from (select \(Self.numbers($0, seed)) as r) one)" }.joined(separator: ",\n    "))
            from generate_series(1, \(rows)) n
            cross join lateral (
                select case when n % 3 = 0 then upper(h) else h end as mixed from (select md5('\(seed)' || n) as h) hash
            ) words;
            \(Int.random(in: 0...2, using: &random) == 0 ? "create index on \(name) (tenant, c1);" : "")
            analyze \(name);
            grant select on \(name) to penstock_reader;
            """
        catalog = """
            module: orders
            key: table
            category: tests
            label: Ordered
            table: public.\(name)
            tenant: { column: tenant, type: text }
            uniqueKey: { column: id, type: \(key.declared) }
            columns:
              - { key: id, label: Id, type: string, default: true }

            """ + columns.map { "  - { key: \($0), label: \($0), type: string, default: true }\n" }.joined()
    }

    private static func numbers(_ column: String, _ seed: UInt32) -> String {
        let places = [1, 9, 17, 25].map {
            "('x' || substr(md5('\(seed)\(column)' || n), \($0), 7))::bit(28)::int % 1000000"
        }
        return "array[\(places.joined(separator: ", "))]"
    }

    /// Makes the table, and asks the server itself for the rows of each round.
    func expected(_ rounds: [OrderRound], in database: ScratchDatabase) throws -> [[UInt8]] {
        let mark = "-- round --"
        let script = rounds.map { round in
            """
            \\echo '\(mark)'
            copy (
                select \(round.columns.joined(separator: ", ")) from \(name)
                where tenant::text collate "C" = 'acme' order by \(round.order)
            ) to stdout (format csv);
            """
        }
        let settings = "set timezone = 'UTC'; set extra_float_digits = 1;"
        let output = try database.psql(([create, insert, settings] + script).joined(separator: "\n"))
        return output.split(separator: "\(mark)\n", omittingEmptySubsequences: false).dropFirst().map { Array($0.utf8) }
    }
}

/// One export of such a table.
struct OrderRound {
    let columns: [String]
    let format: String
    let workers: Int
    private let sort: [(column: String, isDescending: Bool)]

    init(_ table: OrderTable, _ random: inout SplitMix64) {
        let all = (table.columns + ["id"]).shuffled(using: &random)
        sort = all.prefix(Int.random(in: 0...3, using: &random)).map {
            (column: $0, isDescending: Bool.random(using: &random))
        }
        columns = Array(all.shuffled(using: &random).prefix(Int.random(in: 1...all.count, using: &random)))
        format = ["csv", "csv", "csv", "csv", "csv", "csv.gz", "xlsx"].randomElement(using: &random) ?? "csv"
        workers = [2, 2, 2, 3, 3, 4, 5, 7].randomElement(using: &random) ?? 2
    }

    /// The key breaks the ties, in the direction of the term before it.
    var order: String {
        var terms = sort
        if !terms.contains(where: { $0.column == "id" }) { terms.append(("id", terms.last?.isDescending ?? false)) }
        return terms.map { "\($0.column)\($0.isDescending ? " desc" : "")" }.joined(separator: ", ")
    }

    var request: JSON {
        var request: JSON.Object = [
            "module": "orders", "catalog": "table", "format": format == "xlsx" ? "xlsx" : "csv",
            "columns": .array(columns.map { .string($0) }),
        ]
        if !sort.isEmpty {
            request["sort"] = .array(
                sort.map { ["field": .string($0.column), "direction": $0.isDescending ? "desc" : "asc"] })
        }
        if format != "xlsx" { request["csv"] = ["formulaGuard": false] }
        if format == "csv.gz" { request["compression"] = "gzip" }
        return .object(request)
    }
}
