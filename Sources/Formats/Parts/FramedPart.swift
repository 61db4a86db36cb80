import Deflate

/// Makes the frames (`PartFrame`) of a part that is joined with others.
protocol FrameWriter: ~Copyable {
    var rows: Int { get }
    var tally: FileTally { get }
    /// As `RowFile` has them.
    var copiesOfRow: Int { get }

    /// - Parameter isFirst: whether the part begins with the file's header.
    mutating func begin(isFirst: Bool)
    mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws
    mutating func end(into output: inout OutputBuffer) throws
}

/// A part on its way into its file, frame by frame.
final class FramedPart<Writer: FrameWriter & ~Copyable>: RowFile {
    private var writer: Writer
    private let isFirst: Bool
    private let sink: ByteSink
    private var output = OutputBuffer()

    /// The size of a write(2).
    private static var pieceBytes: Int { 128 * 1024 }

    init(_ writer: consuming Writer, isFirst: Bool, _ sink: @escaping ByteSink) {
        self.writer = writer
        self.isFirst = isFirst
        self.sink = sink
    }

    var rows: Int { writer.rows }
    var tally: FileTally { writer.tally }
    var copiesOfRow: Int { writer.copiesOfRow }

    func begin() { writer.begin(isFirst: isFirst) }

    func append(_ line: UnsafeRawBufferPointer) throws {
        try writer.append(line, into: &output)
        if output.count >= Self.pieceBytes { try hand() }
    }

    func end() throws {
        try writer.end(into: &output)
        try hand()
    }

    private func hand() throws {
        try output.withUnsafeBytes { try sink($0) }
        output.removeAll()
    }
}
