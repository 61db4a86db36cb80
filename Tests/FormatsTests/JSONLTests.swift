import Deflate
import FileReaders
import JSON
import Testing

@testable import Formats

/// NDJSON, value by value: the bytes of each line, which must be JSON.
@Suite struct JSONLTests {
    private func lines(_ columns: [CellColumn], _ rows: [[UInt8]]) throws -> [String] {
        var bytes: [UInt8] = []
        let variant = ExportFormat.jsonl.format.variant(FileRequest(options: ExportFormat.jsonl.defaults))
        let file = variant.file(of: FileTable(columns)) { bytes += Array($0) }
        try file.begin()
        for row in rows { try row.withUnsafeBytes { try file.append($0) } }
        try file.end()
        #expect(file.rows == rows.count && file.tally == FileTally())
        #expect(rows.isEmpty ? bytes.isEmpty : bytes.last == 0x0A)
        let lines = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == rows.count)
        return lines
    }

    /// The value of one field, which was sent as these bytes; nil when the line is not an object of it.
    private func value(_ field: String, _ kind: CellKind, holdsJSON: Bool = false) throws -> String? {
        let column = CellColumn(key: "v", label: "V", kind: kind, holdsJSON: holdsJSON)
        let line = try #require(try lines([column], [Array("\(field)\n".utf8)]).first)
        _ = try JSON.parse(Array(line.utf8), limits: .stored)
        guard line.hasPrefix(#"{"v":"#), line.hasSuffix("}") else { return nil }
        return String(line.dropFirst(5).dropLast())
    }

    @Test func `a row is an object with the columns' keys in their order`() throws {
        let columns = [
            CellColumn(key: "id", label: "=Id", kind: .number), CellColumn(key: "name", label: "Name", kind: .text),
            CellColumn(key: "paid", label: "Paid", kind: .boolean),
            CellColumn(key: "at", label: "At", kind: .timestamp),
            CellColumn(key: "day", label: "Day", kind: .date), CellColumn(key: "note", label: "Note", kind: .text),
        ]
        let rows = [
            CopyText.line(["7", #"Bo "B""#, "t", "2026-05-07 10:30:00.5+00", "2026-05-07", nil]),
            CopyText.line([nil, nil, nil, nil, nil, ""]),
        ]
        #expect(
            try lines(columns, rows) == [
                #"{"id":7,"name":"Bo \"B\"","paid":true,"at":"2026-05-07T10:30:00.5Z","day":"2026-05-07","note":null}"#,
                #"{"id":null,"name":null,"paid":null,"at":null,"day":null,"note":""}"#,
            ])
    }

    @Test func `no rows are no bytes`() throws {
        #expect(try lines([CellColumn(key: "a", label: "A", kind: .text)], []) == [])
    }

    @Test func `a key is escaped like any other string`() throws {
        let columns = [
            CellColumn(key: "a\"b\\c", label: "A", kind: .text), CellColumn(key: "\u{1}é\t", label: "B", kind: .text),
            CellColumn(key: "", label: "C", kind: .text),
        ]
        #expect(
            try lines(columns, [CopyText.line(["1", "2", "3"])]) == [
                #"{"a\"b\\c":"1","\u0001é\t":"2","":"3"}"#
            ])
    }

    @Test(arguments: [
        "0", "-0", "7", "-12.50", "0.10", "1e+20", "1.5e-07", "9007199254740993", "123456789012345678901234567890.000",
        String(repeating: "7", count: 131_072), "0." + String(repeating: "0", count: 16_382) + "1",
    ])
    func `a number has the digits that the server sent`(digits: String) throws {
        #expect(try value(digits, .number) == digits)
    }

    @Test(arguments: [
        "NaN", "Infinity", "-Infinity", "", "01", "+1", "1.", ".5", "1e", "0x1F", "1 2", "--1", "1,5", "t",
    ])
    func `what JSON has no number for is a string`(text: String) throws {
        #expect(try value(text, .number) == "\"\(text)\"")
    }

    @Test(arguments: [("t", "true"), ("f", "false"), ("x", "\"x\""), ("", "\"\""), ("true", "\"true\"")])
    func `a boolean is one, and anything else a string`(field: String, shown: String) throws {
        #expect(try value(field, .boolean) == shown)
    }

    @Test(arguments: [
        ("2026-05-07 10:30:00+00", "2026-05-07T10:30:00Z"),
        ("2026-05-07 10:30:00.123456+00", "2026-05-07T10:30:00.123456Z"),
        ("2026-05-07 10:30:00+02", "2026-05-07T10:30:00+02:00"),
        ("2026-05-07 10:30:00-03:30", "2026-05-07T10:30:00-03:30"), ("2026-05-07 10:30:00", "2026-05-07T10:30:00"),
        ("0044-03-15 00:00:00+00 BC", "0044-03-15T00:00:00Z BC"), ("infinity", "infinity"), ("-infinity", "-infinity"),
        ("12026-05-07 10:30:00+00", "12026-05-07T10:30:00Z"),
    ])
    func `a timestamp is what CSV shows`(field: String, shown: String) throws {
        #expect(try value(field, .timestamp) == "\"\(shown)\"")
        #expect(try cell(field, .timestamp) == shown)
    }

    @Test func `a date is what CSV shows`() throws {
        for date in ["2026-05-07", "0044-03-15 BC", "-infinity"] { #expect(try value(date, .date) == "\"\(date)\"") }
    }

    @Test(arguments: 1..<0x20) func `a control character is escaped`(code: Int) throws {
        let text = "a\(UnicodeScalar(UInt8(code)))\"z"
        let line = try #require(
            try lines([CellColumn(key: "v", label: "V", kind: .text)], [CopyText.line([text])]).first)
        #expect(line.utf8.allSatisfy { $0 >= 0x20 })
        #expect(try JSON.parse(Array(line.utf8))["v"]?.string == text)
    }

    @Test(arguments: [
        #"\"#, #"\\"#, #"\N"#, #"\u0041"#, #"a\"#, #"\"b"#, "\"", "\"\"\"", "/", "é", "e\u{301}", "日本語", "שלום", "👩‍👩‍👧‍👦 🇳🇴",
        "\u{2028}\u{2029}", "\u{7F}", "\u{FEFF}", "\u{FFFF}", "\u{10FFFF}", "=1+1", " lead", "trail ", "null", "",
        String(repeating: "\u{1}\"", count: 10_000), String(repeating: "\\", count: 8191) + "é",
    ])
    func `a text comes back as it was, in every position and column`(text: String) throws {
        let columns = [CellKind.text, .date, .boolean, .number, .text].enumerated().map {
            CellColumn(key: "c\($0.offset)", label: "C", kind: $0.element)
        }
        let line = try #require(
            try lines(columns, [CopyText.line(Array(repeating: text, count: 5))]).first)
        let object = try JSON.parse(Array(line.utf8), limits: .stored)
        for index in 0..<5 { #expect(object["c\(index)"]?.string.map { Array($0.utf8) } == Array(text.utf8)) }
    }

    @Test func `characters above ASCII are written as they are`() throws {
        #expect(try value("Zoë 日本語 👩 \u{2028}", .text) == "\"Zoë 日本語 👩 \u{2028}\"")
    }

    @Test(arguments: [
        "-5", "1.50", "1e400", #""x""#, "null", "true", "false", "[]", "{}",
        #"{"b": 1.0, "a": [1, {"c": null}, "é"], "b": 2}"#,
        #"["\ud800", "\u0000", "\"\\\/"]"#, " [ 1 , 2 ] ",
        String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000),
    ])
    func `a JSON column is the value itself`(document: String) throws {
        let column = CellColumn(key: "v", label: "V", kind: .text, holdsJSON: true)
        let line = try #require(try lines([column], [CopyText.line([document])]).first)
        #expect(line == #"{"v":\#(document)}"#)
    }

    @Test func `white space of a JSON column does not break its line`() throws {
        #expect(
            try value(#"{\n\t"a": "x\\ty",\r\n  "b": [\n1\n]\n}"#, .text, holdsJSON: true)
                == #"{  "a": "x\ty",    "b": [ 1 ] }"#)
        #expect(try value(#"\N"#, .text, holdsJSON: true) == "null")
    }

    @Test(arguments: [
        "", " ", "{", "[1", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a: 1}", "{\"a\":1,}", "1 2", "[1}", "{]", "nul",
        "NaN", "'x'",
        "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "[1]]", "01", "tru e", ":", ",", "}", "\"", "[\"a\" \"b\"]",
        "{\"a\" 1}",
    ])
    func `a text that is no JSON is a string in such a column`(text: String) throws {
        let column = CellColumn(key: "v", label: "V", kind: .text, holdsJSON: true)
        let line = try #require(try lines([column], [CopyText.line([text])]).first)
        #expect(try JSON.parse(Array(line.utf8))["v"]?.string == text)
    }

    @Test func `a row with another number of fields is refused, and nothing of it is written`() {
        let column = CellColumn(key: "v", label: "V", kind: .text)
        for fields in [["a", "b"], []] {
            #expect(throws: CopyTextError.self) {
                var writer = JSONLWriter(
                    columns: fields.isEmpty ? [column, column] : [column], dialect: JSONLDialect())
                var output = OutputBuffer()
                defer { #expect(output.count == 0 && writer.rows == 0) }
                try CopyText.line(fields).withUnsafeBytes { try writer.writeRow($0, into: &output) }
            }
        }
    }

    /// Rows of random fields with many characters that are escaped, read back by the project's own JSON reader.
    @Test(arguments: [UInt64(1), 2, 3, 4]) func `random rows come back as they were`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = [
            "\"", "\\", "\t", "\n", "\r", "\u{8}", "\u{B}", "\u{C}", "\u{1F}", "a", "é", "日", "😀", " ", "N", "0",
        ]
        for _ in 0..<200 {
            let texts = (0..<Int.random(in: 1...12, using: &random)).map { _ -> String? in
                guard Int.random(in: 0..<6, using: &random) > 0 else { return nil }
                return (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    Int.random(in: 0..<3, using: &random) > 0 ? "a" : alphabet.randomElement(using: &random) ?? ""
                }.joined()
            }
            let columns = texts.indices.map { CellColumn(key: "c\($0)", label: "C", kind: .text) }
            let line = try #require(try lines(columns, [CopyText.line(texts)]).first)
            let object = try JSON.parse(Array(line.utf8))
            #expect(object.object?.keys == columns.map(\.key))
            for (column, text) in zip(columns, texts) {
                #expect(object[column.key] == (text.map { .string($0) } ?? .null))
            }
        }
    }
}
