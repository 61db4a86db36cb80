import Deflate

/// One process's share of a table: rows in COPY's text format in, the frames of `PartFrame` out, which
/// `WorkbookWriter.append(part:)` takes. It must know before it starts which rows it will bring, because cells carry
/// their row's number and because it deflates only chunks that lie wholly within the part.
///
/// Equal rows give equal bytes, so that a part which was written again can go on where its predecessor was cut off.
///
/// Memory: two buffers and zlib's state, about 0.7 MiB, however many rows there are.
package struct SheetPartWriter: ~Copyable {
    package var counters: SheetCounters { encoder.counters }
    /// Rows written.
    package var rows: Int { next - range.lowerBound }

    private let grid: SheetGrid
    private let range: Range<Int>
    private var next: Int
    private var stretchStart: Int
    private var stretchEnd: Int
    private var stretchIsPacked: Bool
    private var checksum = CRC32()
    private var encoder: SheetRowEncoder
    private var deflater: PieceDeflater
    private var xml = OutputBuffer(capacity: SheetPartWriter.spanBytes + 64 * 1024)
    private var packed = OutputBuffer(capacity: SheetPartWriter.spanBytes)

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

    /// Takes one row, given as PQgetCopyData hands it out; frames are appended to `output` now and then.
    package mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws {
        guard next < range.upperBound else { throw XLSXError.rowCount(expected: range.count, found: rows + 1) }
        try encoder.encode(line, number: grid.number(of: next), into: &xml)
        next += 1
        if next == stretchEnd {
            endStretch(into: &output)
        } else if xml.count >= Self.spanBytes {
            handOn(into: &output)
        }
    }

    /// Appends the last frame. All rows that were planned must have come.
    package mutating func end(into output: inout OutputBuffer) throws(XLSXError) {
        guard next == range.upperBound else { throw .rowCount(expected: range.count, found: rows) }
        PartFrame.partEnd(counters).write(into: &output)
    }

    private mutating func handOn(into output: inout OutputBuffer) {
        xml.withUnsafeBytes { bytes in
            checksum.update(bytes)
            if stretchIsPacked {
                deflater.write(bytes, into: &packed)
            } else {
                PartFrame.plain(bytes.count).write(into: &output)
                output.append(bytes)
            }
        }
        xml.removeAll()
        if packed.count >= Self.spanBytes / 2 { handOnPacked(into: &output) }
    }

    private mutating func handOnPacked(into output: inout OutputBuffer) {
        PartFrame.packed(packed.count).write(into: &output)
        packed.withUnsafeBytes { output.append($0) }
        packed.removeAll()
    }

    private mutating func endStretch(into output: inout OutputBuffer) {
        handOn(into: &output)
        if stretchIsPacked {
            deflater.endPiece(into: &packed)
            handOnPacked(into: &output)
        }
        PartFrame.stretchEnd(firstRow: stretchStart, rows: next - stretchStart, checksum).write(into: &output)
        checksum = CRC32()
        stretchStart = next
        (stretchEnd, stretchIsPacked) = Self.stretch(from: next, in: range, grid)
    }
}
