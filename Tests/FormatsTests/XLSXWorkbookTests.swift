import Deflate
import FileReaders
import Formats
import Glibc
import Testing

@Suite struct `XLSX workbook` {
    private static let fixtures = {
        let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return here.joined(separator: "/") + "/Fixtures/xlsx"
    }()

    private static func file(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Compares each member with the file of its name in the fixture's folder. When a change is wanted, run with
    /// RECORD_FIXTURES set, look at the difference and commit it.
    private func compare(_ written: WrittenWorkbook, with fixture: String) throws {
        let members = try written.members.members
        for member in members {
            let name = String(member.name.map { $0 == "/" ? "." : $0 })
            let path = "\(Self.fixtures)/\(fixture)/\(name)"
            let text = String(decoding: member.bytes, as: UTF8.self)
            if getenv("RECORD_FIXTURES") != nil, let file = fopen(path, "w") {
                fputs(text, file)
                fclose(file)
            }
            #expect(text == Self.file(path), "\(fixture): \(member.name)")
        }
    }

    @Test func `is what it was, member by member: all kinds`() throws {
        let lines = [
            CopyText.line(["Oslo", "1", "t", "2026-05-07 10:30:00+02", "2026-05-07", "plain"]),
            CopyText.line([nil, nil, nil, nil, nil, nil]),
            CopyText.line(["=Bergen", "-1.5", "f", "infinity", "1899-12-31", "=1+1"]),
            CopyText.line([
                "Molde", "12345678901234567890", "t", "2026-05-07 00:00:00.25+00", "9999-12-31",
                " _x0041_ <&>\u{01}\r\n ",
            ]),
            CopyText.line(["", "NaN", "f", "0044-03-15 00:00:00+00 BC", "1900-03-01", ""]),
            CopyText.line(["漢字", "0.33333333333333333333", "t", "2026-12-31 23:59:59.9996+00", nil, "=a\nb"]),
            CopyText.line(["Bodø", "1.50", "f", nil, "2026-05-07", nil]),
        ]
        let written = try workbook(
            lines, kinds: [.text, .number, .boolean, .timestamp, .date, .text], name: "Ordrer: mai/juni",
            labels: ["By", "Antall", "Ferdig", "Tid &\nsted", "=Dato", " Merknad"], shared: ["Oslo", "=Bergen", " "],
            sharing: [0])
        try compare(written, with: "all-kinds")
        let counters = written.counters
        #expect(counters.formulasNeutralised == 4 && counters.sharedStringUses == 3 && counters.textsCut == 0)
        #expect(counters.integersAsText.cells == 1 && counters.integersAsText.columns == [1])
        #expect(counters.numbersAsText.cells == 1 && counters.numbersAsText.columns == [1])
        #expect(counters.numbersRounded.cells == 1 && counters.numbersRounded.columns == [1])
        #expect(counters.datesAsText.cells == 3 && counters.datesAsText.columns == [3, 4])
        #expect(written.rows == 7 && written.sheets == 1)
    }

    @Test func `is what it was, member by member: no rows`() throws {
        try compare(try workbook([], kinds: [.text, .number]), with: "no-rows")
    }

    @Test func `is what it was, member by member: three sheets`() throws {
        let lines = (0..<9).map { CopyText.line([String($0)]) }
        let written = try workbook(
            lines, kinds: [.number], name: "It's", grid: RowGrid(rowsPerSheet: 4, rowsPerChunk: 3))
        try compare(written, with: "three-sheets")
        #expect(written.sheets == 3)
    }

    @Test func `gives the same bytes again`() throws {
        let lines = (0..<500).map { CopyText.line(["row \($0)", "\($0)"]) }
        let first = try workbook(lines, kinds: [.text, .number])
        #expect(try workbook(lines, kinds: [.text, .number]).bytes == first.bytes)
    }

    @Test func `loses no row where sheets meet`() throws {
        let grid = RowGrid(rowsPerSheet: 10, rowsPerChunk: 4)
        for count in [0, 1, 3, 4, 9, 10, 11, 19, 20, 21, 30, 35] {
            let written = try workbook(
                (0..<count).map { CopyText.line([String($0)]) }, kinds: [.number], labels: ["N"], grid: grid)
            #expect(written.sheets == max((count + 9) / 10, 1))
            var found: [String] = []
            for number in 1...written.sheets {
                let sheet = try written.sheet(number)
                #expect(sheet.rows.first?[0] == SheetReader.Cell(type: "inlineStr", style: 1, value: "N"))
                #expect(sheet.filter == "A1:A\(sheet.rows.count)")
                found += sheet.rows.dropFirst().compactMap { $0[0]?.value }
            }
            #expect(found == (0..<count).map(String.init))
        }
    }

    @Test func `has Excel's limits in its standard grid`() {
        #expect(RowGrid.standard.rowsPerSheet == 1_048_576 - 1)
        #expect(XLSXError.mostColumns == 16_384)
    }

    @Test(
        arguments: [
            (nil, ["Sheet1", "Sheet2", "Sheet3"]), ("", ["Sheet1", "Sheet2", "Sheet3"]),
            ("[]:*?/\\", ["Sheet1", "Sheet2", "Sheet3"]),
            ("Orders", ["Orders", "Orders 2", "Orders 3"]),
            ("a/b[c]:*?\\d", ["a b c     d", "a b c     d 2", "a b c     d 3"]),
            ("'quoted'", ["quoted", "quoted 2", "quoted 3"]), ("History", ["History_", "History_ 2", "History_ 3"]),
            (
                "An unusually long name of a report",
                [
                    "An unusually long name of a rep", "An unusually long name of a r 2",
                    "An unusually long name of a r 3",
                ]
            ),
            ("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", ["😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀 2", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀 3"]),
            ("a\nb\u{07}", ["a b", "a b 2", "a b 3"]),
        ] as [(String?, [String])])
    func `names sheets so that Excel takes them`(_ name: String?, _ expected: [String]) throws {
        let grid = RowGrid(rowsPerSheet: 1, rowsPerChunk: 1)
        let written = try workbook(
            (0..<3).map { CopyText.line([String($0)]) }, kinds: [.number], name: name, grid: grid)
        let xml = try #require(try written.members["xl/workbook.xml"])
        for (index, name) in expected.enumerated() {
            #expect(
                xml.contains("<sheet name=\"\(name)\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"), "\(xml)")
        }
    }

    @Test func `holds several tables, each on sheets of its own`() throws {
        let bytes = Box()
        let writer = WorkbookWriter { bytes.value += Array($0) }
        try writer.begin()
        for name in ["Rows", "rows", "Summary"] {
            let layout = try layout(kinds: [.text], name: name, labels: [name])
            try writer.beginTable(layout)
            try Array("x\n".utf8).withUnsafeBytes { try writer.append($0) }
            try writer.endTable()
        }
        try writer.end()
        let written = WrittenWorkbook(bytes: bytes.value)
        let workbook = try #require(try written.members["xl/workbook.xml"])
        for name in ["Rows", "rows 2", "Summary"] { #expect(workbook.contains("<sheet name=\"\(name)\"")) }
        #expect(try written.sheet(3).rows.map { $0[0]?.value } == ["Summary", "x"])
        #expect(try written.members["xl/worksheets/sheet2.xml"]?.contains("tabSelected") == false)
    }

    private final class Box { var value: [UInt8] = [] }
}
