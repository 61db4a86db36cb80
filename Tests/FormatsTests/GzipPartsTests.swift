import Deflate
import JSON
import Testing

@testable import Formats

/// Compressed CSV from parts that each know their rows, held against the file of one process.
@Suite struct GzipPartsTests {
    private static let columns = [
        CellColumn(key: "id", label: "=Id", kind: .number), CellColumn(key: "name", label: "Name", kind: .text),
    ]

    private func request(_ header: CSVHeader) -> FileRequest {
        var options = ExportFormat.csv.defaults
        options.isCompressed = true
        options.members["csv"] = ["header": .string(header.rawValue)]
        return FileRequest(options: options)
    }

    /// The file that one process writes, with all rows.
    private func file(
        _ columns: [CellColumn], _ request: FileRequest, sink: @escaping ByteSink
    ) throws -> any RowFile {
        ExportFormat.csv.format.variant(request).file(of: FileTable(columns), sink: sink)
    }

    private func parts(_ columns: [CellColumn], _ request: FileRequest) throws -> any PartFormat {
        try ExportFormat.csv.format.variant(request).parts(of: FileTable(columns)) { FirstRows() }
    }

    private func line(_ row: Int) -> [UInt8] {
        Array("\(row)\t\(row % 7 == 0 ? "=" : "")name \(row &* 2_654_435_761)\n".utf8)
    }

    private func write(_ rows: Range<Int>, to file: any RowFile) throws {
        try file.begin()
        for row in rows { try line(row).withUnsafeBytes { try file.append($0) } }
        try file.end()
    }

    @Test(arguments: [0, 1, 8191, 8192, 8193, 16_384, 30_000], [CSVHeader.label, .none])
    func `are the same bytes wherever they are cut`(rows: Int, header: CSVHeader) throws {
        let request = request(header)
        var whole: [UInt8] = []
        let file = try self.file(Self.columns, request) { whole += Array($0) }
        try write(0..<rows, to: file)
        let format = try parts(Self.columns, request)
        for cuts in [[], [0], [min(rows, 1)], [rows / 2], [rows / 3, rows / 2], [min(rows, 8192)], [rows, rows]] {
            var joined: [UInt8] = []
            let joiner = try format.joiner(firstRow: nil) { joined += Array($0) }
            var tally = FileTally()
            let bounds = [0] + cuts + [rows]
            for (index, (first, end)) in zip(bounds, bounds.dropFirst()).enumerated() {
                let isFirst = first == 0 && (end > 0 || index == cuts.count)
                let part = format.part(rows: first..<end, isFirst: isFirst) { try joiner.append($0) }
                try write(first..<end, to: part)
                tally += part.tally
            }
            #expect(try joiner.end(tally) == file.tally)
            let isSame = joined == whole
            #expect(isSame, "\(rows) rows cut at \(cuts)")
        }
    }

    /// The whole of some rows, in one piece or joined from parts, as one gzip file.
    private func file(_ rows: Range<Int>, header: CSVHeader = .label) throws -> [UInt8] {
        let format = try parts(Self.columns, request(header))
        var bytes: [UInt8] = []
        let joiner = try format.joiner(firstRow: rows.lowerBound) { bytes += Array($0) }
        let part = format.part(rows: rows, isFirst: rows.lowerBound == 0) { try joiner.append($0) }
        try write(rows, to: part)
        _ = try joiner.end(part.tally)
        return bytes
    }

    /// The contents that a reader sees which stops after the first member; nil when there is more after it.
    private func onlyMember(_ bytes: [UInt8]) throws -> [UInt8]? {
        var reader = try GzipReader()
        var plain: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            try withUnsafeBytes(of: byte) { try reader.read($0) { plain += Array($0) } }
            if reader.isBetweenMembers { return index == bytes.count - 1 ? plain : nil }
        }
        return nil
    }

    @Test(arguments: [0, 1, 8191, 8192, 8193, 40_000])
    func `a compressed file is one member, however many rows it has`(rows: Int) throws {
        let bytes = try file(0..<rows)
        var plain: [UInt8] = []
        var uncompressed = request(.label)
        uncompressed.options.isCompressed = false
        try write(0..<rows, to: try self.file(Self.columns, uncompressed) { plain += Array($0) })
        let isWhole = try onlyMember(bytes) == plain
        #expect(isWhole)
        // The trailer's length is the file's, as `gzip -l` shows it.
        let length = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length == plain.count)
    }

    @Test func `without rows and header it is an empty member`() throws {
        #expect(
            try file(0..<0, header: .none) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `a row of twenty million bytes goes through, wherever it is cut`() throws {
        let columns = [CellColumn(key: "v", label: "V", kind: .text)]
        let row = (0..<20_000_000).map { UInt8(truncatingIfNeeded: 0x61 &+ ($0 &* $0 >> 7) % 26) } + [0x0A]
        var whole: [UInt8] = []
        let file = try self.file(columns, request(.label)) { whole += Array($0) }
        try file.begin()
        try row.withUnsafeBytes { try file.append($0) }
        try file.end()
        let format = try parts(columns, request(.label))
        var joined: [UInt8] = []
        let joiner = try format.joiner(firstRow: nil) { joined += Array($0) }
        for (rows, isFirst) in [(0..<0, false), (0..<1, true), (1..<1, false)] {
            let part = format.part(rows: rows, isFirst: isFirst) { try joiner.append($0) }
            try part.begin()
            if !rows.isEmpty { try row.withUnsafeBytes { try part.append($0) } }
            try part.end()
        }
        _ = try joiner.end(FileTally())
        let isSame = joined == whole
        #expect(isSame)
        var reader = try GzipReader()
        var length = 0
        try whole.withUnsafeBytes { try reader.read($0) { length += $0.count } }
        #expect(length == 3 + 20_000_002 && reader.isBetweenMembers)
    }

    @Test func `a part can be a gzip file of its own`() throws {
        for rows in [0..<8192, 8192..<20_000, 5000..<20_000, 5000..<5000] {
            var plain: [UInt8] = []
            var uncompressed = request(.label)
            uncompressed.options.isCompressed = false
            let parts = try self.parts(Self.columns, uncompressed)
            let part = parts.part(rows: rows, isFirst: rows.lowerBound == 0) { plain += Array($0) }
            try write(rows, to: part)
            let isWhole = try onlyMember(file(rows)) == plain
            #expect(isWhole, "\(rows)")
        }
    }
}
