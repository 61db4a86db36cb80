import Deflate

/// Lines of text on their way into a file, handed on in large pieces.
final class TextFile<Rows: TextRows & ~Copyable>: RowFile {
    private let sink: ByteSink
    private let hasHeader: Bool
    private var output = OutputBuffer(capacity: textPieceBytes + 64 * 1024)
    private var writer: Rows

    /// - Parameters:
    ///   - hasHeader: whether this file begins with the header.
    ///   - sink: takes the file's bytes in order.
    init(_ writer: consuming Rows, hasHeader: Bool = true, sink: @escaping ByteSink) {
        self.writer = writer
        self.hasHeader = hasHeader
        self.sink = sink
    }

    var rows: Int { writer.rows }
    var tally: FileTally { FileTally(formulasNeutralised: writer.formulasNeutralised) }

    func begin() {
        if hasHeader { writer.writeHeader(into: &output) }
    }

    func append(_ line: UnsafeRawBufferPointer) throws {
        try writer.writeRow(line, into: &output)
        if output.count >= textPieceBytes { try flush() }
    }

    func end() throws { try flush() }

    private func flush() throws {
        try output.withUnsafeBytes { try sink($0) }
        output.removeAll()
    }
}

/// The size of a write(2): large enough that the system call does not count, small enough to stay in the cache.
let textPieceBytes = 256 * 1024
