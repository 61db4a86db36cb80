import Deflate

/// One process's share of a table: rows in COPY's text format in, stored bytes and the segments that describe them
/// out. It must know before it starts which rows it will bring, because cells carry their row's number and because only
/// chunks that lie wholly within the part are deflated by it.
///
/// Memory: two buffers and zlib's state, about 0.7 MiB, however many rows there are.
package struct SheetPartWriter: ~Copyable {
    /// What has been written so far, in order. Complete after `end`.
    package private(set) var segments: [SheetSegment] = []
    package var counters: SheetCounters { encoder.counters }
    /// Rows written.
    package var rows: Int { next - range.lowerBound }

    private let grid: SheetGrid
    private let range: Range<Int>
    private var next: Int
    /// Where the stretch of rows ends that goes into one chunk, or into one plain segment.
    private var stretchEnd: Int
    private var stretchIsPacked: Bool
    private var stretchStart: Int
    private var checksum = CRC32()
    private var stored = 0
    private var encoder: SheetRowEncoder
    private var deflater: PieceDeflater
    private var xml = OutputBuffer(capacity: SheetPartWriter.spanBytes + 64 * 1024)

    /// XML is handed on in spans of this size: small enough for the cache.
    private static let spanBytes = 128 * 1024

    /// - Parameter rows: the table's data rows, counted from 0, that this part brings.
    package init(_ layout: SheetLayout, rows range: Range<Int>, level: Int32 = 1) throws(DeflateError) {
        grid = layout.grid
        self.range = range
        next = range.lowerBound
        encoder = SheetRowEncoder(layout)
        stretchStart = next
        (stretchEnd, stretchIsPacked) = Self.stretch(from: next, in: range, grid)
        deflater = try PieceDeflater(level: level)
    }

    private static func stretch(
        from row: Int, in range: Range<Int>, _ grid: SheetGrid
    ) -> (end: Int, isPacked: Bool) {
        let chunkEnd = grid.chunkEnd(after: row)
        return (min(chunkEnd, range.upperBound), grid.beginsChunk(row) && chunkEnd <= range.upperBound)
    }

    /// Takes one row, given as PQgetCopyData hands it out; stored bytes are appended to `output` now and then.
    package mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws {
        guard next < range.upperBound else { throw XLSXError.rowCount(expected: range.count, found: rows + 1) }
        try encoder.encode(line, number: grid.number(of: next), into: &xml)
        next += 1
        if next == stretchEnd {
            endStretch(into: &output)
        } else if xml.count >= Self.spanBytes {
            store(into: &output)
        }
    }

    /// To be called when the part's rows are over: all that were planned must have come.
    package func end() throws(XLSXError) {
        guard next == range.upperBound else { throw .rowCount(expected: range.count, found: rows) }
    }

    private mutating func store(into output: inout OutputBuffer) {
        let before = output.count
        xml.withUnsafeBytes { bytes in
            checksum.update(bytes)
            if stretchIsPacked { deflater.write(bytes, into: &output) } else { output.append(bytes) }
        }
        xml.removeAll()
        stored += output.count - before
    }

    private mutating func endStretch(into output: inout OutputBuffer) {
        store(into: &output)
        if stretchIsPacked {
            let before = output.count
            deflater.endPiece(into: &output)
            stored += output.count - before
        }
        note(
            SheetSegment(
                firstRow: stretchStart, rows: next - stretchStart, isPacked: stretchIsPacked, checksum: checksum,
                storedBytes: stored))
        checksum = CRC32()
        stored = 0
        stretchStart = next
        (stretchEnd, stretchIsPacked) = Self.stretch(from: next, in: range, grid)
    }

    /// Chunks that follow each other in one sheet become one segment.
    private mutating func note(_ segment: SheetSegment) {
        guard let last = segments.indices.last, segments[last].isPacked && segment.isPacked,
            !grid.beginsSheet(segment.firstRow)
        else {
            segments.append(segment)
            return
        }
        segments[last].rows += segment.rows
        segments[last].checksum.append(segment.checksum)
        segments[last].storedBytes += segment.storedBytes
    }
}
