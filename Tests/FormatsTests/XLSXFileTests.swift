import Testing

@testable import Formats

@Suite struct XLSXFileTests {
    private static let columns = [
        CellColumn(key: "id", label: "Id", kind: .number),
        CellColumn(key: "state", label: "State", kind: .text, sharesStrings: true),
    ]

    private func write(_ rows: Int) throws -> (bytes: Int, file: XLSXFile) {
        var bytes = 0
        let file = XLSXFile(FileTable(Self.columns, title: "Orders")) { bytes += $0.count }
        try file.begin()
        for row in 0..<rows {
            try Array("\(row)\t\(row % 2 == 0 ? "open" : "=closed")\n".utf8).withUnsafeBytes { try file.append($0) }
        }
        #expect(file.rows == rows)
        try file.end()
        return (bytes, file)
    }

    @Test(arguments: [0, 1, 999, 1000, 1001, 3000])
    func `counts the rows that were held back like all others`(rows: Int) throws {
        let (bytes, file) = try write(rows)
        #expect(file.rows == rows && bytes > 0)
        var expected = FileTally(formulasNeutralised: rows / 2)
        expected.sheets = 1
        #expect(file.tally == expected)
    }

    @Test func `is refused with a code of its own when it has too many columns`() {
        let column = Self.columns[0]
        let file = XLSXFile(FileTable(Array(repeating: column, count: 16_385))) { _ in }
        let failure = #expect(throws: (any Error).self) { try file.begin() }
        #expect((failure as? any FormatLimit)?.code == "xlsx_limit")
    }

    @Test func `has an ending and a media type of its own`() {
        let request = FileRequest(options: ExportFormat.xlsx.defaults)
        let kind = ExportFormat.xlsx.format.variant(request).kind
        #expect(kind.ending == "xlsx")
        #expect(kind.mediaType == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    }
}
