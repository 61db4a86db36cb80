/// Compresses one chunk after the other, each so that its bytes depend on its input alone: on nothing that came before it
/// and not on how the input was cut into calls of `write`. So it does not matter which process compressed a chunk.
package protocol ChunkDeflater: ~Copyable {
    /// Compresses `bytes`; what is ready of the compressed stream is appended to `output`.
    mutating func write(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer)

    /// Appends the rest of the chunk; the next call of `write` begins another one.
    mutating func endChunk(into output: inout OutputBuffer)
}

extension PieceDeflater: ChunkDeflater {
    package mutating func endChunk(into output: inout OutputBuffer) { endPiece(into: &output) }
}

extension GzipWriter: ChunkDeflater {
    package mutating func endChunk(into output: inout OutputBuffer) { endMember(into: &output) }
}
