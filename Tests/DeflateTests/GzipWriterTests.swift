import CZlib
import Deflate
import Support
import Testing

@Suite struct `Gzip stream` {
    private func compress(_ pieces: [[UInt8]], level: Int32 = 6) throws -> [UInt8] {
        var gzip = try GzipWriter(level: level)
        var output = OutputBuffer(capacity: 64)
        for piece in pieces { piece.withUnsafeBytes { gzip.write($0, into: &output) } }
        gzip.endMember(into: &output)
        return output.withUnsafeBytes { Array($0) }
    }

    @Test(arguments: [Int32(1), 6, 9])
    func `expands to what was written`(level: Int32) throws {
        var random = SplitMix64(seed: 11)
        let pieces = (0..<40).map { _ in
            (0..<Int.random(in: 0...20_000, using: &random)).map { _ in UInt8.random(in: 0...63, using: &random) }
        }
        let whole = Array(pieces.joined())
        #expect(inflated(try compress(pieces, level: level), .gzip, capacity: whole.count) == whole)
    }

    @Test func `writes no name and no time, so that equal input is equal output`() throws {
        let bytes = try compress([Array("a,b\r\n".utf8)])
        #expect(Array(bytes.prefix(8)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(try compress([Array("a,b\r\n".utf8)]) == bytes)
    }

    @Test func `makes a whole member of no input at all`() throws {
        #expect(inflated(try compress([]), .gzip, capacity: 0) == [])
        #expect(inflated(try compress([[]]), .gzip, capacity: 0) == [])
    }

    @Test func `refuses a level that zlib does not have`() {
        #expect(throws: DeflateError(code: Z_STREAM_ERROR)) { try GzipWriter(level: 12).discard() }
    }
}

extension GzipWriter {
    /// Ends the life of a writer that nothing is written to.
    fileprivate consuming func discard() {}
}
