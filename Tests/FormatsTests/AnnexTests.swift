import FileReaders
import Formats
import Testing

/// Tables that go with a report's rows.
@Suite struct AnnexTests {
    private static let tables = [
        AnnexTable(
            title: "Parameters", fileName: "parameters",
            columns: [
                CellColumn(key: "parameter", label: "Parameter", kind: .text),
                CellColumn(key: "value", label: "Value", kind: .text),
            ], rows: [["Report", "=cmd"], ["Note", "a\tb\\n\n\"c\""], ["Nothing", nil], ["Empty", ""]]),
        AnnexTable(
            title: "Summary", fileName: "summary",
            columns: [
                CellColumn(key: "column", label: "Column", kind: .text),
                CellColumn(key: "sum", label: "Sum", kind: .number),
            ],
            rows: [
                ["Amount", "-12.50"], ["Large", "123456789012345678.90"], ["Count", "1234567890123456789"],
                [" a", nil],
            ]
        ),
    ]

    @Test func `follow the rows as sheets of their own`() throws {
        let book = try workbook([Array("1".utf8)], kinds: [.number], name: "Orders", annexes: Self.tables)
        #expect(book.sheets == 3 && book.rows == 1)
        let members = try book.members
        let sheets = try #require(members["xl/workbook.xml"])
        for (number, name) in ["Orders", "Parameters", "Summary"].enumerated() {
            #expect(sheets.contains("<sheet name=\"\(name)\" sheetId=\"\(number + 1)\" r:id=\"rId\(number + 1)\"/>"))
        }
        let parameters = try #require(members["xl/worksheets/sheet2.xml"])
        #expect(parameters.contains("<t>Value</t>") && parameters.contains("<t>=cmd</t>"))
        #expect(!parameters.contains("tabSelected"))
        let summary = try #require(members["xl/worksheets/sheet3.xml"])
        #expect(summary.contains("<v>-12.50</v>") && summary.contains("<v>1.2345678901234568e+17</v>"))
        #expect(summary.contains("<t>1234567890123456789</t>"))
        #expect(book.counters.formulasNeutralised == 1)
        // Columns are counted on from those of the tables before.
        #expect(book.counters.integersAsText.columns == [4] && book.counters.numbersRounded.columns == [4])
        #expect(try book.sharedStrings == [" a"])
        #expect(try book.sheet(3).rows[4][0] == SheetReader.Cell(type: "s", style: 0, value: "0"))
    }

    @Test func `number their texts after those of the rows`() throws {
        let grid = RowGrid(rowsPerSheet: 100, rowsPerChunk: 2)
        let lines = [" b", "c", "d", "e "].map { CopyText.line([$0]) }
        let book = try workbook(lines, kinds: [.text], grid: grid, annexes: Self.tables)
        let strings = try book.sharedStrings
        #expect(strings.count == 130 && strings[0] == " b" && strings[128] == "e " && strings[129] == " a")
        #expect(try book.sheet(3).rows[4][0]?.value == "129")
    }

    @Test func `a sheet of rows that is called like an annex keeps its name and the annex gets another`() throws {
        let book = try workbook([], kinds: [.number], name: "Parameters", annexes: Self.tables)
        #expect(try book.members["xl/workbook.xml"]?.contains("name=\"Parameters 2\"") == true)
    }

    @Test(arguments: [1, 7, 100_000])
    func `lie beside a CSV file in an archive whose bytes do not depend on the pieces it came in`(size: Int) throws {
        let csv = (0..<20_000).flatMap { Array("\($0);æøå;\($0 * 7919 % 1009)\r\n".utf8) }
        func archive(_ size: Int) throws -> (bytes: [UInt8], neutralised: Int) {
            var bytes: [UInt8] = []
            let dialect = try #require(
                CSVDialect(
                    delimiter: UInt8(ascii: ";"), byteOrderMark: true, header: .key, decimalMark: UInt8(ascii: ",")))
            let archive = TextArchive<CSVWriter>(dialect: dialect) { bytes += Array($0) }
            archive.begin("orders.csv")
            for start in stride(from: 0, to: csv.count, by: size) {
                try Array(csv[start..<min(start + size, csv.count)]).withUnsafeBytes { try archive.write($0) }
            }
            let neutralised = try archive.end(Self.tables)
            return (bytes, neutralised)
        }
        let (bytes, neutralised) = try archive(size)
        #expect(neutralised == 1)
        #expect(try bytes == archive(65_536).bytes)
        let members = try ZipReader(bytes)
        #expect(members.members.map(\.name) == ["orders.csv", "parameters.csv", "summary.csv"])
        #expect(members.members[0].bytes == csv)
        #expect(
            members["parameters.csv"]
                == "\u{FEFF}Parameter;Value\r\nReport;'=cmd\r\nNote;\"a\tb\\n\n\"\"c\"\"\"\r\nNothing;\r\nEmpty;\"\"\r\n"
        )
        #expect(
            members["summary.csv"] == "\u{FEFF}Column;Sum\r\nAmount;-12,50\r\nLarge;123456789012345678,90\r\n"
                + "Count;1234567890123456789\r\n\" a\";\r\n")
    }
}
