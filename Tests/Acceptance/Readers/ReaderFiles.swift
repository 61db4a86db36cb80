import Glibc
import Posix
import Support

/// Files of hard values in every format, and beside each what a reader is to see of it, as the database tells it: the
/// folder that `Tests/Readers/matrix.py` reads.
struct ReaderFiles {
    let folder: String
    let database: ScratchDatabase

    /// More than the 8,192 rows of a piece of a compressed file and of a sheet. The hard texts stand at the beginning
    /// and where pieces meet.
    private static let sample = #"""
        create table readings (
            id bigint primary key, tenant text not null, code text, name text, amount numeric, whole bigint, flag boolean,
            day date, at timestamptz, memo text, note text);
        with hard as (
            select array[
                'a,b', 'say "so"', '""', ';', e'tab\there', e'line\nbreak', ' lead', 'trail ', '=1+1', '+47 22', '-5', '@x',
                e'=SUM(A1)\n2', '''quoted''', 'NULL', 'null', 'NA', 'nan', 'None', '#N/A', '\N', '\.', '\', 'true', '1E5',
                '00123', '2026-01', '1/2', 'é', e'e\u0301', 'Zoë Ærøskøbing', '日本語', 'שלום', '👩‍👩‍👧‍👦 🇳🇴', e'\u00a0nbsp', e'\u200bzero',
                'ID', '<a href="x">&amp;</a>', '{"a": [1]}', repeat('long ', 2000), e'\ufeffmark', '%d $1 :x ?', 'x', '.'
            ] as texts
        )
        insert into readings
        select g, 'one', lpad((g * 7919 % 100000)::text, 5, '0'),
            case when g % 8192 <= cardinality(texts) then texts[nullif(g % 8192, 0)::int] else 'row ' || g end,
            case when g % 11 > 0 then (g * 0.25 - 1000) end, case when g % 5 > 0 then g * 111111111 end, g % 3 = 0,
            case when g % 7 > 0 then date '1999-12-31' + g::int end,
            case when g % 13 > 0 then timestamptz '2026-03-28 23:59:59Z' + g * interval '61.00004 s' end,
            case when g % 9 = 0 then e'one\r\ntwo\r' when g % 2 = 0 then '' end,
            case when g % 4 = 0 then '' when g % 4 = 1 then 'end' end
        from hard, generate_series(1::bigint, 9000) g;

        create table one (id bigint primary key, tenant text not null, v text);
        insert into one values (1, 'one', 'a'), (2, 'one', null), (3, 'one', '\.'), (4, 'one', ''), (5, 'one', 'b');
        analyze;

