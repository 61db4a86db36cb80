import Deflate
import FileReaders
import Formats
import Testing

@Suite struct `XLSX parts` {
    private static let kinds: [CellKind] = [.number, .text, .timestamp, .text]

    private static func lines(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { row in
            CopyText.line([
                ["NaN", "0.33333333333333333333", "12345678901234567"].randomElement(using: &random)
                    .map { Int.random(in: 0..<9, using: &random) == 0 ? $0 : String(row) } ?? "",
                ["Oslo", "=Bergen", "<Molde>", "Ålesund", " Røros"].randomElement(using: &random),
                "2026-05-07 10:\(Int.random(in: 10..<60, using: &random)):00+00",
                String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 36)
                    + ["", "", "", " ", "\r\n"][Int.random(in: 0..<5, using: &random)],
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
            let grid = RowGrid(
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
            // The workbook of one process has the same texts as the rows.
            #expect(try Self.texts(joined, column: 3) == lines.map { Self.text($0, column: 3) })
        }
    }

    private static func texts(_ book: WrittenWorkbook, column: Int) throws -> [String] {
        let strings = try book.sharedStrings
        return try (1...book.sheets).flatMap { number in
            try book.sheet(number).rows.dropFirst().map { row in
                let cell = try #require(row[column])
                return cell.type == "s" ? strings[try #require(Int(cell.value))] : cell.value
            }
        }
    }

    private static func text(_ line: [UInt8], column: Int) -> String {
        let field = line.dropLast().split(separator: 0x09, omittingEmptySubsequences: false)[column]
        return String(decoding: field, as: UTF8.self).split(separator: #"\r\n"#, omittingEmptySubsequences: false)
            .joined(separator: "\n")
    }

    /// So many texts with white space at an edge that neither a chunk's places nor its bytes suffice.
    @Test func `give the bytes of one process when texts find no place among the shared strings`() throws {
        let grid = RowGrid(rowsPerSheet: 3000, rowsPerChunk: 500)
        let lines = (0..<7000).map { row in
            CopyText.line(["x\(row % 2000) ", row % 3 == 0 ? " " + String(repeating: "y", count: row % 97) : nil])
        }
        let layout = try layout(kinds: [.text, .text], shared: ["x7 "], sharing: [0], grid: grid)
        let whole = try workbook(lines, layout)
        for cuts in [[1], [499, 500, 501], [3000], [100, 2999, 3001, 6999], [0, 0, 7000]] {
            #expect(try joinedWorkbook(lines, layout, cuts: cuts).bytes == whole.bytes, "cut at \(cuts)")
        }
        #expect(try Self.texts(whole, column: 0) == (0..<7000).map { "x\($0 % 2000) " })
        let uses = whole.counters.sharedStringUses
        // 14 chunks of 128 places each and the uses of one known text at least, and far from all.
        #expect(uses >= 14 * 128 && uses < 7000)
        #expect(try whole.sharedStrings.count <= 1 + 14 * 128)
        #expect(try whole.members["xl/sharedStrings.xml"]?.contains(" count=\"\(uses)\" ") == true)
    }

    @Test func `hold no more texts in memory than so many chunks have places`() throws {
        let grid = RowGrid(rowsPerSheet: 100_000, rowsPerChunk: 2)
        let lines = (0..<1100).map { CopyText.line(["\($0) "]) }
        let layout = try layout(kinds: [.text], grid: grid)
        let whole = try workbook(lines, layout)
        #expect(whole.counters.sharedStringUses == 1024)
        #expect(try Self.texts(whole, column: 0) == (0..<1100).map { "\($0) " })
        #expect(try joinedWorkbook(lines, layout, cuts: [333, 1023, 1030]).bytes == whole.bytes)
    }

    /// Chunks larger than the deflater's window and than all buffers, so that neither the stretches in which it is fed
    /// nor earlier chunks may show.
    @Test func `give the bytes of one process when chunks are large`() throws {
        let grid = RowGrid(rowsPerSheet: 9000, rowsPerChunk: 4000)
        let lines = Self.lines(20_000, seed: 9)
        let whole = try workbook(lines, kinds: Self.kinds, grid: grid)
        let layout = try layout(kinds: Self.kinds, grid: grid)
        for cuts in [[], [1], [4000], [8999, 9000], [3000, 5000, 17_321], [13_000]] {
            let joined = try joinedWorkbook(lines, layout, cuts: cuts)
            #expect(joined.bytes == whole.bytes, "cut at \(cuts)")
        }
        #expect(try whole.sheet(3).rows.count == 2001)
    }

    /// The kinds of a part's frames with their bytes, first rows and rows.
    private static func frames(_ bytes: [UInt8]) -> [String] {
        func word(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) } }
        var frames: [String] = []
        var at = 0
        while at < bytes.count {
            switch word(at) {
            case 1, 2, 5:
                frames.append(["plain", "packed", "", "", "strings"][word(at) - 1])
                at += word(at + 8)
            case 3: frames.append("rows \(word(at + 8)) + \(word(at + 16))")
            default:
                frames.append("end")
                at += word(at + 8)
            }
            at += 48
        }
        return frames
    }

    @Test func `store whole chunks deflated and what is less as it came`() throws {
        let layout = try layout(kinds: [.number], grid: RowGrid(rowsPerSheet: 100, rowsPerChunk: 30))
        let lines = (25..<215).map { CopyText.line([String($0)]) }
        #expect(
            Self.frames(try part(lines[...], layout, rows: 25..<215)) == [
                "plain", "rows 25 + 5", "packed", "rows 30 + 30", "packed", "rows 60 + 30", "packed", "rows 90 + 10",
                "packed", "rows 100 + 30", "packed", "rows 130 + 30", "packed", "rows 160 + 30", "packed",
                "rows 190 + 10",
                "plain", "rows 200 + 15", "end",
            ])
    }

    @Test func `store the texts of a chunk's places with the chunk`() throws {
        let layout = try layout(kinds: [.text], grid: RowGrid(rowsPerSheet: 100, rowsPerChunk: 3))
        let lines = (1..<8).map { CopyText.line([$0 == 5 ? " x" : "x"]) }
        #expect(
            Self.frames(try part(lines[...], layout, rows: 1..<8)) == [
                "plain", "rows 1 + 2", "strings", "packed", "rows 3 + 3", "plain", "rows 6 + 2", "end",
            ])
    }

