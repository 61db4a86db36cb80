import FileReaders
import Formats
import Testing

/// How a workbook's sheets look: widths, wrapping, direction, marks, print.
@Suite struct `XLSX looks` {
    private func head(_ labels: [String], _ kinds: [CellKind], _ rows: [[String?]] = []) throws -> String {
        let lines = rows.map(CopyText.line)
        let written = try workbook(lines, try layout(of: lines, kinds: kinds, labels: labels))
        return try #require(try written.members["xl/worksheets/sheet1.xml"])
    }

    private func widths(_ labels: [String], _ kinds: [CellKind], _ rows: [[String?]] = []) throws -> [Int] {
        let xml = try head(labels, kinds, rows)
        return xml.matches(of: /width="(\d+)\.7109375"/).compactMap { Int($0.output.1) }
    }

    @Test(arguments: [
        // Fourteen Han; twenty-one emoji; Thai with marks above and below, which take no room.
        ("統計資料表格中文欄位標題名稱", 31), (String(repeating: "😀", count: 21), 45), (String(repeating: "ที่นี่", count: 8), 19),
        // Families, flags, skin tones and signs with a selector are one emoji each.
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 13), ("🇳🇴🇸🇪🇩🇰🇫🇮🇮🇸", 13), ("👍🏽👍🏽👍🏽👍🏽👍🏽", 13), ("❤️❤️❤️❤️❤️", 13),
        ("ｆｕｌｌｗｉｄｔｈ", 21), ("한국어 보고서 제목", 21),
        ("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", 12),
        ("twelve signs", 15), ("short", 11), ("a\na rather long second line\nb", 28),
        (String(repeating: "x", count: 300), 60),
    ])
    func `a column is as wide as its label is shown`(_ label: String, _ width: Int) throws {
        #expect(try widths([label], [.number]) == [width])
    }

    @Test func `a column is as wide as the values of the first rows, between bounds`() throws {
        let uuid = "0198c8f0-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
        let rows: [[String?]] = [
            [
                uuid, "漢字漢字漢字漢字漢字漢字", nil, "123456789012345", "2026-05-07", "t", "2026-05-07 10:30:00+00",
                "Ab\r\nlonger than that line",
            ],
            ["x", "😀", nil, "-1", nil, nil, nil, String(repeating: "y", count: 20)],
        ]
        let kinds: [CellKind] = [.text, .text, .text, .number, .date, .boolean, .timestamp, .text]
        let labels = Array(repeating: "L", count: kinds.count)
        #expect(try widths(labels, kinds, rows) == [38, 26, 18, 17, 11, 7, 19, 23])
        #expect(try widths(labels, kinds) == [18, 18, 18, 11, 11, 7, 19, 18])
        #expect(try widths(["L"], [.text], [[String(repeating: "z", count: 5000)]]) == [60])
    }

    @Test func `numbers that are text on purpose are not marked, in the schema's place`() throws {
        let rows: [[String?]] = [
            ["00123", "1", "t", "2026-05-07", "12345678901234567890"], ["x", "2", "f", nil, nil],
        ]
        let xml = try head(["a", "b", "c", "d", "e"], [.text, .number, .boolean, .date, .text], rows)
        #expect(
            xml.hasSuffix(
                #"</sheetData><autoFilter ref="A1:E3"/><pageSetup orientation="landscape"/>"#
                    + #"<ignoredErrors><ignoredError sqref="A2:B3 E2:E3" numberStoredAsText="1"/></ignoredErrors></worksheet>"#
            ))
        #expect(try !head(["a"], [.text]).contains("ignoredErrors"))
        #expect(try !head(["a"], [.date], [["2026-05-07"]]).contains("ignoredErrors"))
    }

    @Test func `a header of several lines wraps, also one that looks like a formula`() throws {
        let xml = try head(["Net\nweight", "=a\nb", "plain", "=c", " edge\n"], Array(repeating: .number, count: 5))
        #expect(xml.contains(#"<c r="A1" s="8" t="inlineStr"><is><t>Net\#nweight</t></is></c>"#))
        #expect(xml.contains(#"<c r="B1" s="9" t="inlineStr"><is><t>=a\#nb</t></is></c>"#))
        #expect(xml.contains(#"<c r="C1" s="1" t="inlineStr"><is><t>plain</t></is></c>"#))
        #expect(xml.contains(#"<c r="D1" s="2" t="inlineStr"><is><t>=c</t></is></c>"#))
        #expect(xml.contains(#"<c r="E1" s="8" t="s"><v>0</v></c>"#))
    }

    @Test func `the styles wrap where they have to`() throws {
        let styles = try #require(try workbook([], kinds: [.number]).members["xl/styles.xml"])
        let formats = styles.matches(of: /<xf [^>]*xfId="0"[^>]*>(?:<alignment[^>]*\/><\/xf>)?/).map {
            String($0.output)
        }
        #expect(formats.count == 10)
        #expect(
            formats.map { $0.contains(#"<alignment wrapText="1"/>"#) }
                == [false, false, false, false, false, false, true, true, true, true])
        #expect(
            formats.map { $0.contains(#"quotePrefix="1""#) }
                == [false, false, true, false, false, true, false, true, false, true])
        #expect(styles.contains(#"formatCode="yyyy-mm-dd hh:mm:ss""#) && !styles.contains("\\"))
    }

    @Test func `shared strings wrap as others do`() throws {
        let lines = ["a\nb", "=a\nb", "c", " d\n"].map { CopyText.line([$0]) }
        let written = try workbook(lines, kinds: [.text], shared: ["a\nb", "=a\nb", "c"], sharing: [0])
        #expect(try written.sheet().rows.dropFirst().map { $0[0]?.style } == [6, 7, 0, 6])
        #expect(try written.sheet().rows.dropFirst().map { $0[0]?.value } == ["0", "1", "2", "3"])
        #expect(try written.sharedStrings == ["a\nb", "=a\nb", "c", " d\n"])
    }

    @Test func `sheets are right to left when asked for, annexes too`() throws {
        let layout = try layout(of: [], kinds: [.number], isRightToLeft: true)
        let annex = AnnexTable(title: "A", fileName: "a", columns: layout.columns, rows: [["1"]])
        let written = try workbook([CopyText.line(["1"])], layout, annexes: [annex])
        for number in 1...2 {
            let xml = try #require(try written.members["xl/worksheets/sheet\(number).xml"])
            #expect(xml.contains(#"<sheetView rightToLeft="1""#))
        }
        #expect(try !head(["a"], [.number]).contains("rightToLeft"))
    }

    @Test func `the header is repeated on each printed page of each sheet`() throws {
        let written = try workbook(
            (0..<3).map { CopyText.line([String($0)]) }, kinds: [.number], name: "It's",
            grid: RowGrid(rowsPerSheet: 2, rowsPerChunk: 2))
        let xml = try #require(try written.members["xl/workbook.xml"])
        #expect(xml.contains(#"<definedName name="_xlnm.Print_Titles" localSheetId="0">'It''s'!$1:$1</definedName>"#))
        #expect(xml.contains(#"<definedName name="_xlnm.Print_Titles" localSheetId="1">'It''s 2'!$1:$1</definedName>"#))
    }
}
