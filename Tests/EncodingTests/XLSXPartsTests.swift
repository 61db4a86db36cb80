import Deflate
import Encoding
import Testing

@Suite struct `XLSX parts` {
    private static let kinds: [CellKind] = [.number, .text, .timestamp, .text]

    private static func lines(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { row in
            CopyText.line([
                String(row), ["Oslo", "=Bergen", "<Molde>", "Ålesund"].randomElement(using: &random),
                "2026-05-07 10:\(Int.random(in: 10..<60, using: &random)):00+00",
                String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 36),
            ])
        }
    }

    private static func cuts(_ rows: Int, _ random: inout SeededGenerator) -> [Int] {
        (0..<Int.random(in: 0...8, using: &random)).map { _ in Int.random(in: 0...rows, using: &random) }.sorted()
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `give the bytes of one process wherever they are cut`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let grid = SheetGrid(
                rowsPerSheet: Int.random(in: 1...60, using: &random),
                rowsPerChunk: Int.random(in: 1...20, using: &random))
            let rows = Int.random(in: 0...150, using: &random)
            let lines = Self.lines(rows, seed: seed)
            let shared = ["Oslo", "=Bergen"]
            let whole = try workbook(lines, kinds: Self.kinds, name: "T", shared: shared, sharing: [1], grid: grid)
            let layout = try layout(kinds: Self.kinds, name: "T", shared: shared, sharing: [1], grid: grid)
            let cuts = Self.cuts(rows, &random)
            let joined = try joinedWorkbook(lines, layout, cuts: cuts)
            #expect(joined.bytes == whole.bytes, "\(grid), \(rows) rows, cut at \(cuts)")
            #expect(joined.counters == whole.counters && joined.sheets == whole.sheets)
            _ = try joined.members
        }
    }

    /// Chunks larger than zlib's window and than all buffers, so that neither the stretches in which it is fed nor what
    /// it compressed before may show.
    @Test(arguments: [Int32(1), 6])
    func `give the bytes of one process when chunks are large`(level: Int32) throws {
        let grid = SheetGrid(rowsPerSheet: 9000, rowsPerChunk: 4000)
        let lines = Self.lines(20_000, seed: 9)
        let whole = try workbook(lines, kinds: Self.kinds, grid: grid, level: level)
        let layout = try layout(kinds: Self.kinds, grid: grid)
        for cuts in [[], [1], [4000], [8999, 9000], [3000, 5000, 17_321], [13_000]] {
            let joined = try joinedWorkbook(lines, layout, cuts: cuts, level: level)
            #expect(joined.bytes == whole.bytes, "cut at \(cuts)")
        }
        #expect(try whole.sheet(3).rows.count == 2001)
    }

    @Test func `store whole chunks deflated and what is less as XML`() throws {
        let grid = SheetGrid(rowsPerSheet: 100, rowsPerChunk: 10)
        let layout = try layout(kinds: [.number], grid: grid)
        var part = try SheetPartWriter(layout, rows: 25..<215)
        var output = OutputBuffer()
        for row in 25..<215 { try CopyText.line([String(row)]).withUnsafeBytes { try part.append($0, into: &output) } }
        try part.end()
        #expect(part.segments.map(\.firstRow) == [25, 30, 100, 200, 210])
        #expect(part.segments.map(\.rows) == [5, 70, 100, 10, 5])
        #expect(part.segments.map(\.isPacked) == [false, true, true, true, false])
        #expect(part.segments.map(\.storedBytes).reduce(0, +) == output.count)
        #expect(part.segments[0].checksum.length == part.segments[0].storedBytes)
    }

    @Test func `bring the rows that were planned, no more and no fewer`() throws {
        let layout = try layout(kinds: [.number])
        let line = CopyText.line(["1"])
        var output = OutputBuffer()
        var part = try SheetPartWriter(layout, rows: 5..<7)
        try line.withUnsafeBytes { try part.append($0, into: &output) }
        #expect(throws: XLSXError.rowCount(expected: 2, found: 1)) { try part.end() }
        try line.withUnsafeBytes { try part.append($0, into: &output) }
        #expect(throws: XLSXError.rowCount(expected: 2, found: 3)) {
            try line.withUnsafeBytes { try part.append($0, into: &output) }
        }
        try part.end()
    }

    @Test func `are refused out of order, short or changed`() throws {
        let layout = try layout(kinds: [.number])
        func segment(first: Int = 0, bytes: Int = 3, crc: UInt32 = 0) -> SheetSegment {
            SheetSegment(
                firstRow: first, rows: 1, isPacked: false, checksum: CRC32(value: crc, length: bytes),
                storedBytes: bytes)
        }
        func append(_ segment: SheetSegment) throws {
            let writer = try WorkbookWriter { _ in }
            try writer.begin()
            try writer.beginTable(layout)
            try Array("abc".utf8).withUnsafeBytes { bytes in
                var stretches = [bytes][...]
                try writer.append(segment) { stretches.popFirst() }
            }
        }
        #expect(throws: XLSXError.segmentOrder(expectedRow: 0, foundRow: 1)) { try append(segment(first: 1)) }
        #expect(throws: XLSXError.segmentBytes(expected: 4, found: 3)) { try append(segment(bytes: 4)) }
        #expect(throws: XLSXError.segmentBytes(expected: 3, found: 3)) { try append(segment(crc: 7)) }
        #expect(throws: Never.self) { try append(segment(crc: 0x3524_41C2)) }
    }

    @Test(arguments: [
        "", "1 2 3", "1 2 2 3 4 5", "-1 2 0 3 4 5", "01 2 0 3 4 5", "1 2 0 4294967296 4 5", "1 2 0 3 4 5 ",
    ])
    func `do not take another text for a segment's`(_ text: String) {
        #expect(SheetSegment(text: text) == nil)
    }
}
