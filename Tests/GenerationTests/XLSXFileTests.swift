import Catalog
import Testing

@testable import Generation

@Suite struct XLSXFileTests {
    private static let columns = [
        OutputColumn(key: "id", label: "Id", type: .integer, kind: .number),
        OutputColumn(key: "state", label: "State", type: .enum, kind: .text),
    ]

    private func write(_ rows: Int) throws -> (bytes: Int, file: XLSXFile) {
        var bytes = 0
        let file = XLSXFile(Self.columns, title: "Orders") { bytes += $0.count }
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
        let file = XLSXFile(Array(repeating: column, count: 16_385), title: nil) { _ in }
        let failure = #expect(throws: (any Error).self) { try file.begin() }
        #expect(failure.map { ExportFailure($0).code } == "xlsx_limit")
    }

    @Test func `has an ending and a media type of its own`() {
        let request = ExportRequest(module: "sales", catalog: "orders", format: .xlsx, columns: ["id"])
        #expect(request.fileName(date: "2026-05-07") == "orders-2026-05-07.xlsx")
    }
}
