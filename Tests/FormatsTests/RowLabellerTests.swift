import Formats
import Testing

/// Labels in the place of keys, in rows as COPY sends them.
@Suite struct RowLabellerTests {
    private static func labelled(
        _ line: String, columns: Int, _ tables: [(column: Int, rows: [(key: String, label: String)])]
    ) throws -> String {
        var labeller = RowLabeller(
            columnCount: columns,
            try tables.map { table in
                let rows = table.rows.map { (key: Array($0.key.utf8), label: Array($0.label.utf8)) }
                return (column: table.column, table: try #require(LabelTable(rows)))
            })
        return try Array(line.utf8).withUnsafeBytes { bytes in
            try labeller.label(bytes) { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `takes labels as they are, NULL where there is none, and leaves the other fields`() throws {
        let airlines = [(key: "UA", label: "United"), (key: "", label: "No\\\\ key"), (key: "\\\\", label: "\\N")]
        let tables = [(column: 3, rows: airlines), (column: 0, rows: airlines)]
        #expect(try Self.labelled("UA\tx\\ty\t7\tUA\n", columns: 4, tables) == "United\tx\\ty\t7\tUnited\n")
        #expect(try Self.labelled("\t\t\t\\\\\n", columns: 4, tables) == "No\\\\ key\t\t\t\\N\n")
        #expect(try Self.labelled("ua\t1\t2\t\\N", columns: 4, tables) == "\\N\t1\t2\t\\N")
        #expect(throws: CopyTextError.fieldCount(expected: 4, found: 3)) {
            try Self.labelled("UA\tx\ty\n", columns: 4, tables)
        }
    }

    /// TABs and escapes at every place of the sixteen bytes that are looked at together, and behind them.
    @Test(arguments: 0..<70)
    func `finds fields wherever they end`(length: Int) throws {
        let text = String(repeating: "é", count: length / 2) + String(repeating: "\\t", count: length % 2)
        for before in 0..<20 {
            let first = String(repeating: "a", count: before)
            let line = "\(first)\t\(text)\tUA\t\(text)"
            let table = [(column: 2, rows: [(key: "UA", label: "United"), (key: "U", label: "?")])]
            #expect(try Self.labelled(line, columns: 4, table) == "\(first)\t\(text)\tUnited\t\(text)")
        }
    }
}
