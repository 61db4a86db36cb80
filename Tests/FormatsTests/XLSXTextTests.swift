import Deflate
import Formats
import Testing

/// Texts as cells: escapes, line ends, blanks and formulas.
@Suite struct `XLSX texts` {
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
        #expect(try sheetCell(example.field, .text) == inlineText(example.expected))
    }

    @Test(arguments: [
        Case(#"a\nb"#, "a\nb"), Case(#"a\r\nb"#, "a\nb"), Case(#"a\rb"#, "a\nb"), Case(#"a\r\r\n\nb"#, "a\n\n\nb"),
        Case(#"a_x000D_\r\nb"#, "a_x005F_x000D_\nb"), Case(#"1\r\n2\r\n3"#, "1\n2\n3"),
    ])
    func `ends lines with LF, whatever ended them, and gives such a text the style that wraps`(
        _ example: Case
    ) throws {
        #expect(try sheetCell(example.field, .text) == inlineText(example.expected, wraps: true))
        #expect(try row(example.field, [.text]).counters == CellCounters())
        #expect(
            try sheetCell("=" + example.field, .text) == inlineText("=" + example.expected, quoted: true, wraps: true))
    }

    @Test(arguments: [
        Case(" a", " a"), Case("a ", "a "), Case(" ", " "), Case(#"\na"#, "\na"), Case(#"a\t"#, "a\t"),
        Case(" &", " &amp;"),
    ])
    func `keeps blanks at the ends of a text`(_ example: Case) throws {
        let quoted = example.field.hasPrefix(#"\n"#)
        #expect(
            try sheetCell(example.field, .text)
                == inlineText(example.expected, quoted: quoted, wraps: quoted, preserving: true))
    }

    @Test(arguments: [
        Case("=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"), Case("+1+1", "+1+1"), Case("-2+3", "-2+3"),
        Case("@SUM", "@SUM"),
        Case("＝1", "＝1"), Case("＋1", "＋1"), Case("－1", "－1"), Case("＠x", "＠x"),
        Case("=", "="),
        Case("=\"<x>\"", "=\"&lt;x&gt;\""),
    ])
    func `gives text that looks like a formula the style that keeps it text, and counts it`(_ example: Case) throws {
        #expect(try sheetCell(example.field, .text) == inlineText(example.expected, quoted: true))
        #expect(try row(example.field, [.text]).counters.formulasNeutralised == 1)
    }

    @Test(arguments: [";=1", "\"=1\"", "a=1", "'=1", "＃1", " =1"])
    func `leaves text alone that only holds a sign`(_ field: String) throws {
        #expect(try sheetCell(field, .text) == inlineText(field, preserving: field.hasPrefix(" ")))
        #expect(try row(field, [.text]).counters.formulasNeutralised == 0)
    }
}
