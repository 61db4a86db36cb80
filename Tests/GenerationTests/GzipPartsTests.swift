import Catalog
import Testing

@testable import Generation

/// Compressed CSV from parts that each know their rows, held against what one process writes.
@Suite struct GzipPartsTests {
    private static let columns = [
        OutputColumn(key: "id", label: "=Id", type: .integer, kind: .number),
        OutputColumn(key: "name", label: "Name", type: .string, kind: .text),
    ]

    private func request(_ header: CSVRequest.Header) -> ExportRequest {
        var request = ExportRequest(module: "sales", catalog: "orders", format: .csv, columns: ["id", "name"])
        request.compression = .gzip
        request.csv.header = header
        return request
    }

    private func line(_ row: Int) -> [UInt8] {
        Array("\(row)\t\(row % 7 == 0 ? "=" : "")name \(row &* 2_654_435_761)\n".utf8)
    }

    private func write(_ rows: Range<Int>, to file: any ExportFile) throws {
        try file.begin()
        for row in rows { try line(row).withUnsafeBytes { try file.append($0) } }
        try file.end()
    }

    @Test(arguments: [0, 1, 8191, 8192, 8193, 16_384, 30_000], [CSVRequest.Header.label, .none])
    func `are the same bytes wherever they are cut`(rows: Int, header: CSVRequest.Header) throws {
        let request = request(header)
        var whole: [UInt8] = []
        let file = try CSVFile(Self.columns, request) { whole += Array($0) }
        try write(0..<rows, to: file)
        let format = GzipParts(columns: Self.columns, request: request)
        for cuts in [[], [0], [min(rows, 1)], [rows / 2], [rows / 3, rows / 2], [min(rows, 8192)], [rows, rows]] {
            var joined: [UInt8] = []
            let joiner = try format.joiner(firstRow: nil) { joined += Array($0) }
            var tally = FileTally()
            let bounds = [0] + cuts + [rows]
            for (index, (first, end)) in zip(bounds, bounds.dropFirst()).enumerated() {
                let isFirst = first == 0 && (end > 0 || index == cuts.count)
                let part = try format.part(rows: first..<end, isFirst: isFirst) { try joiner.append($0) }
                try write(first..<end, to: part)
                tally += part.tally
            }
            #expect(try joiner.end(tally) == file.tally)
            let isSame = joined == whole
            #expect(isSame, "\(rows) rows cut at \(cuts)")
        }
    }

    /// Its members are those of the whole, where it begins with one.
    @Test func `a part can be a file of its own`() throws {
        let format = GzipParts(columns: Self.columns, request: request(.label))
        func file(_ rows: Range<Int>) throws -> [UInt8] {
            var bytes: [UInt8] = []
            let joiner = try format.joiner(firstRow: rows.lowerBound) { bytes += Array($0) }
            let part = try format.part(rows: rows, isFirst: rows.lowerBound == 0) { try joiner.append($0) }
            try write(rows, to: part)
            _ = try joiner.end(part.tally)
            return bytes
        }
        let head = try file(0..<8192)
        let tail = try file(8192..<20_000)
        #expect(!tail.isEmpty)
        let isSame = try file(0..<20_000) == head + tail
        #expect(isSame)
        // It begins in the middle of a member of the whole, and with one of its own.
        #expect(try file(5000..<20_000).starts(with: [0x1F, 0x8B]))
    }
}
