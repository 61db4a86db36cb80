import Deflate

/// Lines of text on their way into a compressed file, in pieces on the grid of `GzipGrid`.
final class GzipFile<Rows: TextRows & ~Copyable>: RowFile {
    private let sink: ByteSink
    private var plain = OutputBuffer(capacity: textPieceBytes + 64 * 1024)
    private var packed = OutputBuffer(capacity: 64 * 1024)
    private var gzip = GzipWriter()
    private var rowsUntilPieceEnd = GzipGrid.rowsPerPiece
    private var writer: Rows

    /// - Parameter sink: takes the file's bytes in order.
    init(_ writer: consuming Rows, sink: @escaping ByteSink) {
        self.writer = writer
        self.sink = sink
    }

    var rows: Int { writer.rows }
    var tally: FileTally { FileTally(formulasNeutralised: writer.formulasNeutralised) }
    /// Compressed, a row that does not compress is there once more.
    var copiesOfRow: Int { 4 }

    func begin() { writer.writeHeader(into: &plain) }

    func append(_ line: UnsafeRawBufferPointer) throws {
        try writer.writeRow(line, into: &plain)
        rowsUntilPieceEnd -= 1
        if rowsUntilPieceEnd == 0 {
            try compress()
            gzip.endPiece(into: &packed)
            rowsUntilPieceEnd = GzipGrid.rowsPerPiece
        } else if plain.count >= textPieceBytes {
            try compress()
        }
    }

    func end() throws {
        try compress()
        gzip.endMember(into: &packed)
        try flush()
    }

    private func compress() throws {
        if plain.count > 0 {
            plain.withUnsafeBytes { gzip.write($0, into: &packed) }
            if packed.count >= 48 * 1024 { try flush() }
        }
        plain.removeAll()
    }

    private func flush() throws {
        try packed.withUnsafeBytes { try sink($0) }
        packed.removeAll()
    }
}
