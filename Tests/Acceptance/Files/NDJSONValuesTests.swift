import JSON
import Support
import Testing

/// NDJSON of hard values, read by Python's json and held against what the database's own JSON says of them.
@Suite(.waits) struct NDJSONValuesTests {
    private static let sample = Result {
        try ScratchDatabase(
            "ndjson",
            #"""
            create type mood as enum ('calm', 'it''s "fine"', '=1+1');
            create table hard (
                id bigint primary key, tenant text not null, name text, huge numeric, tiny numeric, double float8, single float4,
                flag boolean, day date, at timestamptz, local timestamp, clock timetz, key uuid, mood mood, doc json, docb jsonb,
                list text[], span interval);
            insert into hard values
                (9007199254740993, 'one', e'"\\/\b\f\n\r\t\v\x01\x1f\x7f', repeat('7', 131072)::numeric, '1e-16383', 0.1::float8 + 0.2,
                 1e10, true, '2026-05-07', '2026-05-07 10:30:00.12Z', '2026-01-02 03:04:05', '24:00:00+05:30',
                 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'it''s "fine"',
                 e'{"a": [1, 2.0, 1e400, "x\\ty"],\n\t"a": null,\r\n "é": "\\ud83d\\ude00 \\u0001" }',
                 '{"b": 1.10, "a": {"c": [true, null, "\\"]}}', array['a,b', 'c"d', null, e'e\nf', ''],
                 '-1 year 2 mons -3 days 04:05:06.789'),
                (2, 'one', '\N', 'NaN', '-0.10', '-Infinity', 'NaN', false, 'infinity', '-infinity', 'infinity', '00:00:00-12', null,
                 '=1+1', '-5', '"=1+1"', '{}', '-00:26'),
                (3, 'one', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
                (-4, 'one', '', '0', '-0.0', '-0', '1e-30', null, '0044-03-15 BC', '2000-02-29 23:59:59.999999Z', null, null,
                 null, null, 'null', 'null', null, null),
                (5, 'one', 'Zoë 日本語 שלום 👩‍👩‍👧‍👦 🇳🇴' || chr(8232) || chr(65279) || chr(65535) || chr(1114111), '12345678901234567890.0',
                 '1', '1e300', '16777216', true, '1999-12-31', '1970-01-01 00:00Z', null, null, null, null, ' [ ] ', '[]', null, null),
                (6, 'one', repeat(e'\x01"\\\n', 50000), '1', '1', 1, 1, true, '1999-12-31', '1970-01-01 00:00Z', null, null, null, null,
                 ('[' || repeat('"' || repeat('x', 999) || e'\\n",\n', 500) || '1]')::json, '{"=": "\u0001"}', null, null);
            insert into hard (id, tenant, name) select g, 'one', chr(g) || '\' || chr(g + 32) || '"' from generate_series(10, 31) g;
            analyze;
            """#)
    }

    private static let columns = [
        ("id", "integer"), ("name", "string"), ("huge", "number"), ("tiny", "number"), ("double", "number"),
        ("single", "number"), ("flag", "boolean"), ("day", "date"), ("at", "datetime"), ("local", "localDatetime"),
        ("clock", "time"), ("key", "uuid"), ("mood", "enum"), ("doc", "json"), ("docb", "json"), ("list", "string"),
        ("span", "string"),
    ]

    /// The database's own JSON of a row, in hexadecimal digits. Its to_json spells times in another way.
    private static let expected = """
        select encode(convert_to(json_build_object('id', id, 'name', name, 'huge', huge, 'tiny', tiny, 'double', double,
            'single', single, 'flag', flag, 'day', day, 'at', instant(at), 'local', instant(local at time zone 'Europe/Oslo'),
            'clock', clock::text, 'key', key, 'mood', mood, 'doc', doc, 'docb', docb, 'list', list::text, 'span', span::text
        )::text, 'UTF8'), 'hex') from hard order by id
        """
    private static let instant = """
        create function pg_temp.instant(at timestamptz) returns text return case when isfinite(at)
            then regexp_replace(to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\\.?0+$', '') || 'Z' else at::text end;

        """

    /// Compares the lines of a file with what stands before it, exactly: digits, the order of members, members that
    /// come twice.
    private static let script = #"""
        import json, sys
        wanted, file = sys.stdin.buffer.read().split(b"\n--\n", 1)
        def refuse(word): raise ValueError(word)
        def parsed(line):
            return json.loads(line.decode("utf-8"), object_pairs_hook=lambda pairs: ("object", pairs), parse_constant=refuse,
                parse_int=lambda digits: ("number", digits), parse_float=lambda digits: ("number", digits))
        wanted = [bytes.fromhex(line.decode()) for line in wanted.split()]
        assert file.endswith(b"\n") and not file.startswith(b"\xef\xbb\xbf")
        lines = file[:-1].split(b"\n")
        assert len(lines) == len(wanted), f"{len(lines)} lines of {len(wanted)}"
        for line, own in zip(lines, wanted):
            assert all(byte >= 0x20 for byte in line)
            (_, read), (_, own) = parsed(line), parsed(own)
            for (name, value), (key, known) in zip(read, own, strict=True):
                assert (name, value) == (key, known), f"{name} is {value!r:.200}, in the database {known!r:.200}"
        print(len(lines))
        """#

    private func run(_ options: [String]) throws -> Shell.Outcome {
        let catalog = """
            module: tests
            key: hard
            category: tests
            label: Hard
            table: public.hard
            tenant: { column: tenant, type: text }
            uniqueKey: { column: id, type: integer }
            columns:

            """
            + Self.columns.map { key, type in
                "  - { key: \(key), label: \"The \(key)\", type: \(type), default: true"
                    + "\(type == "localDatetime" ? ", zone: Europe/Oslo" : "") }\n"
            }.joined()
        let files = try CatalogFiles(["hard.yaml": catalog])
        return try Self.sample.get().penstock(
            ["export", "--catalog", "hard", "--tenant", "one", "--format", "jsonl", "--output", "-"] + options,
            catalogs: files.folder)
    }

    private func export(_ options: [String] = []) throws -> [UInt8] {
        let outcome = try run(options)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return outcome.output
    }

    @Test func `every value is what the database's own JSON says, to the last digit`() throws {
        let wanted = try Self.sample.get().psql(
            Self.instant + Self.expected.replacing("instant(", with: "pg_temp.instant("))
        let input = try Array(wanted.utf8) + Array("--\n".utf8) + export()
        let outcome = try Shell.run(["python3", "-c", Self.script], input: input)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.text == "28\n")
    }

    @Test func `neither the locale nor the language changes a byte`() throws {
        let plain = try export()
        #expect(try export(["--locale", "nb-NO", "--language", "nb"]) == plain)
        #expect(try Shell.output(["gzip", "-dc"], input: export(["--gzip"])) == plain)
    }

    @Test func `with annexes it comes in an archive of NDJSON files`() throws {
        let script = """
            import io, json, sys, zipfile
            archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
            for name in archive.namelist(): print(name, len([json.loads(line, parse_int=str) for line in archive.open(name)]))
            """
        let lines = try Shell.output(["python3", "-c", script], input: export(["--annexes"]))
        let names = String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(names.count == 4)
        #expect(names.first?.hasSuffix(".jsonl 28") == true)
        #expect(names.dropFirst().allSatisfy { $0.contains(".jsonl ") && !$0.hasSuffix(" 0") }, "\(names)")
    }

    @Test func `options of CSV do not belong to it`() throws {
        let outcome = try run(["--delimiter", ";", "--gzip"])
        #expect(outcome.status == 64)
        #expect(outcome.errorText == "penstock: --delimiter belongs to format csv\n")
    }
}
