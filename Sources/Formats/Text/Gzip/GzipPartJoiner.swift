import Deflate

/// Joins the frames of `GzipPartWriter`s, in the order of their rows, into one gzip member of pieces on the grid of
/// `GzipGrid`: whole ones as they are, and those that parts share compressed here.
package final class GzipPartJoiner {
    /// Texts that got an apostrophe, header included.
    package private(set) var formulasNeutralised = 0

    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var gzip = GzipWriter()
    private var packed = OutputBuffer(capacity: GzipPartJoiner.packedBytes + 64 * 1024)
    private var reader = PartReader()
    private var stretch = CRC32()
    private var isStretchPacked = false
    private var nextRow: Int

    /// So many bytes are handed to the file at once.
    private static let packedBytes = 128 * 1024

    /// - Parameters:
    ///   - firstRow: the row that comes first; another one than 0 makes a file of its own of some parts.
    ///   - sink: takes the file's bytes in order; they are valid only inside the call.
    package init(firstRow: Int = 0, sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        nextRow = firstRow
        self.sink = sink
    }

    /// Takes bytes of the parts, in stretches of any length.
    /// - Throws: `PartError` for bytes that are not the next part's, and the sink's errors.
    package func append(part bytes: UnsafeRawBufferPointer) throws {
        try reader.read(bytes) { try take($0) }
    }

    /// Writes the rest of the file, which is then complete.
    /// - Throws: `PartError` when a part is cut off, and the sink's errors.
    package func end() throws {
        guard reader.isBetweenParts else { throw PartError.notAPart }
        gzip.endMember(into: &packed)
        try hand()
    }

    private func take(_ event: PartReader.Event) throws {
        switch event {
        case .plain(let text):
            stretch.update(text)
            gzip.write(text, into: &packed)
            if packed.count >= Self.packedBytes { try hand() }
        case .packed(let bytes):
            if !isStretchPacked { gzip.beginMadePiece(into: &packed) }
            isStretchPacked = true
            try hand()
            try sink(bytes)
        case .stretchEnd(let firstRow, let rows, let sum):
            guard firstRow == nextRow else { throw PartError.partOrder(expectedRow: nextRow, foundRow: firstRow) }
            guard isStretchPacked || sum == stretch else { throw PartError.notAPart }
            nextRow += rows
            if isStretchPacked {
                gzip.endMadePiece(sum)
            } else if rows > 0 && GzipGrid.grid.beginsChunk(nextRow) {
                gzip.endPiece(into: &packed)
            }
            isStretchPacked = false
            stretch = CRC32()
        case .strings: throw PartError.notAPart
        case .partEnd(let counters): formulasNeutralised += counters.formulasNeutralised
        }
    }

    private func hand() throws {
        try packed.withUnsafeBytes { try sink($0) }
        packed.removeAll()
    }
}
