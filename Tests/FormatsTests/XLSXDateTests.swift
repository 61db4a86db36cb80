import Deflate
import FileReaders
import Formats
import Testing

/// Booleans, dates and timestamps as cells.
@Suite struct `XLSX dates and booleans` {
    @Test(arguments: [Case("t", "1"), Case("f", "0")])
    func `writes booleans as such`(_ example: Case) throws {
        #expect(try sheetCell(example.field, .boolean) == #" t="b"><v>\#(example.expected)</v>"#)
    }

    @Test(arguments: [
        Case("1900-03-01", "61"), Case("1970-01-01", "25569"), Case("2000-02-29", "36585"),
        Case("2026-05-07", "46149"), Case("9999-12-31", "2958465"),
    ])
    func `writes dates as days`(_ example: Case) throws {
        #expect(try sheetCell(example.field, .date) == #" s="3"><v>\#(example.expected)</v>"#)
    }

    @Test(arguments: [
        "1900-02-28", "1899-12-31", "0044-03-15 BC", "10000-01-01", "infinity", "-infinity", "2026-5-07",
        "2026/05/07", "2026-13-07", "2026-05-07x",
    ])
    func `writes dates that a cell has not as text`(_ date: String) throws {
        #expect(try sheetCell(date, .date) == inlineText(date))
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
        #expect(try sheetCell(example.field, .timestamp) == #" s="4"><v>\#(example.expected)</v>"#)
    }

    /// Most readers round a time that a format shows to the second when it has a fraction.
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
                    try sheetCell("\(date) \(time)\(fraction)\(offset)", .timestamp)
                        == #" s="4"><v>\#(day)\#(digits)</v>"#)
            }
        }
    }

    /// To a microsecond, for readers that cut the rest (xlsx2csv); late days have fewer digits, and err upwards.
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
        #expect(try sheetCell(example.field, .timestamp) == inlineText(example.expected))
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
}