    @Test func `bring the rows that were planned, no more and no fewer`() throws {
        let layout = try layout(kinds: [.number])
        let line = CopyText.line(["1"])
        var output = OutputBuffer()
        var part = SheetPartWriter(layout, rows: 5..<7)
        try line.withUnsafeBytes { try part.append($0, into: &output) }
        #expect(throws: PartError.rowCount(expected: 2, found: 1)) { try part.end(into: &output) }
        try line.withUnsafeBytes { try part.append($0, into: &output) }
        #expect(throws: PartError.rowCount(expected: 2, found: 3)) {
            try line.withUnsafeBytes { try part.append($0, into: &output) }
        }
        try part.end(into: &output)
    }

    @Test func `are refused out of order, cut off or changed`() throws {
        let layout = try layout(kinds: [.number])
        let lines = [CopyText.line(["1"]), CopyText.line(["2"])]
        func join(_ bytes: [UInt8]) throws {
            let writer = WorkbookWriter { _ in }
            try writer.begin()
            try writer.beginTable(layout)
            try bytes.withUnsafeBytes { try writer.append(part: $0) }
            try writer.endTable()
        }
        let good = try part(lines[...], layout, rows: 0..<2)
        #expect(throws: Never.self) { try join(good) }
        #expect(throws: PartError.partOrder(expectedRow: 0, foundRow: 5)) {
            try join(try part(lines[...], layout, rows: 5..<7))
        }
        #expect(throws: PartError.partOrder(expectedRow: 2, foundRow: 0)) { try join(good + good) }
        for count in 1..<good.count {
            #expect(throws: PartError.notAPart, "\(count) bytes") { try join(Array(good.prefix(count))) }
        }
        var changed = good
        // The first row, after a frame's header.
        changed[48] ^= 1
        #expect(throws: PartError.notAPart) { try join(changed) }
        #expect(throws: PartError.notAPart) { try join([UInt8](repeating: 0xFF, count: 48)) }
    }
}
