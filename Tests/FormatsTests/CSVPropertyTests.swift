import FileReaders
import Formats
import Testing

@Suite struct `CSV round trip` {
    private static let alphabet: [String] =
        [
            "\"", ",", ";", "\r", "\n", "\r\n", "\t", " ", "\\", "\\N", "=", "+", "-", "@", "'", "＝", "a", "Z", "0",
            "é", "漢", "😀",
        ]
        + [
            "\u{08}", "\u{0B}", "\u{0C}", "\u{01}", "\u{7F}", "\u{FEFF}", "\u{2028}",
            "text without anything special in it",
        ]

    private static func value(_ random: inout SeededGenerator) -> String? {
        if Int.random(in: 0..<10, using: &random) == 0 { return nil }
        let length = Int.random(in: 0...(Bool.random(using: &random) ? 4 : 40), using: &random)
        return (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }.joined()
    }

    /// The apostrophe that the guard adds, worked out from the value's scalars.
    private static func guarded(_ value: String) -> String {
        let signs: [Unicode.Scalar] = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
        guard let first = value.unicodeScalars.first, signs.contains(first) else { return value }
        return "'" + value
    }

    @Test(arguments: [UInt64(1), 2, 3, 4], CSVDialect.delimiters.utf8)
    func `reads back as it was, whatever the text`(seed: UInt64, delimiter: UInt8) throws {
        var random = SeededGenerator(seed: seed)
        let width = Int.random(in: 2...9, using: &random)
        let rows = (0..<300).map { _ in (0..<width).map { _ in Self.value(&random) } }
        let lines = rows.map(CopyText.line)
        let kinds = Array(repeating: CellKind.text, count: width)

        let open = try write(lines, kinds: kinds, format: bare(delimiter: delimiter, guarded: false))
        #expect(try RFC4180.parse(open.bytes, delimiter: delimiter) == rows)
        #expect(open.rows == rows.count)

        let closed = try write(lines, kinds: kinds, format: bare(delimiter: delimiter))
        let expected = rows.map { $0.map { $0.map(Self.guarded) } }
        #expect(try RFC4180.parse(closed.bytes, delimiter: delimiter) == expected)
        let changed = zip(rows.joined(), expected.joined()).count { $0 != $1 }
        #expect(closed.formulasNeutralised == changed)
    }

    @Test func `renders a row as the file has it`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let line = CopyText.line((0..<4).map { _ in Self.value(&random) })
            let kinds = Array(repeating: CellKind.text, count: 4)
            var cells = CellTexts(
                columns: columns(kinds), style: CellStyle(decimalMark: UInt8(ascii: "."), formulaGuard: true))
            let rendered = try line.withUnsafeBytes { try cells.texts($0) }
            #expect(try RFC4180.parse(try write([line], kinds: kinds).bytes) == [rendered])
        }
    }
}
