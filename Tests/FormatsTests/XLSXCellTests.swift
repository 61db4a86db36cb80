import Deflate
import Formats
import Testing

@Suite struct `XLSX cells` {
    /// The one cell of a row, without its row: from the end of `<c r="A2"` to its `</c>`.
    private func cell(_ field: String, _ kind: CellKind) throws -> String {
        let xml = try row(field, [kind]).xml
        let (head, tail) = (#"<row r="2"><c r="A2""#, "</c></row>")
        guard xml.hasPrefix(head), xml.hasSuffix(tail) else { return xml }
        return String(xml.dropFirst(head.count).dropLast(tail.count))
    }

    private func text(
        _ content: String, quoted: Bool = false, wraps: Bool = false, preserving: Bool = false
    ) -> String {
        #"\#(quoted || wraps ? #" s="\#(wraps ? quoted ? 7 : 6 : 5)""# : "") t="inlineStr"><is><t\#(preserving ? #" xml:space="preserve""# : "")>\#(content)</t></is>"#
    }

    @Test(arguments: [
        Case("0", "0"), Case("-5", "-5"), Case("1.50", "1.50"), Case("123456789012345", "123456789012345"),
        Case("-123456789012345", "-123456789012345"), Case("1e+20", "1e+20"), Case("-1.5e-07", "-1.5e-07"),
        Case("0.30000000000000004", "0.30000000000000004"), Case("5.000000000000000000000", "5.000000000000000000000"),
        Case("0.000000000000000000001", "0.000000000000000000001"),
        Case("9.99999999999999e+307", "9.99999999999999e+307"),
        Case("-9.99999999999999e+307", "-9.99999999999999e+307"),
        Case("2.2250738585072014e-308", "2.2250738585072014e-308"), Case("3.6e-260", "3.6e-260"), Case("-0", "-0"),
        Case("1e+100", "1e+100"), Case("0.00000000000000000000", "0.00000000000000000000"),
        Case("1234567890.1234567", "1234567890.1234567"), Case("123456789012345.67", "123456789012345.67"),
        Case("100000000000000.50", "100000000000000.50"),
        Case("-0.0012345678901234567", "-0.0012345678901234567"),
    ])
    func `writes numbers that a cell keeps as they are`(_ example: Case) throws {
        #expect(try cell(example.field, .number) == "><v>\(example.expected)</v>")
        #expect(try row(example.field, [.number]).counters == CellCounters())
    }

    /// Up to 17 digits are the value's own; more become those of the nearest double.
    @Test(arguments: [
        Case("2.6666666666666667", "2.6666666666666667"), Case("99999999999999.99", "99999999999999.99"),
        Case("0.33333333333333333333", "0.3333333333333333"),
        Case("-0.66666666666666666667", "-0.6666666666666666"), Case("12.3456789012345678", "12.345678901234567"),
        Case("1234567890.123456789", "1234567890.1234567"), Case("12345678901234567.89", "1.2345678901234568e+16"),
        Case("0.123456789012345678901", "0.12345678901234568"), Case("1.00000000000000000001", "1.0"),
        Case("99999999999999999999.000001", "1e+20"), Case("0.12345678901234568910", "0.12345678901234569"),
        Case("9007199254740993.00", "9007199254740993.00"),
        Case("0.0000000000000000000012345678901234567890", "1.2345678901234568e-21"),
    ])
    func `writes decimals that a cell does not keep to the last digit as the nearest number, and counts them`(
        _ example: Case
    ) throws {
        #expect(try cell(example.field, .number) == "><v>\(example.expected)</v>")
        #expect(Double(example.expected) == Double(example.field))
        var expected = CellCounters()
        expected.numbersRounded = try counted(example.field, .number).numbersRounded
        #expect(expected.numbersRounded.cells == 1 && expected.numbersRounded.columns == [0])
        #expect(try counted(example.field, .number) == expected)
    }

    @Test(arguments: [
        "1234567890123456", "-1234567890123456", "9223372036854775807", "100000000000000000000",
        String(repeating: "9", count: 400),
    ])
    func `writes integers that a cell would change as text, unguarded, and counts them`(_ digits: String) throws {
        #expect(try cell(digits, .number) == text(digits))
        let counters = try counted(digits, .number)
        #expect(counters.integersAsText.cells == 1 && counters.integersAsText.columns == [0])
        #expect(counters.numbersAsText.cells == 0 && counters.numbersRounded.cells == 0)
        #expect(counters.formulasNeutralised == 0)
    }

    @Test(arguments: [
        "NaN", "Infinity", "-Infinity", "1.7976931348623157e+308", "-1e+308", "1e+308", "5e-324", "1e-310", "-1e-310",
        "2.225073858507201e-308", "0." + String(repeating: "0", count: 399) + "1",
        "0." + String(repeating: "0", count: 309) + "25", "1" + String(repeating: "0", count: 308) + ".5",
        String(repeating: "9", count: 400) + ".5",
    ])
    func `writes what no cell can say as text, unguarded, and counts it`(_ number: String) throws {
        #expect(try cell(number, .number) == text(number))
        let counters = try counted(number, .number)
        #expect(counters.numbersAsText.cells == 1 && counters.numbersAsText.columns == [0])
        #expect(counters.integersAsText.cells == 0 && counters.formulasNeutralised == 0)
    }

    @Test func `writes a decimal of many digits as the same double that it is, whatever the digits`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let value = Double(bitPattern: .random(in: 0...UInt64.max, using: &random))
            guard SheetMagnitudes.holds(value) else { continue }
            // With more digits than a double has: the nearest double is still this one.
            let digits = value.description.split(separator: "e", maxSplits: 1)
            guard digits[0].contains(".") else { continue }
            let long = "\(digits[0])00000000000000000001" + (digits.count > 1 ? "e\(digits[1])" : "")
            let xml = try cell(long, .number)
            #expect(xml.hasPrefix("><v>") && Double(xml.dropFirst(4).dropLast(4)) == value, "\(long) became \(xml)")
            #expect(try counted(long, .number).numbersRounded.cells == 1)
            // And the double's own digits are kept as they are.
            #expect(try cell(value.description, .number) == "><v>\(value.description)</v>")
            #expect(try counted(value.description, .number) == CellCounters())
        }
    }

    private enum SheetMagnitudes {
        static func holds(_ value: Double) -> Bool {
            value.magnitude >= 2.2250738585072014e-308 && value.magnitude <= 9.99999999999999e307
        }
    }

    @Test func `names the columns in which it counted`() throws {
        let line = ["1", "1e-310", "1234567890123456", "0.33333333333333333333", "infinity", "1e-310"]
        let kinds: [CellKind] = [.number, .number, .number, .number, .date, .number]
        let counters = try row(line.joined(separator: "\t"), kinds).counters
        #expect(counters.numbersAsText.columns == [1, 5] && counters.numbersAsText.cells == 2)
        #expect(counters.integersAsText.columns == [2] && counters.numbersRounded.columns == [3])
        #expect(counters.datesAsText.columns == [4])
        let wide = try row(
            (0..<200).map { $0 % 70 == 69 ? "NaN" : "1" }.joined(separator: "\t"),
            Array(repeating: .number, count: 200)
        ).counters
        #expect(wide.numbersAsText.columns == [69, 139])
    }

    private func counted(_ field: String, _ kind: CellKind) throws -> CellCounters { try row(field, [kind]).counters }

    @Test(arguments: [
        Case("=1", "=1"), Case("1<x>5", "1&lt;x&gt;5"), Case("1-2", "1-2"), Case("1e", "1e"), Case(".5", ".5"),
        Case("5.", "5."), Case("", ""), Case("0x10", "0x10"), Case("1 2", "1 2"),
    ])
    func `lets nothing pass for a number that is none`(_ example: Case) throws {
        #expect(try cell(example.field, .number) == text(example.expected, quoted: example.field == "=1"))
    }

    @Test func `cuts a number of 131072 digits to what a cell holds`() throws {
        let written = try row(String(repeating: "7", count: 131_072), [.number])
        #expect(written.xml.utf8.count { $0 == UInt8(ascii: "7") } == 32_767)
        #expect(written.counters.integersAsText.cells == 1 && written.counters.textsCut == 1)
    }

    @Test(arguments: [Case("t", "1"), Case("f", "0")])
    func `writes booleans as such`(_ example: Case) throws {
        #expect(try cell(example.field, .boolean) == #" t="b"><v>\#(example.expected)</v>"#)
    }

    @Test(arguments: [
        Case("1900-03-01", "61"), Case("1970-01-01", "25569"), Case("2000-02-29", "36585"),
        Case("2026-05-07", "46149"), Case("9999-12-31", "2958465"),
    ])
    func `writes dates as days`(_ example: Case) throws {
        #expect(try cell(example.field, .date) == #" s="3"><v>\#(example.expected)</v>"#)
    }

    @Test(arguments: [
        "1900-02-28", "1899-12-31", "0044-03-15 BC", "10000-01-01", "infinity", "-infinity", "2026-5-07",
        "2026/05/07", "2026-13-07", "2026-05-07x",
    ])
    func `writes dates that a cell has not as text`(_ date: String) throws {
        #expect(try cell(date, .date) == text(date))
        #expect(try counted(date, .date).datesAsText.cells == 1)
    }

    @Test(arguments: [
        Case("2026-05-07 00:00:00+00", "46149"), Case("2026-05-07 10:30:00+00", "46149.4375"),
        Case("2026-05-07 10:30:00+02", "46149.4375"), Case("2026-05-07 10:30:00-03:30", "46149.4375"),
        Case("2026-05-07 10:30:00+05:30:20", "46149.4375"), Case("2026-05-07 10:30:00", "46149.4375"),
        Case("2026-05-07 16:00:00+00", "46149.666666666667"), Case("2026-05-07 00:00:01+00", "46149.000011574074"),
        Case("1900-03-01 12:00:00", "61.5"),
    ])
    func `writes timestamps as days on the wall's clock`(_ example: Case) throws {
        #expect(try cell(example.field, .timestamp) == #" s="4"><v>\#(example.expected)</v>"#)
    }

    /// What a format shows to the second, most readers round where it does not end there.
    @Test(
        arguments: [".000001", ".4", ".5", ".9994", ".9995", ".9996", ".999999"],
        ["", "+00", "+05:45", "-03:30", "-11"])
    func `cuts times to the second, at the end of a day, a month, a year and of 9999 too`(
        _ fraction: String, _ offset: String
    ) throws {
        for (date, day) in [
            ("2026-09-26", 46291), ("2026-05-31", 46173), ("2026-12-31", 46387), ("9999-12-31", 2_958_465),
            ("1900-03-01", 61),
        ] {
            for (time, digits) in [
                ("23:59:59", day > 65_536 ? ".999988426226" : ".999988425926"), ("00:00:00", ""), ("12:00:00", ".5"),
                ("16:00:00", day > 65_536 ? ".666666666967" : ".666666666667"),
            ] {
                #expect(
                    try cell("\(date) \(time)\(fraction)\(offset)", .timestamp) == #" s="4"><v>\#(day)\#(digits)</v>"#)
            }
        }
    }

    /// To a microsecond, which is what readers go by that cut the rest (xlsx2csv); late days have fewer, and err upwards.
    @Test func `gives every seventh second of a day a serial that neither rounding nor cutting takes for another`()
        throws
    {
        let days = [("1900-03-01", 61), ("2079-06-04", 65_535), ("2079-06-05", 65_536), ("9999-12-31", 2_958_465)]
        for second in stride(from: 0, to: 86_400, by: 7) {
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
            let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)).999999"
            let line = days.map { "\($0.0) \(time)" }.joined(separator: "\t")
            let cells = try row(line, [.timestamp, .timestamp, .timestamp, .timestamp]).xml.split(separator: "<v>")
            try #require(cells.count == 5)
            for ((_, day), cell) in zip(days, cells.dropFirst()) {
                let serial = try #require(Double(cell.prefix { $0 != "<" }))
                let microseconds = ((serial - Double(day)) * 86_400_000_000).rounded()
                guard (0...60).contains(microseconds - Double(second) * 1_000_000), serial < Double(day) + 0.99999
                else {
                    Issue.record("\(time) became \(serial)")
                    return
                }
            }
        }
    }

    @Test(arguments: [
        Case("1900-02-28 10:00:00+00", "1900-02-28T10:00:00Z"),
        Case("0044-03-15 00:00:00+01 BC", "0044-03-15T00:00:00+01:00 BC"),
        Case("10000-01-01 00:00:00", "10000-01-01T00:00:00"), Case("infinity", "infinity"),
        Case("-infinity", "-infinity"), Case("2026-05-07 24:00:00", "2026-05-07T24:00:00"),
        Case("2026-05-07 10:30:0", "2026-05-07T10:30:0"),
    ])
    func `writes timestamps that a cell has not as the CSV file has them`(_ example: Case) throws {
        #expect(try cell(example.field, .timestamp) == text(example.expected))
        var expected = CellCounters()
        expected.datesAsText = try counted(example.field, .timestamp).datesAsText
        #expect(expected.datesAsText.cells == 1 && expected.datesAsText.columns == [0])
        #expect(try counted(example.field, .timestamp) == expected)
    }

    @Test func `does not take one row's date for another's`() throws {
        var dates = ["2026-05-07", "2026-05-07", "2026-05-08", "1900-01-01", "2026-05-08", "infinity", "2026-05-07"]
        dates += dates.reversed()
        let sheet = try workbook(dates.map { CopyText.line([$0]) }, kinds: [.date]).sheet()
        let values = sheet.rows.dropFirst().map { $0[0]?.value }
        #expect(values == dates.map { ["2026-05-07": "46149", "2026-05-08": "46150"][$0] ?? $0 })
    }

    @Test(arguments: [
        Case("plain", "plain"), Case("", ""), Case("a & b < c > d", "a &amp; b &lt; c &gt; d"), Case("]]>", "]]&gt;"),
        Case("Ærø, 東京 😀", "Ærø, 東京 😀"), Case("[\"]'", "[\"]'"), Case("snake_case_x", "snake_case_x"),
        Case("_x0041_", "_x005F_x0041_"), Case("__x00e5__", "__x005F_x00e5__"),
        Case("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        Case("_x004_", "_x004_"), Case("_X0041_", "_X0041_"), Case("_x00G1_", "_x00G1_"),
        Case("\u{01}\u{1F}", "_x0001__x001F_"),
        Case(#"a\tb"#, "a\tb"),
        Case(#"\b\f\v"#, "_x0008__x000C__x000B_"), Case("\u{FFFE}\u{FFFF}\u{FFFD}", "_xFFFE__xFFFF_\u{FFFD}"),
        Case("\u{FEFF}bom", "\u{FEFF}bom"), Case("\u{7F}\u{85}", "\u{7F}\u{85}"), Case(#"a\\b"#, #"a\b"#),
        Case("007", "007"), Case("123456789012345678", "123456789012345678"), Case(#"\\N"#, #"\N"#),
        Case("seventeen bytes!!", "seventeen bytes!!"),
        Case("a text of well over thirty-two bytes, in one go", "a text of well over thirty-two bytes, in one go"),
    ])
    func `writes text inline and escapes what XML has no character for`(_ example: Case) throws {
        #expect(try cell(example.field, .text) == text(example.expected))
    }

    @Test(arguments: [
        Case(#"a\nb"#, "a\nb"), Case(#"a\r\nb"#, "a\nb"), Case(#"a\rb"#, "a\nb"), Case(#"a\r\r\n\nb"#, "a\n\n\nb"),
        Case(#"a_x000D_\r\nb"#, "a_x005F_x000D_\nb"), Case(#"1\r\n2\r\n3"#, "1\n2\n3"),
    ])
    func `ends lines with LF, whatever ended them, and gives such a text the style that wraps`(
        _ example: Case
    ) throws {
        #expect(try cell(example.field, .text) == text(example.expected, wraps: true))
        #expect(try row(example.field, [.text]).counters == CellCounters())
        #expect(try cell("=" + example.field, .text) == text("=" + example.expected, quoted: true, wraps: true))
    }

    @Test(arguments: [
        Case(" a", " a"), Case("a ", "a "), Case(" ", " "), Case(#"\na"#, "\na"), Case(#"a\t"#, "a\t"),
        Case(" &", " &amp;"),
    ])
    func `keeps blanks at the ends of a text`(_ example: Case) throws {
        let quoted = example.field.hasPrefix(#"\n"#)
        #expect(
            try cell(example.field, .text)
                == text(example.expected, quoted: quoted, wraps: quoted, preserving: true))
    }

    @Test(arguments: [
        Case("=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"), Case("+1+1", "+1+1"), Case("-2+3", "-2+3"),
        Case("@SUM", "@SUM"),
        Case("＝1", "＝1"), Case("＋1", "＋1"), Case("－1", "－1"), Case("＠x", "＠x"),
        Case("=", "="),
        Case("=\"<x>\"", "=\"&lt;x&gt;\""),
    ])
    func `gives text that looks like a formula the style that keeps it text, and counts it`(_ example: Case) throws {
        #expect(try cell(example.field, .text) == text(example.expected, quoted: true))
        #expect(try row(example.field, [.text]).counters.formulasNeutralised == 1)
    }

    @Test(arguments: [";=1", "\"=1\"", "a=1", "'=1", "＃1", " =1"])
    func `leaves text alone that only holds a sign`(_ field: String) throws {
        #expect(try cell(field, .text) == text(field, preserving: field.hasPrefix(" ")))
        #expect(try row(field, [.text]).counters.formulasNeutralised == 0)
    }

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

    /// Excel shows 253 line feeds of a cell and keeps the others: none is taken away here.
    @Test func `keeps every line of a text, also the 254th`() throws {
        let lines = Array(repeating: "x", count: 255)
        #expect(try cell(lines.joined(separator: #"\n"#), .text) == text(lines.joined(separator: "\n"), wraps: true))
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
            try CopyText.line([text]).withUnsafeBytes { try encoder.encode($0, number: 7, into: &output) }
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
