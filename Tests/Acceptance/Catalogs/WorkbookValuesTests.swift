import JSON
import Support
import Testing

/// What a workbook's cells say, read by a reader of its own, beside what PostgreSQL says of the same values.
@Suite(.waits) struct WorkbookValuesTests {
    static let sample = Result {
        try ScratchDatabase(
            "workbooks",
            #"""
            create table rates (id int primary key, rate numeric);
            insert into rates values (1, 8 / 3::numeric), (2, 1e-400), (3, 1.50);
            create table hard (
                id int primary key, tenant text not null, ratio numeric, real8 float8, big numeric(30), moment timestamptz,
                local timestamp, day date, clock time, note text, rate int, last text);
            insert into hard values
                (1, 'one', 2 / 3::numeric, 1e308, 12345678901234567890, '2026-12-31 23:59:59.9996+00',
                 '2026-12-31 23:59:59.5', '1890-05-06', '24:00:00', E'Storgata 1\r\n0155 Oslo', 1, null),
                (2, 'one', 99999999999999.99, 1e-310, 42, '9999-12-31 23:59:59.999999+00',
                 '9999-12-31 23:59:59.999999', 'infinity', '00:00:00.000001', E'first\nsecond', 2, ' edge '),
                (3, 'one', 1e-400, 9.99999999999999e307, -1, '1899-12-31 12:00+00', '2026-05-31 23:59:59.9994', '9999-12-31',
                 null, E'a\rb', 3, null),
                (4, 'one', 'NaN', '-Infinity', null, 'infinity', null, null, null, '00123', null, null),
                (5, 'one', 2.6666666666666667, 0.1::float8 + 0.2, 100000000000000, null, null, null, null, E'=1\r\n+1 ', null, 'x');
            create table many (id int primary key, tenant text not null, ratio numeric, padded char(9), note text, last text);
            insert into many
            select n, 'one', n / 7::numeric, 'c' || n % 300,
                case n % 40 when 0 then E'row ' || n || E'\r\n' when 1 then ' ' || n when 2 then null else 'plain ' || n end,
                case when n % 3 = 0 then 'x' end
            from generate_series(1, 120000) n;
            analyze;
            """#)
    }

    private static let catalogs = [
        "hard.yaml": """
        module: workbooks
        key: hard
        category: tests
        label: { en: Hard values, ar: قيم }
        table: public.hard
        tenant: { column: tenant, type: text }
        uniqueKey: { column: id, type: integer }
        relations:
          rates: { table: public.rates, key: id }
        columns:
          - { key: id, label: Id, type: integer, default: true }
          - { key: ratio, label: "Net\\nratio", type: number, default: true }
          - { key: real8, label: Real, type: number, default: true }
          - { key: big, label: Big, type: integer, default: true }
          - { key: moment, label: Moment, type: datetime, default: true }
          - { key: local, label: Local, type: localDatetime, zone: UTC, default: true }
          - { key: day, label: Day, type: date, default: true }
          - { key: clock, label: Clock, type: time, default: true }
          - { key: note, label: " Note", type: string, default: true }
          - key: rate
            label: Rate
            type: integer
            default: true
            relationOptions:
              - { output: reference_value, label: Rate, table: rates, referenceField: rate, type: number }
          - { key: last, label: Last, type: string, default: true }

        """,
        "many.yaml": """
        module: workbooks
        key: many
        category: tests
        label: Many
        table: public.many
        tenant: { column: tenant, type: text }
        uniqueKey: { column: id, type: integer }
        columns:
          - { key: id, label: Id, type: integer, default: true }
          - { key: ratio, label: Ratio, type: number, default: true }
          - { key: padded, label: Padded, type: string, default: true }
          - { key: note, label: Note, type: string, default: true }
          - { key: last, label: Last, type: string, default: true }

        """,
    ]

    private func export(_ catalog: String, _ options: [String]) throws -> (file: [UInt8], receipt: JSON) {
        let files = try CatalogFiles(Self.catalogs)
        let outcome = try Self.sample.get().penstock(
            [
                "export", "--catalog", "workbooks/\(catalog)", "--tenant", "one", "--format", "xlsx", "--output", "-",
                "--json",
            ]
                + options, catalogs: files.folder)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return (outcome.output, try JSON.parse(outcome.errors, limits: .stored))
    }

    /// Prints the rows of the first sheet as JSON: a cell is null, or type (with its style's number format, `w` where
    /// it wraps, `q` where it has quotePrefix) and value.
    private static let reader = """
        import io, json, re, sys, zipfile
        import xml.etree.ElementTree as tree
        main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        book = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
        def part(name): return tree.fromstring(book.read(name))
        def text(element): return "".join(t.text or "" for t in element.iter(main + "t"))
        styles = part("xl/styles.xml")
        formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(main + "numFmt")}
        looks = []
        for f in styles.find(main + "cellXfs"):
            alignment = f.find(main + "alignment")
            look = "w" if alignment is not None and alignment.get("wrapText") == "1" else ""
            if f.get("quotePrefix") == "1": look += "q"
            looks.append(look + formats.get(f.get("numFmtId"), ""))
        strings = []
        if "xl/sharedStrings.xml" in book.namelist():
            strings = [text(si) for si in part("xl/sharedStrings.xml").iter(main + "si")]
        for row in part("xl/worksheets/sheet1.xml").iter(main + "row"):
            cells = {}
            for cell in row:
                column = 0
                for letter in re.match("[A-Z]+", cell.get("r"))[0]: column = column * 26 + ord(letter) - 64
                kind, value = cell.get("t", "n"), cell.find(main + "v")
                if kind == "inlineStr": value = text(cell)
                elif value is not None: value = strings[int(value.text)] if kind == "s" else value.text
                cells[column - 1] = None if value is None else [kind, looks[int(cell.get("s", 0))], value]
            print(json.dumps([cells[at] if at in cells else None for at in range(max(cells) + 1)]))
        """

    private func rows(_ file: [UInt8]) throws -> [[String?]] {
        let lines = try Shell.output(["python3", "-c", Self.reader], input: file, within: 120)
        return try lines.split(separator: 0x0A).map { line in
            try #require(try JSON.parse(Array(line), limits: .stored).array).map { cell in
                cell.array.map { $0.compactMap(\.string).joined(separator: "|") }
            }
        }
    }

    private static let moment = "n|yyyy-mm-dd hh:mm:ss|"

    @Test func `each cell says what its column's value is, as far as a cell can`() throws {
        let (file, receipt) = try export("hard", ["--relation", "rate=rates.rate"])
        let rows = try rows(file)
        #expect(rows[0][1] == "inlineStr|w|Net\nratio" && rows[0][8] == "s|| Note" && rows[0][0] == "inlineStr||Id")
        #expect(
            rows[1] == [
                "n||1", "n||0.6666666666666666", "inlineStr||1e+308", "inlineStr||12345678901234567890",
                Self.moment + "46387.999988425926", Self.moment + "46387.999988425926", "inlineStr||1890-05-06",
                "inlineStr||24:00:00", "inlineStr|w|Storgata 1\n0155 Oslo", "n||2.6666666666666667", nil,
            ])
        #expect(
            rows[2] == [
                "n||2", "n||99999999999999.99", "inlineStr||1e-310", "n||42", Self.moment + "2958465.999988426226",
                Self.moment + "2958465.999988426226", "inlineStr||infinity", "inlineStr||00:00:00.000001",
                "inlineStr|w|first\nsecond", rows[2][9], "s|| edge ",
            ])
        #expect(rows[2][9]?.hasPrefix("inlineStr||0.000000000") == true && rows[2][9]?.hasSuffix("01") == true)
        #expect(rows[3][1]?.hasPrefix("inlineStr||0.000000000") == true)
        #expect(
            Array(rows[3][2...]) == [
                "n||9.99999999999999e+307", "n||-1", "inlineStr||1899-12-31T12:00:00Z",
                Self.moment + "46173.999988425926", "n|yyyy-mm-dd|2958465", nil, "inlineStr|w|a\nb", "n||1.50", nil,
            ])
        #expect(
            rows[4] == [
                "n||4", "inlineStr||NaN", "inlineStr||-Infinity", nil, "inlineStr||infinity", nil, nil, nil,
                "inlineStr||00123", nil, nil,
            ])
        #expect(
            rows[5] == [
                "n||5", "n||2.6666666666666667", "n||0.30000000000000004", "n||100000000000000", nil, nil, nil, nil,
                "s|wq|=1\n+1 ", nil, "inlineStr||x",
            ])
        #expect(rows.allSatisfy { $0.count == 11 })

        #expect(receipt["integersAsText"]?.int == 1 && receipt["numbersRounded"]?.int == 4)
        #expect(receipt["numbersAsText"]?.int == 6 && receipt["datesAsText"]?.int == 4)
        #expect(
            receipt["columns"] == [
                "integersAsText": ["big"], "numbersAsText": ["ratio", "real8", "rate"],
                "numbersRounded": ["ratio", "rate"], "datesAsText": ["moment", "day"],
            ])
    }

    @Test func `numbers are the nearest that a double has to PostgreSQL's own`() throws {
        let rows = try rows(export("many", []).file).dropFirst()
        let wanted = try Self.sample.get().psql("select ratio::float8 from many order by id").split(separator: "\n")
        try #require(rows.count == wanted.count)
        for (row, wanted) in zip(rows, wanted) {
            let cell = row[1] ?? ""
            guard cell.hasPrefix("n||"), Double(cell.dropFirst(3)) == Double(wanted) else {
                Issue.record("\(cell) where PostgreSQL has \(wanted)")
                return
            }
        }
    }

    @Test func `texts with white space at an edge come whole, and any number of workers makes the same bytes`() throws {
        let one = try export("many", ["--workers", "1"])
        #expect(one.receipt["parts"]?.int == 1)
        let notes = try rows(one.file).dropFirst().map { [$0[2], $0[3]] }
        let wanted = try Self.sample.get().psql(
            #"select json_build_array(padded, replace(note, E'\r\n', E'\n')) from many order by id"#
        ).split(separator: "\n")
        try #require(notes.count == wanted.count)
        var inline = 0
        for (row, line) in zip(notes, wanted) {
            let texts = try #require(try JSON.parse(Array(line.utf8)).array).map(\.string)
            for (cell, text) in zip(row, texts) {
                let found = cell.map {
                    String($0.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)[2])
                }
                guard found == text else {
                    Issue.record("\(cell ?? "NULL") where PostgreSQL has \(text ?? "NULL")")
                    return
                }
                if cell?.hasPrefix("inlineStr") == true, text?.first == " " || text?.last == " " { inline += 1 }
            }
        }
        // 300 codes and some 200 notes of a chunk want places, and there are 128.
        #expect(inline > 0 && inline < 120_000)
        for workers in [2, 4, 8] {
            let many = try export("many", ["--workers", "\(workers)"])
            #expect((many.receipt["parts"]?.int ?? 0) > 1)
            #expect(many.file == one.file, "\(workers) workers")
            for field in ["sha256", "numbersRounded", "columns", "formulasNeutralised"] {
                #expect(many.receipt[field] == one.receipt[field], "\(field) with \(workers) workers")
            }
        }
    }
}
