/// Compresses one piece of a raw deflate stream after the other, each so that its bytes depend on its input alone: on
/// nothing that came before it and not on how the input was cut into calls of `write`. So it does not matter which
/// process compressed a piece, and pieces joined end to end are one stream.
package protocol ChunkDeflater: ~Copyable {
    /// Compresses `bytes`; the finished bytes of the compressed stream are appended to `output`.
    mutating func write(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer)

    /// Appends the rest of the piece, which ends on a whole byte; the next call of `write` begins another one.
    mutating func endPiece(into output: inout OutputBuffer)
}

extension PieceDeflater: ChunkDeflater {}
extension Deflater: ChunkDeflater {}
