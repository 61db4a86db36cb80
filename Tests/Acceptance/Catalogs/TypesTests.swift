import JSON
import Support
import Testing

/// I62: values of PostgreSQL's less usual types are what PostgreSQL writes for them, to the last digit, in either
/// format.
@Suite(.waits) struct TypesTests {
    static let sample = Result {
        try ScratchDatabase(
            "types",
            #"""
            create extension hstore;
            create type shade as (name text, depth numeric);
            create type mood as enum ('calm', 'it''s "fine"', '=1+1');
            create domain short as text check (length(value) < 99);
            create table odd (
                id int primary key, tenant text not null, huge numeric, tiny numeric, bytes bytea, list text[], grid int[],
                pair shade, doc json, docb jsonb, bag hstore, tree xml, price money, span interval, range tsrange, net inet,
                mac macaddr, bits bit varying, dot point, lexemes tsvector, mood mood, short short, moment timetz, number float8);
            insert into odd values
                (1, 'one', repeat('7', 131072)::numeric, '1e-16383', '\x00ff5c09', array['a,b', 'c"d', null, e'e\nf', ''],
                 array[[1, 2], [3, null]], ('deep, "dark"', 1.50), '{"a": [1, 2.0, "x\ty"],  "a": null}', '{"b": 1.0, "a": "é"}',
                 'k=>v, "q r"=>NULL', '<a b="c">d &amp; e</a>', '-1234.56', '-1 year 2 mons -3 days 04:05:06.789',
                 '[2026-01-01 00:00, 2026-02-01 00:00)', '10.1.2.3/8', '08:00:2b:01:02:03', b'10110', '(1.5,-2)',
                 'fat:2 cat:3A', 'it''s "fine"', e'tab\there', '24:00:00+05:30', 0.1::float8 + 0.2),
                (2, 'one', 'NaN', '-0.10', '', '{}', '{}', (null, null), '-5', '-6', '', '@x', '-0.5', '-00:26', 'empty', '::1', null, b'',
                 null, '', '=1+1', '-5', '00:00:00-12', '-Infinity'),
                (3, 'one', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                 null, null, null, null);
            analyze;
            """#)
    }

    static let columns = [
        "huge", "tiny", "bytes", "list", "grid", "pair", "doc", "docb", "bag", "tree", "price", "span", "range", "net",
        "mac",
        "bits", "dot", "lexemes", "mood", "short", "moment", "number",
    ]

    /// Those in which somebody may have typed a formula; the server spells the others.
    static let typed: Set = ["list", "pair", "bag", "tree", "lexemes", "mood", "short"]

    private func export(_ format: String) throws -> Shell.Outcome {
        let catalog = """
            module: types
            key: odd
            category: tests
            label: Odd
            table: public.odd
            tenant: { column: tenant, type: text }
            uniqueKey: { column: id, type: integer }
            columns:

            """ + Self.columns.map { "  - { key: \($0), label: \($0), type: string, default: true }\n" }.joined()
        let files = try CatalogFiles(["odd.yaml": catalog])
        let check = try Self.sample.get().penstock(["catalog", "check", files.folder])
        #expect(check.status == 0, "\(check.text)")
        let outcome = try Self.sample.get().penstock(
            ["export", "--catalog", "odd", "--tenant", "one", "--format", format, "--output", "-", "--json"],
            catalogs: files.folder)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return outcome
    }

    /// What PostgreSQL writes, nil for NULL.
    private func expected() throws -> [[String?]] {
        let rows = try Self.sample.get().psql(
            "copy (select \(Self.columns.joined(separator: ", ")) from odd order by id) to stdout (format csv, force_quote *)"
        )
        return CSVText(Array(rows.utf8)).records.map { row in row.map { $0.isQuoted ? $0.text : nil } }
    }

    @Test func `a CSV file has them as they are, but for the guard`() throws {
        let guarded = try expected().map { row in
            zip(Self.columns, row).map { column, text in
                guard let text else { return "" }
                return Self.typed.contains(column) && "=+-@\t".contains(text.first ?? " ") ? "'\(text)" : text
            }
        }
        #expect(try CSVText(export("csv").output).records.dropFirst().map { $0.map(\.text) } == guarded)
    }

    /// -0.10, -$0.50, an interval of -00:26:00, -Infinity and JSON's -5 are none.
    @Test(arguments: ["csv", "xlsx"])
    func `only what somebody may have typed counts as a formula`(format: String) throws {
        let receipt = try JSON.parse(export(format).errors, limits: .stored)
        #expect(receipt["formulasNeutralised"]?.int == 3, "an enum's =1+1, a domain's -5 and XML's @x")
    }

    @Test func `a workbook has them as text, cut where a cell is full`() throws {
        let script = """
            import io, json, re, sys, zipfile
            import xml.etree.ElementTree as tree
            main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
            sheet = tree.fromstring(zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).read("xl/worksheets/sheet1.xml"))
            rows = []
            for row in sheet.iter(main + "row"):
                cells = {}
                for cell in row:
                    # The last column's cell is there even without a value.
                    if not len(cell) and cell.get("r").startswith("V"): continue
                    assert cell.get("t") == "inlineStr" and cell.find(main + "f") is None, cell.get("r")
                    column = 0
                    for letter in re.match("[A-Z]+", cell.get("r"))[0]: column = column * 26 + ord(letter) - 64
                    cells[column - 1] = "".join(cell.itertext())
                rows.append([cells.get(index) for index in range(\(Self.columns.count))])
            for row in rows[1:]:
                for text in row: sys.stdout.write("-" if text is None else "+" + json.dumps(text)); sys.stdout.write("\\n")
            """
        let read = try Shell.output(["python3", "-c", script], input: export("xlsx").output)
        let wanted = try expected().flatMap { row in row.map { text in text.map { String($0.prefix(32_767)) } } }
        let lines = String(decoding: read, as: UTF8.self).split(separator: "\n")
        try #require(lines.count == wanted.count)
        for (line, text) in zip(lines, wanted) {
            let found = line == "-" ? nil : try JSON.parse(Array(line.dropFirst().utf8)).string
            #expect(found == text)
        }
    }
}
