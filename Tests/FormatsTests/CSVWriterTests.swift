import Deflate
import FileReaders
import Formats
import Testing

@Suite struct `CSV rows` {
    private func header(_ format: CSVDialect?, labels: [String]) throws -> (text: String, neutralised: Int) {
        let columns = labels.enumerated().map {
            CellColumn(key: "key_\($0.offset)", label: $0.element, kind: .text)
        }
        var writer = CSVWriter(columns: columns, dialect: try require(format))
        var buffer = OutputBuffer()
        writer.writeHeader(into: &buffer)
        let text = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return (text, writer.formulasNeutralised)
    }

    @Test func `begins with labels, keys or nothing`() throws {
        let labels = ["Order", "Driver, name", "=cmd", ""]
        let written = try header(.standard, labels: labels)
        #expect(written.text == "Order,\"Driver, name\",'=cmd,\"\"\r\n")
        #expect(written.neutralised == 1)
        #expect(try header(CSVDialect(header: .key), labels: labels).text == "key_0,key_1,key_2,key_3\r\n")
        #expect(try header(CSVDialect(header: .none), labels: labels).text == "")
    }

    @Test func `writes the byte order mark once, before the names`() throws {
        #expect(try header(CSVDialect(byteOrderMark: true), labels: ["A"]).text == "\u{FEFF}A\r\n")
        #expect(try header(CSVDialect(byteOrderMark: true, header: .none), labels: ["A"]).text == "\u{FEFF}")
    }

    @Test func `takes only delimiters that no number or date holds`() {
        for byte in UInt8.min...UInt8.max {
            let taken = CSVDialect(delimiter: byte) != nil
            #expect(taken == CSVDialect.delimiters.utf8.contains(byte))
        }
        for refused in "\"\r\n.-+:' 0aT".utf8 { #expect(CSVDialect(delimiter: refused) == nil) }
        #expect(CSVDialect(decimalMark: UInt8(ascii: "'")) == nil)
    }

    @Test func `quotes what holds a tab when tabs delimit`() throws {
        let written = try write(
            [CopyText.line(["a\tb", nil, "c,d"])], kinds: [.text, .text, .text], format: bare(delimiter: 9))
        #expect(written.text == "\"a\tb\"\t\tc,d\r\n")
    }

    @Test func `takes a row with and without its newline`() throws {
        let lines = [Array("a\tb\n".utf8), Array("a\tb".utf8)]
        #expect(try write(lines, kinds: [.text, .text]).text == "a,b\r\na,b\r\n")
    }

    @Test(arguments: ["a", "a\tb\tc", "a\tb\tc\td\te", ""])
    func `refuses a row with another number of fields and writes nothing of it`(_ line: String) throws {
        var writer = CSVWriter(columns: columns([.text, .text]), dialect: .standard)
        var buffer = OutputBuffer()
        let bytes = Array((line + "\n").utf8)
        let found = line.split(separator: "\t", omittingEmptySubsequences: false).count
        #expect(throws: CopyTextError.fieldCount(expected: 2, found: found)) {
            try bytes.withUnsafeBytes { try writer.writeRow($0, into: &buffer) }
        }
        #expect(buffer.count == 0)
        #expect(writer.rows == 0)
    }

    @Test func `renders for the preview what stands in the file before quoting`() throws {
        let kinds: [CellKind] = [.text, .text, .text, .number, .boolean, .timestamp, .date, .text]
        var cells = CellTexts(
            columns: columns(kinds), style: CellStyle(decimalMark: UInt8(ascii: "."), formulaGuard: true))
        let line = CopyText.line([
            "a,\"b\"", nil, "", "-5", "t", "2026-05-07 10:30:00+00", "2026-05-07", "=1\n2",
        ])
        let fields = try line.withUnsafeBytes { try cells.texts($0) }
        #expect(fields == ["a,\"b\"", nil, "", "-5", "true", "2026-05-07T10:30:00Z", "2026-05-07", "'=1\n2"])
        #expect(try RFC4180.parse(write([line], kinds: kinds).bytes) == [fields])
    }

    @Test func `finds field ends wherever they fall in the machine's words`() throws {
        for length in 0...70 {
            let fields = [String(repeating: "x", count: length), "b", String(repeating: "é", count: length), "d"]
            let written = try write([CopyText.line(fields)], kinds: [.text, .text, .text, .text])
            #expect(try RFC4180.parse(written.bytes) == [fields.map(Optional.some)])
        }
    }

    @Test func `keeps to its worst case with nothing but quotes`() throws {
        let fields = (0..<50).map { String(repeating: "\"", count: $0) }
        let written = try write([CopyText.line(fields)], kinds: Array(repeating: .text, count: 50))
        #expect(try RFC4180.parse(written.bytes) == [fields.map(Optional.some)])
    }
}
