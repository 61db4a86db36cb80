import Deflate

/// The archive's members on their way into it, front to back, from bytes that are to be deflated and bytes that are
/// deflated already.
///
///     begin → (append → flushText, write, endPiece, write(packed:) + add) × n → end
struct MemberWriter: ~Copyable {
    /// XML that is gathered before it is deflated.
    var text = OutputBuffer(capacity: 16 * 1024)

    private var zip: ZipWriter
    private var deflater = PieceDeflater()
    private var packed = OutputBuffer(capacity: MemberWriter.packedBytes + 64 * 1024)
    private var checksum = CRC32()

    /// So many bytes are handed to the archive at once.
    private static let packedBytes = 128 * 1024

    /// - Parameter sink: takes the archive's bytes in order; they are valid only inside the call.
    init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { zip = ZipWriter(sink: sink) }

    mutating func begin(_ name: String) {
        zip.begin(name)
        checksum = CRC32()
    }

    mutating func append(_ more: String) { text.append(more) }

    /// Deflates the bytes that were appended.
    /// - Throws: the sink's errors.
    mutating func flushText() throws {
        text.withUnsafeBytes { bytes in
            checksum.update(bytes)
            deflater.write(bytes, into: &packed)
        }
        text.removeAll()
        try handFull()
    }

    /// Takes bytes to be deflated, and what is known about them.
    /// - Throws: the sink's errors.
    mutating func write(_ bytes: UnsafeRawBufferPointer, knowing hints: borrowing MatchHints) throws {
        checksum.update(bytes)
        deflater.write(bytes, knowing: hints, into: &packed)
        try handFull()
    }

    /// Ends a piece of the member (see `PieceDeflater`).
    mutating func endPiece() { deflater.endPiece(into: &packed) }

    /// Takes bytes of a piece that was deflated elsewhere, which come after a piece's end. `add` takes the checksum of
    /// the bytes before compression.
    /// - Throws: the sink's errors.
    mutating func write(packed bytes: UnsafeRawBufferPointer) throws {
        try handPacked()
        try zip.write(bytes)
    }

    /// - Parameter sum: of bytes that were deflated elsewhere.
    mutating func add(_ sum: CRC32) { checksum.append(sum) }

    mutating func end() throws {
        try flushText()
        deflater.endStream(into: &packed)
        try handPacked()
        try zip.end(checksum)
    }

    /// Writes a whole member.
    /// - Throws: the sink's errors.
    mutating func add(_ name: String, _ content: String) throws {
        begin(name)
        append(content)
        try end()
    }

    /// The archive is complete.
    /// - Throws: the sink's errors.
    mutating func finish() throws { try zip.finish() }

    private mutating func handFull() throws {
        if packed.count >= Self.packedBytes { try handPacked() }
    }

    private mutating func handPacked() throws {
        try packed.withUnsafeBytes { try zip.write($0) }
        packed.removeAll()
    }
}
