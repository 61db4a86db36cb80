import Deflate

/// Turns the rows of a part into the frames of `PartFrame`. It must know before it starts which rows the part
/// brings, because it compresses only chunks that lie wholly within it.
///
///     put a row into `plain` → `endRow` → … → `end`
///
/// Equal rows give equal bytes, so that a part which was written again can go on where its predecessor was cut off.
struct StretchWriter: ~Copyable {
    /// The next row, as all rows are counted.
    private(set) var next: Int
    /// Where rows are put; emptied by `endRow` and `end`.
    var plain = OutputBuffer(capacity: StretchWriter.spanBytes + 64 * 1024)
    /// What is known about the bytes there.
    var hints = MatchHints()

    private let grid: RowGrid
    private let range: Range<Int>
    private var start: Int
    private var stretchEnd: Int
    /// Whether the stretch is a whole chunk, which the part compresses.
    private(set) var isPacked: Bool
    private var checksum = CRC32()
    private var deflater: PieceDeflater
    private var packed = OutputBuffer(capacity: StretchWriter.spanBytes)

    /// Rows are handed on in spans of this size: small enough for the cache.
    private static let spanBytes = 128 * 1024

    init(_ grid: RowGrid, rows range: Range<Int>, _ deflater: consuming PieceDeflater) {
        self.grid = grid
        self.range = range
        self.deflater = deflater
        next = range.lowerBound
        start = next
        (stretchEnd, isPacked) = Self.stretch(from: next, in: range, grid)
    }

    /// Whether the stretch has no row yet, and whether the next one is its last.
    var isAtStart: Bool { next == start }
    var isAtLastRow: Bool { next + 1 == stretchEnd }

    /// Rows written.
    var rows: Int { next - range.lowerBound }

    private static func stretch(
        from row: Int, in range: Range<Int>, _ grid: RowGrid
    ) -> (end: Int, isPacked: Bool) {
        let chunkEnd = grid.chunkEnd(after: row)
        return (min(chunkEnd, range.upperBound), grid.beginsChunk(row) && chunkEnd <= range.upperBound)
    }

    /// To be asked before a row is encoded: the part may bring no more than were planned.
    /// - Throws: `PartError` when they have all come.
    func checkRoom() throws(PartError) {
        guard next < range.upperBound else { throw .rowCount(expected: range.count, found: rows + 1) }
    }

    /// A row is in `plain`. Frames are appended to `output` now and then.
    mutating func endRow(into output: inout OutputBuffer) {
        next += 1
        if next == stretchEnd {
            endStretch(into: &output)
        } else if plain.count >= Self.spanBytes {
            handOn(into: &output)
        }
    }

    /// Appends the last frame. All rows that were planned must have come.
    /// - Throws: `PartError` for fewer rows than were planned.
    mutating func end(_ counters: CellCounters, into output: inout OutputBuffer) throws(PartError) {
        guard next == range.upperBound else { throw .rowCount(expected: range.count, found: rows) }
        // The header of a part without rows.
        if plain.count > 0 { endStretch(into: &output) }
        PartFrame.writeEnd(counters, into: &output)
    }

    private mutating func handOn(into output: inout OutputBuffer) {
        plain.withUnsafeBytes { bytes in
            checksum.update(bytes)
            if isPacked {
                deflater.write(bytes, knowing: hints, into: &packed)
            } else {
                PartFrame.plain(bytes.count).write(into: &output)
                output.append(bytes)
            }
        }
        hints.removeAll(moving: plain.count)
        plain.removeAll()
        if packed.count >= Self.spanBytes / 2 { handOnPacked(into: &output) }
    }

    private mutating func handOnPacked(into output: inout OutputBuffer) {
        PartFrame.packed(packed.count).write(into: &output)
        packed.withUnsafeBytes { output.append($0) }
        packed.removeAll()
    }

    private mutating func endStretch(into output: inout OutputBuffer) {
        handOn(into: &output)
        if isPacked {
            deflater.endPiece(into: &packed)
            handOnPacked(into: &output)
        }
        PartFrame.stretchEnd(firstRow: start, rows: next - start, checksum).write(into: &output)
        checksum = CRC32()
        hints.restart()
        start = next
        (stretchEnd, isPacked) = Self.stretch(from: next, in: range, grid)
    }
}
