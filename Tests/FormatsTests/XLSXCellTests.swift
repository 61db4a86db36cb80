import Deflate
import FileReaders
import Formats
import Testing

/// Rows of cells, shared strings and refused tables.
@Suite struct `XLSX cells` {
    @Test func `leaves out the cells of NULLs and counts columns on, but for the last`() throws {
        #expect(
            try row(#"\N"# + "\t1\t" + #"\N"# + "\tx", [.number, .number, .text, .text]).xml
                == #"<row r="2"><c r="B2"><v>1</v></c><c r="D2" t="inlineStr"><is><t>x</t></is></c></row>"#)
        for kind in [CellKind.text, .number, .boolean, .timestamp, .date] {
            #expect(try row(#"\N"#, [kind]).xml == #"<row r="2"><c r="A2"/></row>"#)
            #expect(try row("x\t\\N\t\\N", [.text, kind, kind]).xml.hasSuffix(#"</is></c><c r="C2"/></row>"#))
        }
    }

    @Test func `names columns as spreadsheets do`() throws {
        let xml = try row(
            Array(repeating: "1", count: 16_384).joined(separator: "\t"), Array(repeating: .number, count: 16_384)
        ).xml
        for (index, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            #expect(xml.contains("<c r=\"\(name)2\"><v>1</v></c>"), "column \(index)")
        }
        #expect(throws: XLSXError.tooManyColumns(16_385)) { try layout(kinds: Array(repeating: .text, count: 16_385)) }
    }

    @Test func `cuts a text at 32767 UTF-16 units, counts it and splits no character`() throws {
        func units(_ field: String) throws -> (Int, Int) {
            let line = CopyText.line([field]).dropLast()
            let written = try row(Array(line), [.text])
            let sheet = try SheetReader("<sheetData><row r=\"1\"></row>\(written.xml)</sheetData></worksheet>")
            return (sheet.rows[1][0]?.value.utf16.count ?? -1, written.counters.textsCut)
        }
        let a = String(repeating: "a", count: 32_766)
        #expect(try units(a + "b") == (32_767, 0))
        #expect(try units(a + "bc") == (32_767, 1))
        #expect(try units(a + "é") == (32_767, 0))
        #expect(try units(a + "éé") == (32_767, 1))
        #expect(try units(a + "😀") == (32_766, 1))
        #expect(try units(String(repeating: "😀", count: 16_383)) == (32_766, 0))
        #expect(try units(String(repeating: "漢", count: 40_000)) == (32_767, 1))
        #expect(try units(String(repeating: "\u{01}", count: 40_000)) == (32_767, 1))
        #expect(try units(String(repeating: "&", count: 40_000)) == (32_767, 1))
    }

    /// Excel shows 253 line feeds of a cell and keeps the others: no line feed is taken away here.
    @Test func `keeps every line of a text, also the 254th`() throws {
        let lines = Array(repeating: "x", count: 255)
        #expect(
            try sheetCell(lines.joined(separator: #"\n"#), .text)
                == inlineText(lines.joined(separator: "\n"), wraps: true))
    }

    @Test func `names shared strings by number and writes others inline`() throws {
        let shared = ["Oslo", "=Bergen", "a\\b\tc", "Oslo", ""]
        let kinds: [CellKind] = Array(repeating: .text, count: 6)
        let written = try row(
            ["Oslo", "=Bergen", #"a\\b\tc"#, "", "Molde", "Oslo"].joined(separator: "\t"), kinds, shared: shared,
            sharing: [0, 1, 2, 3, 4])
        #expect(
            written.xml == #"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="5" t="s"><v>1</v></c>"#
                + #"<c r="C2" t="s"><v>2</v></c><c r="D2" t="s"><v>3</v></c>"#
                + #"<c r="E2" t="inlineStr"><is><t>Molde</t></is></c><c r="F2" t="inlineStr"><is><t>Oslo</t></is></c></row>"#
        )
        #expect(written.counters.sharedStringUses == 4 && written.counters.formulasNeutralised == 1)
    }

    @Test func `finds each of many shared strings`() throws {
        var random = SeededGenerator(seed: 5)
        let texts = (0..<5000).map { number in
            "k"
                + (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    ["a", "é", "\\", "\t", "Z"].randomElement(using: &random) ?? ""
                }
                .joined() + String(number)
        }
        let layout = try layout(kinds: [.text], shared: texts, sharing: [0])
        var encoder = SheetRowEncoder(layout)
        for (number, text) in texts.enumerated() {
            var output = OutputBuffer()
            var hints = MatchHints()
            try CopyText.line([text]).withUnsafeBytes { try encoder.encode($0, number: 7, into: &output, &hints) }
            let xml = output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            #expect(xml == "<row r=\"7\"><c r=\"A7\" t=\"s\"><v>\(number)</v></c></row>")
        }
    }

    @Test func `replaces and counts bytes that are no UTF-8`() throws {
        let invalid: [[UInt8]] = [
            [0xFF], [0xC3], [0xE2, 0x82], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x9F],
        ]
        for bytes in invalid {
            let written = try row([0x61] + bytes + [0x62, 0x09, 0x78], [.text, .text])
            let replaced = String(repeating: "\u{FFFD}", count: bytes.count)
            #expect(
                written.xml == #"<row r="2"><c r="A2" t="inlineStr"><is><t>a\#(replaced)b</t></is></c>"#
                    + #"<c r="B2" t="inlineStr"><is><t>x</t></is></c></row>"#)
            #expect(written.counters.bytesRepaired == bytes.count)
        }
        #expect(try row("Ærø 東京 😀 \u{10FFFF}", [.text]).counters.bytesRepaired == 0)
    }

    @Test(arguments: ["a", "a\tb\tc", ""])
    func `refuses a row with another number of fields`(_ line: String) throws {
        #expect(throws: CopyTextError.self) { try row(line, [.text, .text]) }
    }

    @Test func `finds attention bytes wherever they fall in the machine's words`() throws {
        for byte in ["<", ">", "&", "_x0041_", "\u{01}", "\u{FFFE}", "\\\\", "]", "^", "\u{EF}"] {
            for length in 0...40 {
                let field = String(repeating: "x", count: length) + byte + "y"
                let written = try row("\(field)\t7\t\(field)", [.text, .number, .text])
                let sheet = try SheetReader("<sheetData><row r=\"1\"></row>\(written.xml)</sheetData></worksheet>")
                let value = byte == "\\\\" ? String(repeating: "x", count: length) + "\\y" : field
                #expect(sheet.rows[1].mapValues(\.value) == [0: value, 1: "7", 2: value])
            }
        }
    }
}