        create function cell(value text) returns text return
            coalesce('+' || encode(convert_to(value, 'UTF8'), 'hex'), '-');
        create function guarded(value text) returns text return
            case when value ~ e'^[-=+@\t\r\n]' then '''' || value else value end;
        """#

    private static let catalogs = [
        "readings.yaml": catalog(
            "readings", uniqueKey: "id",
            [
                ("id", "ID", "integer"), ("code", "Code", "string"), ("name", "Name, \"full\"", "string"),
                ("amount", "Amount", "number"), ("whole", "Whole", "integer"), ("flag", "Flag", "boolean"),
                ("day", "Day", "date"), ("at", "At", "datetime"), ("memo", "Memo", "string"),
                ("note", "Note", "string"),
            ]), "one.yaml": catalog("one", uniqueKey: "id", [("v", "V", "string")]),
    ]

    private static func catalog(
        _ name: String, uniqueKey: String, _ columns: [(key: String, label: String, type: String)]
    ) -> String {
        """
        module: readers
        key: \(name)
        category: tests
        label: Readings
        table: public.\(name)
        tenant: { column: tenant, type: text }
        uniqueKey: { column: \(uniqueKey), type: integer }
        columns:

        """ + columns.map { "  - { key: \($0.key), label: '\($0.label)', type: \($0.type), default: true }\n" }.joined()
    }

    /// Of a CSV file: texts that look like a formula are guarded, times have their offset.
    private static let csvCells = [
        "id::text", "guarded(code)", "guarded(name)", "amount::text", "whole::text",
        "case flag when true then 'true' when false then 'false' end", "day::text",
        "regexp_replace(to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '\\.?0+$', '') || 'Z'",
        "guarded(memo)", "guarded(note)",
    ]

    /// Of NDJSON: as of a CSV file, but for the guard. Readers make numbers of numbers.
    private static let objectCells = csvCells.map {
        $0 == "amount::text" ? "trim_scale(amount)::text" : $0.replacing("guarded", with: "")
    }

    /// Of a workbook: texts as they are, times to the second, which is what its cells show.
    private static let sheetCells = [
        "id::text", "code", "name", "trim_scale(amount)::text", "whole::text",
        "case flag when true then 'true' when false then 'false' end", "day::text",
        "to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')", "note",
    ]

    init() throws {
        database = try ScratchDatabase("readers", Self.sample)
        folder = getenv("READERS_FOLDER").map { String(cString: $0) } ?? "\(TestRun.folder)/readers"
        try File.makeFolders(folder)
        let names = ["ID", "Code", "Name, \"full\"", "Amount", "Whole", "Flag", "Day", "At", "Memo", "Note"]
        let sheetNames = names.filter { $0 != "Memo" }
        try write("rows", of: "readings", tenant: "one", zipped: true)
        try write("none", of: "readings", tenant: "nobody", zipped: false)
        try write("one", of: "one", tenant: "one", zipped: false)
        try expect("rows.csv", names, Self.csvCells, from: "readings")
        try expect("rows.xlsx", sheetNames, Self.sheetCells, from: "readings")
        try expect("none.csv", names, Self.csvCells, from: "readings where false")
        try expect("none.xlsx", sheetNames, Self.sheetCells, from: "readings where false")
        try expect(
            "rows.jsonl", ["id", "code", "name", "amount", "whole", "flag", "day", "at", "memo", "note"],
            Self.objectCells, from: "readings")
        try expect("one.csv", ["V"], ["v"], from: "one")
        try expect("one.jsonl", ["v"], ["v"], from: "one")
        try expect("one.xlsx", ["V"], ["v"], from: "one")
    }

    private func write(_ name: String, of catalog: String, tenant: String, zipped: Bool) throws {
        let catalogs = try CatalogFiles(Self.catalogs)
        let sheet = catalog == "readings" ? Self.sheetColumns.flatMap { ["--column", $0] } : []
        var forms = [("csv", []), ("csv.gz", ["--gzip"]), ("xlsx", ["--format", "xlsx"] + sheet)]
        if zipped { forms.append(("zip", ["--annexes"])) }
        // Without rows there are no names that a reader could learn.
        if tenant == "one" {
            forms += [("jsonl", ["--format", "jsonl"]), ("jsonl.gz", ["--format", "jsonl", "--gzip"])]
        }
        for (form, options) in forms {
            let made = try database.penstock(
                ["export", "--catalog", catalog, "--tenant", tenant, "--output", "\(folder)/\(name).\(form)"] + options,
                catalogs: catalogs.folder)
            guard made.status == 0 else { throw Unmet("\(name).\(form): \(made.errorText)") }
        }
    }

    private static let sheetColumns = ["id", "code", "name", "amount", "whole", "flag", "day", "at", "note"]

    /// What the database has, by SQL alone.
    private func expect(_ name: String, _ header: [String], _ cells: [String], from: String) throws {
        func line(_ cells: [String]) -> String { cells.map { "cell(\($0))" }.joined(separator: "||' '||") }
        let names = header.map { "'\($0)'" }
        let text = try database.psql("select \(line(names)); select \(line(cells)) from \(from) order by id;")
        let file = try FileDescriptor.open("\(folder)/\(name).expected", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
        try file.close()
    }
}
