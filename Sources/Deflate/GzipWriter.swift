/// Writes gzip files (RFC 1952) of one member each, in pieces of raw deflate of which some may have been made
/// elsewhere:
///
///     ┌ header ─┬ piece ────────────────┬ piece ────────────────┬ 03 00 ─────┬ trailer ────────────┐
///      ten bytes  blocks, 00 00 FF FF     blocks, 00 00 FF FF     final block  CRC-32, length
///
/// One member, because many readers stop after the first and say nothing: Java at times, Ruby, PHP, Perl, LibreOffice.
/// A piece refers to nothing before it, and the checksum is combined from the pieces', so that joining pieces inflates
/// nothing.
///
/// Equal input that is cut into equal pieces gives equal bytes, whenever and wherever it runs.
package struct GzipWriter: ~Copyable {
    private var deflater: PieceDeflater
    private var checksum = CRC32()
    private var isBegun = false
    private var isPieceOpen = false

    /// No name and no time. The last byte is the system, Unix.
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]

    package init(_ search: consuming MatchSearch = .chained) { deflater = PieceDeflater(search) }

    /// Compresses `bytes`; the finished bytes of the compressed stream are appended to `output`.
    package mutating func write(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer) {
        guard bytes.count > 0 else { return }
        begin(into: &output)
        isPieceOpen = true
        checksum.update(bytes)
        deflater.write(bytes, into: &output)
    }

    /// Appends the rest of the piece, if one has begun.
    package mutating func endPiece(into output: inout OutputBuffer) {
        guard isPieceOpen else { return }
        deflater.endPiece(into: &output)
        isPieceOpen = false
    }

    /// Prepares for the bytes of a piece that a `PieceDeflater` made; these go to the file after the bytes that are
    /// appended here.
    package mutating func beginMadePiece(into output: inout OutputBuffer) {
        begin(into: &output)
        endPiece(into: &output)
    }

    /// The piece that was made elsewhere is over.
    /// - Parameter checksum: of its bytes before compression.
    package mutating func endMadePiece(_ checksum: CRC32) { self.checksum.append(checksum) }

    /// Appends the rest of the member; the next call begins another one. With no input at all the member is an
    /// empty one.
    package mutating func endMember(into output: inout OutputBuffer) {
        begin(into: &output)
        endPiece(into: &output)
        // A final block of the fixed code that holds nothing.
        Self.append([0x03, 0x00], into: &output)
        for word in [checksum.value, UInt32(truncatingIfNeeded: checksum.length)] {
            withUnsafeBytes(of: word.littleEndian) { output.append($0) }
        }
        checksum = CRC32()
        isBegun = false
    }

    private mutating func begin(into output: inout OutputBuffer) {
        if !isBegun { Self.append(Self.header, into: &output) }
        isBegun = true
    }

    private static func append(_ bytes: [UInt8], into output: inout OutputBuffer) {
        bytes.withUnsafeBytes { output.append($0) }
    }
}
