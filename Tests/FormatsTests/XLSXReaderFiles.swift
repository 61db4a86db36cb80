import Deflate
import FileReaders
import Formats
import Glibc
import Testing

/// Workbooks for `Tests/Readers/readers`, which reads them with other programs' libraries: each beside a file of the
/// values that its cells must have, one JSON array a row.
@Suite struct `XLSX for readers` {
    private static let folder = getenv("READER_WORKBOOKS").map { String(cString: $0) }
    private static let kinds: [CellKind] = [.number, .text, .boolean, .timestamp, .date, .text, .number, .text]

    private static let labels = ["Id", " Name", "Yes", "Time\nof day", "=Date", "漢字", "Sum", "Ende "]

    private struct Value {
        /// As COPY's text has it before its escapes.
        let field: String?
        /// As JSON.
        let expected: String
    }

    @Test(.enabled(if: folder != nil), arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func `are written`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let shared = (0..<10).map { _ in `XLSX round trip`.text(&random) }
        let rows = (0..<Int.random(in: 0...1500, using: &random)).map { _ in
            Self.kinds.enumerated().map { index, kind in
                index == 1 ? Self.text(shared.randomElement(using: &random)) : Self.value(kind, &random)
            }
        }
        let grid = RowGrid(rowsPerSheet: 400, rowsPerChunk: 64)
        let layout = try layout(
            kinds: Self.kinds, name: "It's <A & B>", labels: Self.labels, shared: shared + Self.labels,
            sharing: [1, 5],
            grid: grid)
        let lines = rows.map { CopyText.line($0.map(\.field)) }
        let cuts = (0..<3).map { _ in Int.random(in: 0...rows.count, using: &random) }.sorted()
        let written = try joinedWorkbook(lines, layout, cuts: cuts)
        let expected = rows.map { "[" + $0.map(\.expected).joined(separator: ",") + "]\n" }.joined()
        save(written.bytes, "seed-\(seed).xlsx")
        save(Array(expected.utf8), "seed-\(seed).rows")
    }

    /// A report with its annexes: three sheets after the rows'.
    @Test(.enabled(if: folder != nil)) func `are written with annexes`() throws {
        let columns = [CellColumn(key: "a", label: "A", kind: .text), CellColumn(key: "n", label: "N", kind: .number)]
        let annexes = [
            AnnexTable(title: "Parameters", fileName: "parameters", columns: columns, rows: [["=1+1", "12.50"]]),
            AnnexTable(title: "Columns", fileName: "columns", columns: columns, rows: []),
            AnnexTable(
                title: "Summary", fileName: "summary", columns: columns,
                rows: [[nil, "3"], ["<Sum & all>", "12345678901234567890.12"], ["x", nil]]),
        ]
        let written = try workbook(
            [Array("1\tæ".utf8), Array("2\t\\N".utf8)], kinds: [.number, .text], name: "Parameters", annexes: annexes)
        save(written.bytes, "annexes.xlsx")
        let expected = [
            #"[1,"æ"]"#, "[2,null]", #"["=1+1",12.5]"#, "[null,3]",
            #"["<Sum & all>",12345678901234567890.12]"#, #"["x",null]"#,
        ]
        save(Array((expected.joined(separator: "\n") + "\n").utf8), "annexes.rows")
    }

    private func save(_ bytes: [UInt8], _ name: String) {
        guard let folder = Self.folder, let file = fopen("\(folder)/\(name)", "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    private static func value(_ kind: CellKind, _ random: inout SeededGenerator) -> Value {
        if Int.random(in: 0..<12, using: &random) == 0 { return Value(field: nil, expected: "null") }
        func two(_ range: Range<Int>) -> String {
            let value = Int.random(in: range, using: &random)
            return value < 10 ? "0\(value)" : "\(value)"
        }
        switch kind {
        case .text: return text(`XLSX round trip`.text(&random))
        case .boolean:
            let value = Bool.random(using: &random)
            return Value(field: value ? "t" : "f", expected: "\(value)")
        case .number:
            switch Int.random(in: 0..<6, using: &random) {
            case 4:
                let digits = "\(UInt64.random(in: 10_000_000_000_000_000...UInt64.max, using: &random))"
                let decimal = digits.prefix(5) + "." + digits.dropFirst(5) + digits
                return Value(field: String(decimal), expected: String(decimal))
            case 5:
                return text(["NaN", "1e+308", "5e-324", "-Infinity"][Int.random(in: 0..<4, using: &random)])
            case 0:
                let value = Int.random(in: -999_999_999_999_999...999_999_999_999_999, using: &random)
                return Value(field: "\(value)", expected: "\(value)")
            case 1:
                let value = Double.random(in: -1e6...1e6, using: &random)
                return Value(field: "\(value)", expected: "\(value)")
            case 2: return text("\(UInt64.random(in: 10_000_000_000_000_000...UInt64.max, using: &random))")
            default:
                let whole = Int.random(in: -9...9, using: &random)
                return Value(field: "\(whole).50", expected: "\(whole).5")
            }
        case .date:
            if Int.random(in: 0..<10, using: &random) == 0 { return text("1899-12-31") }
            let date = "\(Int.random(in: 1901...9998, using: &random))-\(two(1..<13))-\(two(1..<29))"
            return Value(field: date, expected: "{\"date\":\"\(date)\"}")
        case .timestamp:
            if Int.random(in: 0..<10, using: &random) == 0 { return text("infinity") }
            let date = "\(Int.random(in: 1901...2099, using: &random))-\(two(1..<13))-\(two(1..<29))"
            let fraction = [".5", ".9996", ".999999", ""][Int.random(in: 0..<4, using: &random)]
            let ends = Int.random(in: 0..<4, using: &random) == 0
            let time = ends ? "23:59:59" : "\(two(0..<24)):\(two(0..<60)):\(two(0..<60))"
            return Value(field: "\(date) \(time)\(fraction)+02", expected: "{\"datetime\":\"\(date) \(time)\"}")
        }
    }

    private static func text(_ value: String?) -> Value {
        guard let value else { return Value(field: nil, expected: "null") }
        var json = "\""
        var last: Unicode.Scalar = " "
        for scalar in value.unicodeScalars {
            defer { last = scalar }
            let hex = String(scalar.value, radix: 16)
            switch scalar {
            case "\"", "\\": json += "\\\(scalar)"
            // A cell's lines end with LF.
            case "\r": json += "\\n"
            case "\n" where last == "\r": break
            case "\u{0}"..<" ": json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: json.unicodeScalars.append(scalar)
            }
        }
        return Value(field: value, expected: json + "\"")
    }
}
