import Deflate
import Formats

extension FuzzTarget {
    /// A file that is joined from parts is that of one process; and bytes that are no parts are refused.
    static let parts = FuzzTarget("parts") { bytes in
        let rows = Rows(bytes)
        let formats: [ExportFormat] = [.csv, .jsonl, .xlsx]
        let format = formats[rows.choice % 3]
        var options = format.defaults
        if format != .xlsx { options.isCompressed = rows.choice & 4 == 0 }
        let variant = format.format.variant(FileRequest(options: options))
        let table = FileTable(rows.columns, title: "T")
        let lines = rows.good.map { $0 + [UInt8(ascii: "\n")] }

        let whole = Sink()
        try write(lines[...], to: variant.file(of: table, sink: whole.take))
        let parts = try variant.parts(of: table) {
            var first = FirstRows()
            for line in lines where !first.isFull { line.withUnsafeBytes { first.take($0) } }
            return first
        }
        let joined = Sink()
        let joiner = try parts.joiner(firstRow: nil, sink: joined.take)
        let cut = lines.isEmpty ? 0 : rows.choice % (lines.count + 1)
        var tally = FileTally()
        for range in cut == 0 ? [0..<lines.count] : [0..<cut, cut..<lines.count] {
            let part = parts.part(rows: range, isFirst: range.lowerBound == 0) { try joiner.append($0) }
            try write(lines[range], to: part)
            tally += part.tally
        }
        _ = try joiner.end(tally)
        try demand(joined.bytes == whole.bytes, "\(lines.count) rows cut at \(cut) are another file")

        let other = try parts.joiner(firstRow: nil, sink: Sink().take)
        do {
            for stretch in bytes.cut(every: rows.choice + 1) { try stretch.withUnsafeBytes { try other.append($0) } }
            _ = try other.end(FileTally())
        } catch is PartError {} catch is CopyTextError {}
    }

    private static func write(_ lines: ArraySlice<[UInt8]>, to file: any RowFile) throws {
        try file.begin()
        for line in lines { try line.withUnsafeBytes { try file.append($0) } }
        try file.end()
    }
}
