import CZlib
import Deflate
import Testing

@Suite struct `Gzip stream` {
    private func compress(_ pieces: [[UInt8]], level: Int32 = 6) throws -> [UInt8] {
        var gzip = try GzipWriter(level: level)
        var output = OutputBuffer(capacity: 64)
        for piece in pieces { piece.withUnsafeBytes { gzip.write($0, into: &output) } }
        gzip.endMember(into: &output)
        return output.withUnsafeBytes { Array($0) }
    }

    private func expand(_ bytes: [UInt8], capacity: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: capacity + 1)
        let code = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END, stream.avail_in == 0 else { return nil }
        return Array(output.prefix(Int(stream.total_out)))
    }

    @Test(arguments: [Int32(1), 6, 9])
    func `expands to what was written`(level: Int32) throws {
        var random = SeededGenerator(seed: 11)
        let pieces = (0..<40).map { _ in
            (0..<Int.random(in: 0...20_000, using: &random)).map { _ in UInt8.random(in: 0...63, using: &random) }
        }
        let whole = Array(pieces.joined())
        #expect(expand(try compress(pieces, level: level), capacity: whole.count) == whole)
    }

    @Test func `writes no name and no time, so that equal input is equal output`() throws {
        let bytes = try compress([Array("a,b\r\n".utf8)])
        #expect(Array(bytes.prefix(8)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(try compress([Array("a,b\r\n".utf8)]) == bytes)
    }

    @Test func `makes a whole member of no input at all`() throws {
        #expect(expand(try compress([]), capacity: 0) == [])
        #expect(expand(try compress([[]]), capacity: 0) == [])
    }

    @Test func `refuses a level that zlib does not have`() {
        #expect(throws: DeflateError(code: Z_STREAM_ERROR)) { try GzipWriter(level: 12).discard() }
    }
}

extension GzipWriter {
    /// Ends the life of a writer that nothing is written to.
    fileprivate consuming func discard() {}
}
