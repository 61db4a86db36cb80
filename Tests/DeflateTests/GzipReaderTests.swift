import Deflate
import Testing

@Suite struct `Reading gzip members` {
    private static func members(_ texts: [[UInt8]]) throws -> [UInt8] {
        var output = OutputBuffer()
        for text in texts {
            var writer = GzipWriter()
            text.withUnsafeBytes { writer.write($0, into: &output) }
            writer.endMember(into: &output)
        }
        return output.withUnsafeBytes { Array($0) }
    }

    private static func read(_ bytes: [UInt8], step: Int) throws -> (plain: [UInt8], isWhole: Bool) {
        var reader = try GzipReader()
        var plain: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            try Array(bytes[start..<min(start + step, bytes.count)]).withUnsafeBytes {
                try reader.read($0) { plain.append(contentsOf: $0) }
            }
        }
        return (plain, reader.isBetweenMembers)
    }

    /// The first is longer than the reader's buffer and exactly a multiple of it; one is empty.
    private static let texts: [[UInt8]] = [
        Array(repeating: 7, count: 1 << 20), [], Array("second".utf8),
        (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) },
    ]

    @Test(arguments: [1, 2, 17, 4096, 1 << 20])
    func `gives back what was written, however it is cut`(step: Int) throws {
        let (plain, isWhole) = try Self.read(Self.members(Self.texts), step: step)
        #expect(plain == Self.texts.flatMap { $0 })
        #expect(isWhole)
    }

    @Test func `tells when the last member is cut off`() throws {
        let bytes = try Self.members([Array("abc".utf8), Array("def".utf8)])
        let first = try Self.members([Array("abc".utf8)]).count
        for count in 1..<bytes.count {
            #expect(try Self.read(Array(bytes.prefix(count)), step: 64).isWhole == (count == first), "\(count)")
        }
    }

    @Test func `refuses bytes that were changed`() throws {
        var bytes = try Self.members([Array("some rows\n".utf8)])
        bytes[bytes.count - 6] ^= 1
        #expect(throws: InflateError.self) { try Self.read(bytes, step: 1024) }
        #expect(throws: InflateError.self) { try Self.read(Array("plain text".utf8), step: 1024) }
    }
}
