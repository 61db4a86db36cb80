import FileReaders
import Formats
import Testing

@Suite struct `XLSX round trip` {
    private static let alphabet = [
        "<", ">", "&", "]]>", "\"", "'", "_", "_x0041_", "_x005F_", "x", "_x", "\u{01}", "\u{0B}", "\u{1F}", "\r", "\n",
        "\t", " ",
        "\\", "\\N", "=", "+", "-", "@", "＝", "\u{FFFE}", "\u{FFFF}", "\u{FFFD}", "\u{FEFF}", "é", "漢", "😀",
        "\u{10FFFF}",
        "\u{85}", "\u{2028}", "\u{7F}", "^", "]", "[", "text without anything special in it", "0", "&amp;",
        "</t></is></c>",
    ]

    static func text(_ random: inout SeededGenerator) -> String {
        let length = Int.random(in: 0...(Bool.random(using: &random) ? 3 : 30), using: &random)
        return (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }.joined()
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func `reads back as it was, whatever the text`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let width = Int.random(in: 1...30, using: &random)
        let shared = (0..<20).map { _ in Self.text(&random) }
        let rows: [[String?]] = (0..<200).map { _ in
            (0..<width).map { _ in
                switch Int.random(in: 0..<10, using: &random) {
                case 0: nil
                case 1, 2: shared.randomElement(using: &random)
                default: Self.text(&random)
                }
            }
        }
        let sharing = Set((0..<width).filter { _ in Bool.random(using: &random) })
        let written = try workbook(
            rows.map(CopyText.line), kinds: Array(repeating: .text, count: width), shared: shared, sharing: sharing,
            grid: RowGrid(rowsPerSheet: 77, rowsPerChunk: 10))

        let table = try written.sharedStrings
        var read: [[String?]] = []
        var formulas = 0
        var wrapped = 0
        for number in 1...written.sheets {
            for cells in try written.sheet(number).rows.dropFirst() {
                formulas += cells.values.count { $0.style == 5 || $0.style == 7 }
                wrapped += cells.values.count { $0.style == 6 || $0.style == 7 }
                let edges = cells.values.count { $0.type == "inlineStr" && Self.hasBlankEdge($0.value) }
                #expect(edges == 0, "all of so few have places")
                read.append(
                    (0..<width).map { column in
                        cells[column].flatMap { $0.type == "s" ? Int($0.value).map { table[$0] } : $0.value }
                    })
            }
        }
        #expect(read == rows.map { $0.map { $0.map(Self.unified) } })
        #expect(formulas == written.counters.formulasNeutralised)
        #expect(wrapped == read.joined().count { $0?.utf8.contains(0x0A) == true })
    }

    /// A text as a cell has it: its lines end with LF.
    static func unified(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" { result.append("\n") } else if scalar != "\n" || last != "\r" { result.append(scalar) }
            last = scalar
        }
        return String(result)
    }

    static func hasBlankEdge(_ text: String) -> Bool {
        let blanks: [Unicode.Scalar?] = [" ", "\t", "\n"]
        return !text.isEmpty && [text.unicodeScalars.first, text.unicodeScalars.last].contains { blanks.contains($0) }
    }
}
