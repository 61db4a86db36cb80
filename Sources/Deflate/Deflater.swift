import CZlib

/// One z_stream that writes raw deflate (RFC 1951). Owns zlib's state (about 256 KiB at the default window) and frees
/// it when it goes.
///
/// Input is given in pieces of any size; compressed bytes are appended to the caller's buffer as they appear, which
/// may be long after the input they stand for.
package struct Deflater: ~Copyable {
    /// On the heap because zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Output is asked for in steps of this many bytes.
    private static let step = 64 * 1024
    /// avail_in is 32 bits wide.
    private static let largestInput = 1 << 30

    /// 15 bits of window; negative, as the manual of deflateInit2 says, for no header and no trailer.
    private static let windowBits: Int32 = -15

    package init(level: Int32) throws(DeflateError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = penstock_deflate_init(stream, level, Self.windowBits, 8)
        guard code == Z_OK else {
            stream.deallocate()
            throw DeflateError(code: code)
        }
        // Last, because from here on deinit runs.
        self.stream = stream
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    package mutating func write(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.largestInput))
            rest = rest.dropFirst(piece.count)
            // zlib reads through this pointer and never writes, but declares it without const.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(piece.count)
            run(Z_NO_FLUSH, into: &output)
        }
    }

    /// Forgets everything but the level, as if it were new.
    package mutating func reset() { deflateReset(stream) }

    /// Writes the remaining input up to a whole byte, by an empty stored block (00 00 FF FF), and resets the stream:
    /// later output refers to nothing before it, and does not depend on the piece's position in zlib's window.
    package mutating func endPiece(into output: inout OutputBuffer) {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        run(Z_FULL_FLUSH, into: &output)
        reset()
    }

    /// Writes the remaining input and ends the stream. A `reset` has to come before anything else is written.
    package mutating func finish(into output: inout OutputBuffer) {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        run(Z_FINISH, into: &output)
    }

    /// Runs zlib until it leaves room in the output, which is how it says that it has nothing more to give.
    private mutating func run(_ flush: Int32, into output: inout OutputBuffer) {
        repeat {
            stream.pointee.next_out = output.reserve(Self.step)
            stream.pointee.avail_out = UInt32(Self.step)
            let code = deflate(stream, flush)
            precondition(code != Z_STREAM_ERROR, "a z_stream was used against its rules")
            output.advance(Self.step - Int(stream.pointee.avail_out))
        } while stream.pointee.avail_out == 0
    }
}
