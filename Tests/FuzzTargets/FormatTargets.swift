import FileReaders
import Formats
import JSON

extension FuzzTarget {
    static let csv = FuzzTarget("csv") { bytes in
        let rows = Rows(bytes)
        let delimiter = Array(CSVOptions.delimiters.joined().utf8)[rows.choice % 4]
        let (isGuarded, decimalMark) = (rows.choice & 4 != 0, UInt8(ascii: rows.choice & 8 != 0 ? "," : "."))
        var options = ExportFormat.csv.defaults
        options.members["csv"] = ["header": "none", "formulaGuard": .bool(isGuarded)]
        let request = FileRequest(options: options, decimalMark: decimalMark, delimiter: delimiter)
        let sink = Sink()
        try rows.write(
            to: ExportFormat.csv.format.variant(request).file(of: FileTable(rows.columns), sink: sink.take))
        let records = try RFC4180.parse(sink.bytes, delimiter: delimiter)
        try demand(records.count == rows.values.count, "other rows")
        for (record, values) in zip(records, rows.values) {
            try demand(record.count == values.count, "other fields")
            for (index, (text, value)) in zip(record, values).enumerated() {
                guard let expected = shown(value, rows.columns[index], isGuarded, decimalMark) else { continue }
                try demand(text.map { Array($0.utf8) } == expected, "another value in column \(index)")
            }
        }
    }

    /// As CSV has it; the outer nil for a timestamp, whose spelling the unit tests have.
    private static func shown(
        _ value: [UInt8]?, _ column: CellColumn, _ isGuarded: Bool, _ decimalMark: UInt8
    ) -> [UInt8]?? {
        guard var value else { return .some(nil) }
        switch column.kind {
        case .timestamp: return nil
        case .date: break
        case .boolean:
            value =
                value == Array("t".utf8) ? Array("true".utf8) : value == Array("f".utf8) ? Array("false".utf8) : value
        case .number:
            if let point = value.firstIndex(of: UInt8(ascii: ".")) { value[point] = decimalMark }
        case .text:
            let signs: [Unicode.Scalar] = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
            if isGuarded, column.mayHoldFormulas, let first = value.text.unicodeScalars.first, signs.contains(first) {
                value = [UInt8(ascii: "'")] + value
            }
        }
        return Array(value.text.utf8)
    }

    static let jsonl = FuzzTarget("jsonl") { bytes in
        let rows = Rows(bytes)
        let sink = Sink()
        let variant = ExportFormat.jsonl.format.variant(FileRequest(options: ExportFormat.jsonl.defaults))
        try rows.write(to: variant.file(of: FileTable(rows.columns), sink: sink.take))
        let lines = sink.bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        try demand(lines.count == rows.good.count, "other rows")
        for (line, (sent, values)) in zip(lines, zip(rows.good, rows.values)) {
            // What a JSON column holds may be more than our own parser takes; the row is not looked at then.
            guard let whole = object(line), whole.keys == rows.columns.map(\.key) else {
                try demand(zip(values, rows.columns).contains { $1.holdsJSON && isOdd($0) }, "a line that is no JSON")
                continue
            }
            for (index, (column, value)) in zip(rows.columns, values).enumerated() {
                let cell = whole.members[index].value
                guard let value else {
                    try demand(cell == .null, "NULL is something")
                    continue
                }
                if column.holdsJSON {
                    let document = Outcome { try JSON.parse(value, limits: .stored) }
                    if case .value(let expected) = document { try demand(cell == expected, "another document") }
                    continue
                }
                // The server writes no number or boolean by escapes; such a one is a text.
                let isEscaped = sent.split(by: UInt8(ascii: "\t"))[index].contains(UInt8(ascii: "\\"))
                if column.kind == .timestamp || (isEscaped && cell == .string(value.text)) { continue }
                try demand(cell == FuzzTarget.cell(value, column.kind), "another value in column \(index)")
            }
        }
    }

    private static func object(_ line: [UInt8]) -> JSON.Object? {
        try? JSON.parse(line, limits: .stored).object
    }

    /// Whether a text may be JSON that the project's parser refuses: it says the same twice, or is too deep.
    private static func isOdd(_ value: [UInt8]?) -> Bool {
        do {
            _ = try JSON.parse(value ?? [], limits: .stored)
            return false
        } catch { return [.duplicateKey, .loneSurrogate, .tooDeep, .invalidUTF8].contains(error.code) }
    }

    private static func cell(_ value: [UInt8], _ kind: CellKind) -> JSON {
        switch kind {
        case .boolean where value == Array("t".utf8): return true
        case .boolean where value == Array("f".utf8): return false
        case .number:
            if case .value(.number(let digits)) = Outcome(({ try JSON.parse(value, limits: .stored) })),
                Array(digits.utf8) == value
            {
                return .number(digits)
            }
            return .string(value.text)
        default: return .string(value.text)
        }
    }

    static let xlsx = FuzzTarget("xlsx") { bytes in
        let rows = Rows(bytes)
        guard rows.good.count == rows.lines.count else { return }
        let sink = Sink()
        let variant = ExportFormat.xlsx.format.variant(FileRequest(options: ExportFormat.xlsx.defaults))
        try rows.write(to: variant.file(of: FileTable(rows.columns, title: "T"), sink: sink.take))
        let archive = try ZipReader(sink.bytes)
        guard let xml = archive["xl/worksheets/sheet1.xml"] else { throw BrokenRule(description: "there is no sheet") }
        let texts = try archive["xl/sharedStrings.xml"].map { try SheetReader.sharedStrings($0) } ?? []
        let sheet = try SheetReader(xml)
        try demand(sheet.rows.count == rows.values.count + 1, "other rows")
        for (cells, values) in zip(sheet.rows.dropFirst(), rows.values) {
            for (index, value) in values.enumerated() {
                let cell = cells[index]
                guard let value else {
                    try demand(cell == nil, "NULL is something")
                    continue
                }
                guard let cell else { throw BrokenRule(description: "a value is not there") }
                guard cell.type == "s" || cell.type == "inlineStr" else {
                    try demand(rows.columns[index].kind != .text, "a text is no text")
                    continue
                }
                let text =
                    cell.type == "s"
                    ? Int(cell.value).flatMap { texts.indices.contains($0) ? texts[$0] : nil } : cell.value
                guard rows.columns[index].kind != .timestamp else {
                    continue
                }
                try demand(text.map { Array($0.utf8) } == unified(value), "another text in column \(index)")
            }
        }
    }

    /// Lines end with LF in a cell.
    private static func unified(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, byte) in value.enumerated() {
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || index == 0 || value[index - 1] != 0x0D {
                result.append(byte)
            }
        }
        return result
    }
}
