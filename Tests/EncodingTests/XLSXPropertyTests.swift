import Encoding
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
            grid: SheetGrid(rowsPerSheet: 77, rowsPerChunk: 10))

        let table = try Self.sharedStrings(try #require(try written.members["xl/sharedStrings.xml"]))
        var read: [[String?]] = []
        var formulas = 0
        for number in 1...written.sheets {
            for cells in try written.sheet(number).rows.dropFirst() {
                formulas += cells.values.count { $0.style == 5 }
                read.append(
                    (0..<width).map { column in
                        cells[column].flatMap { $0.type == "s" ? Int($0.value).map { table[$0] } : $0.value }
                    })
            }
        }
        #expect(read == rows)
        #expect(formulas == written.counters.formulasNeutralised)
    }

    private static func sharedStrings(_ xml: String) throws -> [String] {
        // As rows of one cell each, which the strict reader takes.
        var sheet = "<sheetData>"
        for (number, item) in items(xml).enumerated() {
            sheet += "<row r=\"\(number + 1)\"><c r=\"A\(number + 1)\" t=\"inlineStr\"><is>\(item)</is></c></row>"
        }
        return try SheetReader(sheet + "</sheetData></worksheet>").rows.map { $0[0]?.value ?? "" }
    }

    private static func items(_ xml: String) -> [String] {
        var items: [String] = []
        var bytes = Array(xml.utf8)[...]
        let (start, end) = (Array("<si>".utf8), Array("</si>".utf8))
        while !bytes.isEmpty {
            guard bytes.starts(with: start) else {
                bytes.removeFirst()
                continue
            }
            bytes.removeFirst(start.count)
            var item: [UInt8] = []
            while !bytes.isEmpty && !bytes.starts(with: end) { item.append(bytes.removeFirst()) }
            items.append(String(decoding: item, as: UTF8.self))
        }
        return items
    }
}
