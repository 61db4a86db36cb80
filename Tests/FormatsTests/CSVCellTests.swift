import FileReaders
import Formats
import Testing

/// Field as COPY sends it, and as it stands in the file.
struct Case: Sendable, CustomTestStringConvertible {
    let field: String
    let expected: String

    init(_ field: String, _ expected: String) {
        self.field = field
        self.expected = expected
    }

    var testDescription: String { "\(field.debugDescription) → \(expected.debugDescription)" }
}

@Suite struct `CSV cells` {
    @Test(arguments: [
        Case("plain", "plain"), Case("", #""""#), Case(#"\N"#, ""), Case(#"\\N"#, #"\N"#), Case("N", "N"),
        Case("a,b", #""a,b""#), Case(#"say "x""#, #""say ""x""""#), Case(#"""#, #""""""#), Case("a;b", "a;b"),
        Case(#"a\nb"#, "\"a\nb\""), Case(#"a\r\nb"#, "\"a\r\nb\""), Case(#"a\rb"#, "\"a\rb\""),
        Case(" a", #"" a""#), Case("a ", #""a ""#), Case(" ", #"" ""#), Case("a b", "a b"),
        Case(#"a\t"#, "\"a\t\""), Case(#"a\tb"#, "a\tb"), Case(#"a\\b"#, #"a\b"#),
        Case(#"\b\f\v"#, "\u{08}\u{0C}\u{0B}"),
        Case("Ærø, ø", #""Ærø, ø""#), Case("東京", "東京"), Case("😀", "😀"), Case("007", "007"),
        Case("123456789012345678", "123456789012345678"), Case("{\"a\": 1}", #""{""a"": 1}""#),
        Case("seventeen bytes!!", "seventeen bytes!!"),
        Case("exactly thirty-two bytes of text", "exactly thirty-two bytes of text"),
    ])
    func `writes text as RFC 4180 has it, quoting only what needs it`(_ example: Case) throws {
        #expect(try cell(example.field, .text) == example.expected)
    }

    @Test(arguments: [
        Case("=1+1", "'=1+1"), Case("+47 22", "'+47 22"), Case("-5", "'-5"), Case("@SUM(A1)", "'@SUM(A1)"),
        Case(#"\t=1"#, "'\t=1"), Case(#"\rx"#, "\"'\rx\""), Case(#"\nx"#, "\"'\nx\""),
        Case("＝1", "'＝1"), Case("＋1", "'＋1"), Case("－1", "'－1"), Case("＠x", "'＠x"), Case("＃1", "＃1"),
        Case("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        Case(#"=HYPERLINK("http://x","y")"#, #""'=HYPERLINK(""http://x"",""y"")""#),
        Case("= ", #""'= ""#), Case("=", "'="), Case("a=1", "a=1"), Case(";=1", ";=1"), Case(#""=1""#, #""""=1""""#),
        Case("'=1", "'=1"), Case("\u{EF}", "ï"),
    ])
    func `puts an apostrophe before text that a spreadsheet would run`(_ example: Case) throws {
        #expect(try cell(example.field, .text) == example.expected)
    }

    @Test func `leaves formulas alone when the guard is off`() throws {
        #expect(try cell("=1+1", .text, format: bare(guarded: false)) == "=1+1")
        #expect(try cell(#"\t=1"#, .text, format: bare(guarded: false)) == "\"\t=1\"")
    }

    @Test func `counts what it neutralised`() throws {
        let lines = [CopyText.line(["=1", "+2", "-3"]), CopyText.line(["a", "-1", "\t"])]
        #expect(try write(lines, kinds: [.text, .number, .text]).formulasNeutralised == 3)
    }

    @Test(arguments: [
        Case("-5", "-5"), Case("0", "0"), Case("1.50", "1.50"), Case("-1e-07", "-1e-07"), Case("NaN", "NaN"),
        Case("-Infinity", "-Infinity"), Case(#"\N"#, ""),
        Case("99999999999999999999.000001", "99999999999999999999.000001"),
    ])
    func `never guards numbers and writes them as PostgreSQL does`(_ example: Case) throws {
        #expect(try cell(example.field, .number) == example.expected)
    }

    @Test(arguments: [
        Case("-5", "-5"), Case("1.50", "1,50"), Case("-1.5e-07", "-1,5e-07"), Case("NaN", "NaN"), Case(#"\N"#, ""),
    ])
    func `writes the decimal mark of the locale`(_ example: Case) throws {
        let format = bare(delimiter: UInt8(ascii: ";"), decimalMark: UInt8(ascii: ","))
        #expect(try cell(example.field, .number, format: format) == example.expected)
    }

    @Test func `quotes a number whose decimal mark is the delimiter`() throws {
        let format = bare(decimalMark: UInt8(ascii: ","))
        #expect(try cell("1.5", .number, format: format) == #""1,5""#)
        #expect(try cell("15", .number, format: format) == "15")
    }

    @Test func `keeps the point of a text where numbers have a comma`() throws {
        let format = bare(delimiter: UInt8(ascii: ";"), decimalMark: UInt8(ascii: ","))
        #expect(try cell("v1.5", .text, format: format) == "v1.5")
        #expect(try cell("a,b", .text, format: format) == "a,b")
        #expect(try cell("a;b", .text, format: format) == #""a;b""#)
    }

    @Test func `writes a number of 131072 digits whole`() throws {
        let digits = String(repeating: "7", count: 131_072)
        #expect(try cell(digits, .number) == digits)
    }

    @Test(arguments: [Case("t", "true"), Case("f", "false"), Case(#"\N"#, "")])
    func `writes booleans as words`(_ example: Case) throws {
        #expect(try cell(example.field, .boolean) == example.expected)
    }

    @Test(arguments: [
        Case("2026-05-07 10:30:00.123456+00", "2026-05-07T10:30:00.123456Z"),
        Case("2026-05-07 10:30:00+00", "2026-05-07T10:30:00Z"),
        Case("2026-05-07 10:30:00+02", "2026-05-07T10:30:00+02:00"),
        Case("2026-05-07 10:30:00.5-11", "2026-05-07T10:30:00.5-11:00"),
        Case("2026-05-07 10:30:00+05:30", "2026-05-07T10:30:00+05:30"),
        Case("1890-01-01 00:43:00+00:43:08", "1890-01-01T00:43:00+00:43:08"),
        Case("2026-05-07 10:30:00", "2026-05-07T10:30:00"),
        Case("2026-05-07 10:30:00.1", "2026-05-07T10:30:00.1"),
        Case("12026-05-07 10:30:00+00", "12026-05-07T10:30:00Z"),
        Case("12026-05-07 10:30:00+01", "12026-05-07T10:30:00+01:00"),
        Case("0044-03-15 00:00:00+00 BC", "0044-03-15T00:00:00Z BC"),
        Case("0044-03-15 00:00:00+01 BC", "0044-03-15T00:00:00+01:00 BC"),
        Case("0044-03-15 00:00:00+05:30 BC", "0044-03-15T00:00:00+05:30 BC"),
        Case("0044-03-15 00:00:00 BC", "0044-03-15T00:00:00 BC"),
        Case("infinity", "infinity"), Case("-infinity", "-infinity"), Case(#"\N"#, ""),
    ])
    func `writes timestamps as RFC 3339`(_ example: Case) throws {
        #expect(try cell(example.field, .timestamp) == example.expected)
    }

    @Test(arguments: [
        Case("2026-05-07", "2026-05-07"), Case("0044-03-15 BC", "0044-03-15 BC"), Case("infinity", "infinity"),
        Case("-infinity", "-infinity"), Case(#"\N"#, ""),
    ])
    func `writes dates as they are, unguarded`(_ example: Case) throws {
        #expect(try cell(example.field, .date) == example.expected)
    }
}
