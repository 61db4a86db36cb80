import Deflate
import FileReaders
import Formats
import Testing

/// Quotes that RFC 4180 does not ask for, and programs do.
@Suite struct `CSV fields that are misread without quotes` {
    private func file(
        _ labels: [String], _ rows: [[String?]], bom: Bool = false, header: CSVHeader = .label,
        delimiter: UInt8 = UInt8(ascii: ","), keys: [String]? = nil
    ) throws -> String {
        let columns = labels.enumerated().map { index, label in
            CellColumn(key: keys?[index] ?? "key_\(index)", label: label, kind: .text)
        }
        var writer = CSVWriter(
            columns: columns, dialect: try require(CSVDialect(delimiter: delimiter, byteOrderMark: bom, header: header))
        )
        var buffer = OutputBuffer()
        writer.writeHeader(into: &buffer)
        for row in rows {
            try CopyText.line(row).withUnsafeBytes { try writer.writeRow($0, into: &buffer) }
        }
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a file never begins with ID, which Excel takes for SYLK`() throws {
        #expect(try file(["ID", "V"], []) == "\"ID\",V\r\n")
        #expect(try file(["ID_Nr", "V"], []) == "\"ID_Nr\",V\r\n")
        #expect(try file(["ID", "V"], [], delimiter: UInt8(ascii: ";")) == "\"ID\";V\r\n")
        #expect(try file(["ID;V"], [], delimiter: UInt8(ascii: ";")) == "\"ID;V\"\r\n")
        #expect(try file(["No", "V"], [], header: .key, keys: ["ID", "v"]) == "\"ID\",v\r\n")
        #expect(try file(["ID", "V"], [["ID-7", "ID-8"]], header: .none) == "\"ID-7\",ID-8\r\n")
        #expect(try file(["ID"], [["ID \"7\""]], header: .none) == "\"ID \"\"7\"\"\"\r\n")
        // Behind a byte order mark the file begins with that.
        #expect(try file(["ID", "V"], [], bom: true) == "\u{FEFF}ID,V\r\n")
        #expect(try file(["Id", "ID"], [["I", "ID"], ["id", "ID"]]) == "Id,ID\r\nI,ID\r\nid,ID\r\n")
    }

    @Test func `a value that begins as a byte order mark does is none`() throws {
        let mark = "\u{FEFF}"
        #expect(try file(["\(mark)V", "\(mark)W"], []) == "\"\(mark)V\",\(mark)W\r\n")
        #expect(try file(["V"], [["\(mark)x"], [mark]], header: .none) == "\"\(mark)x\"\r\n\"\(mark)\"\r\n")
        #expect(try file(["V"], [["\u{FEFE}x"], ["\u{FEC0}"]], header: .none) == "\u{FEFE}x\r\n\u{FEC0}\r\n")
        #expect(try file(["\(mark)V"], [["\(mark)x"]], bom: true) == "\(mark)\(mark)V\r\n\"\(mark)x\"\r\n")
    }

    @Test func `a part may begin with any row, so all first fields are alike`() throws {
        let rows: [[String?]] = (0..<20).map { ["ID-\($0)", "ID"] }
        let whole = try file(["V", "W"], rows)
        let joined = try file(["V", "W"], Array(rows[..<7])) + file(["V", "W"], Array(rows[7...]), header: .none)
        #expect(whole == joined)
        #expect(whole.split(separator: "\r\n").dropFirst().allSatisfy { $0.hasPrefix("\"ID-") })
    }

    @Test(arguments: Array(CSVDialect.delimiters.utf8), [CSVHeader.label, .none])
    func `COPY's end of data is quoted where it would be alone on its line`(
        delimiter: UInt8, header: CSVHeader
    ) throws {
        let rows = [["a"], ["\\."], [nil], [""], ["\\.\\."], ["\\"]]
        let names = header == .none ? "" : "\"\\.\"\r\n"
        #expect(
            try file(["\\."], rows, header: header, delimiter: delimiter)
                == names + "a\r\n\"\\.\"\r\n\r\n\"\"\r\n\\.\\.\r\n\\\r\n")
        let mark = String(decoding: [delimiter], as: UTF8.self)
        #expect(
            try file(["\\.", "\\."], [["\\.", "\\."]], header: .none, delimiter: delimiter) == "\\.\(mark)\\.\r\n")
    }

    @Test func `only texts that somebody may have typed are guarded`() throws {
        let columns = [
            CellColumn(key: "span", label: "=Span", kind: .text, mayHoldFormulas: false),
            CellColumn(key: "note", label: "Note", kind: .text),
        ]
        var writer = CSVWriter(columns: columns, dialect: .standard)
        var buffer = OutputBuffer()
        writer.writeHeader(into: &buffer)
        let line = CopyText.line(["-00:26:00", "-00:26:00"])
        try line.withUnsafeBytes { try writer.writeRow($0, into: &buffer) }
        let text = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        #expect(text == "'=Span,Note\r\n-00:26:00,'-00:26:00\r\n")
        #expect(writer.formulasNeutralised == 2)
        var cells = CellTexts(
            columns: columns, style: CellStyle(decimalMark: UInt8(ascii: "."), formulaGuard: true))
        let shown = try line.withUnsafeBytes { try cells.texts($0) }
        #expect(shown == ["-00:26:00", "'-00:26:00"])
    }
}
