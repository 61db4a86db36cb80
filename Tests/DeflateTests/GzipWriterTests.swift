import Deflate
import FileReaders
import Support
import Testing

@Suite struct `Gzip stream` {
    private func compress(_ pieces: [[UInt8]], _ search: consuming MatchSearch = .chained) -> [UInt8] {
        var gzip = GzipWriter(search)
        var output = OutputBuffer(capacity: 64)
        for piece in pieces { piece.withUnsafeBytes { gzip.write($0, into: &output) } }
        gzip.endMember(into: &output)
        return output.withUnsafeBytes { Array($0) }
    }

    @Test func `expands to what was written`() {
        var random = SplitMix64(seed: 11)
        let pieces = (0..<40).map { _ in
            (0..<Int.random(in: 0...20_000, using: &random)).map { _ in UInt8.random(in: 0...63, using: &random) }
        }
        let whole = Array(pieces.joined())
        #expect(inflated(compress(pieces), .gzip, capacity: whole.count) == whole)
        #expect(inflated(compress(pieces, .recent), .gzip, capacity: whole.count) == whole)
    }

    @Test func `writes no name and no time, so that equal input is equal output`() {
        let bytes = compress([Array("a,b\r\n".utf8)])
        #expect(Array(bytes.prefix(8)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(compress([Array("a,b\r\n".utf8)]) == bytes)
    }

    @Test func `makes a whole member of no input at all`() {
        #expect(inflated(compress([]), .gzip, capacity: 0) == [])
        #expect(inflated(compress([[]]), .gzip, capacity: 0) == [])
    }
}
