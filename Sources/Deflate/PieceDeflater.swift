import CZlib

/// Writes a raw deflate stream (RFC 1951) in pieces that were made apart from each other and are joined end to end.
///
///     ┌ piece ──────────────┐┌ piece ──────────────┐┌ last piece ─────────┐
///     blocks, 00 00 FF FF     blocks, 00 00 FF FF     blocks, final block
///             └ Z_FULL_FLUSH: ends on a whole byte, and what follows refers to nothing before it
///
/// A piece's bytes depend on its input and the level alone: on nothing that came before it in this process and not on
/// how the input was cut into calls of `write`.
package struct PieceDeflater: ~Copyable {
    private var deflater: Deflater

    package init(level: Int32) throws(DeflateError) {
        deflater = try Deflater(.raw, level: level)
    }

    /// Compresses `bytes`; what is ready of the compressed stream is appended to `output`.
    package mutating func write(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer) {
        deflater.write(bytes, into: &output)
    }

    /// Appends the rest of the piece; the next call of `write` begins another one.
    package mutating func endPiece(into output: inout OutputBuffer) {
        deflater.flushFully(into: &output)
        deflater.reset()
    }

    /// Appends the rest of the piece as the last one of its stream; the next call of `write` begins another stream.
    package mutating func endStream(into output: inout OutputBuffer) {
        deflater.finish(into: &output)
        deflater.reset()
    }
}
