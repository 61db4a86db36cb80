import Deflate
import Formats
import Testing

/// Numbers as cells, and as text where a cell would change them.
@Suite struct `XLSX numbers` {
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
        #expect(try sheetCell(example.field, .number) == "><v>\(example.expected)</v>")
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
        #expect(try sheetCell(example.field, .number) == "><v>\(example.expected)</v>")
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
        #expect(try sheetCell(digits, .number) == inlineText(digits))
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
        #expect(try sheetCell(number, .number) == inlineText(number))
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
            let xml = try sheetCell(long, .number)
            #expect(xml.hasPrefix("><v>") && Double(xml.dropFirst(4).dropLast(4)) == value, "\(long) became \(xml)")
            #expect(try counted(long, .number).numbersRounded.cells == 1)
            // And the double's own digits are kept as they are.
            #expect(try sheetCell(value.description, .number) == "><v>\(value.description)</v>")
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

    @Test(arguments: [
        Case("=1", "=1"), Case("1<x>5", "1&lt;x&gt;5"), Case("1-2", "1-2"), Case("1e", "1e"), Case(".5", ".5"),
        Case("5.", "5."), Case("", ""), Case("0x10", "0x10"), Case("1 2", "1 2"),
    ])
    func `lets nothing pass for a number that is none`(_ example: Case) throws {
        #expect(try sheetCell(example.field, .number) == inlineText(example.expected, quoted: example.field == "=1"))
    }

    /// A column that has become text since its catalog was checked may hold them.
    @Test(arguments: ["1.", "0.", "-1.", "1e+", "12345678901234567."])
    func `a number of more characters than a cell has room for is a text`(beginning: String) throws {
        let written = try row("\(beginning)\(String(repeating: "0", count: 300_000))", [.number])
        #expect(written.counters.numbersAsText.cells == 1 && written.counters.textsCut == 1)
        #expect(written.xml.utf8.count < 33_000)
        let fitting = try row("1.\(String(repeating: "0", count: 32_765))", [.number])
        #expect(fitting.counters == CellCounters() && fitting.xml.hasSuffix("0</v></c></row>"))
    }

    @Test func `cuts a number of 131072 digits to what a cell holds`() throws {
        let written = try row(String(repeating: "7", count: 131_072), [.number])
        #expect(written.xml.utf8.count { $0 == UInt8(ascii: "7") } == 32_767)
        #expect(written.counters.integersAsText.cells == 1 && written.counters.textsCut == 1)
    }
}
