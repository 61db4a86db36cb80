import Deflate
import FileReaders
import Formats
import Testing

@Suite struct `ZIP archive` {
    private final class Collector { var bytes: [UInt8] = [] }

    /// An archive of members whose bytes are taken for deflated already.
    private func archive(_ members: [(name: String, packed: Int, checksum: CRC32)]) throws -> [UInt8] {
        let collector = Collector()
        var zip = ZipWriter { collector.bytes += Array($0) }
        for member in members {
            zip.begin(member.name)
            var left = member.packed
            let stretch = [UInt8](repeating: 7, count: 100_000)
            while left > 0 {
                let count = min(left, stretch.count)
                try stretch.withUnsafeBytes { try zip.write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                left -= count
            }
            try zip.end(member.checksum)
        }
        try zip.finish()
        return collector.bytes
    }

    private func number(_ bytes: [UInt8], _ at: Int, _ width: Int) -> Int {
        (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) }
    }

    @Test func `says sizes in front of short members and behind long ones`() throws {
        var random = SeededGenerator(seed: 3)
        let lines = (0..<20_000).map { _ in
            CopyText.line([(0..<7).map { _ in String(random.next(), radix: 36) }.joined()])
        }
        let long = try workbook(lines, kinds: [.text]).members
        #expect(long.members.filter(\.isStreamed).map(\.name) == ["xl/worksheets/sheet1.xml"])
        #expect(long.members.filter { $0.versionNeeded == 45 }.map(\.name) == ["xl/worksheets/sheet1.xml"])
        let short = try workbook(Array(lines.prefix(1000)), kinds: [.text]).members
        #expect(short.members.allSatisfy { !$0.isStreamed && $0.versionNeeded == 20 })
        #expect(short.members.first?.name == "_rels/.rels" && short.members.last?.name == "[Content_Types].xml")
    }

    @Test func `uses ZIP64 for a member of more than 4 GiB and only there`() throws {
        let size = 5_000_000_000
        let bytes = try archive([
            ("a", 10, CRC32(value: 1, length: 20)), ("b", 2_000_000, CRC32(value: 2, length: size)),
            ("c", 10, CRC32(value: 3, length: 20)),
        ])
        let end = bytes.count - 22
        #expect(number(bytes, end, 4) == 0x0605_4B50 && number(bytes, end + 10, 2) == 3)
        let first = number(bytes, end + 16, 4)
        let second = first + 46 + 1
        #expect(number(bytes, first + 6, 2) == 20 && number(bytes, first + 24, 4) == 20)
        #expect(number(bytes, second, 4) == 0x0201_4B50 && number(bytes, second + 6, 2) == 45)
        #expect(number(bytes, second + 20, 4) == 2_000_000 && number(bytes, second + 24, 4) == 0xFFFF_FFFF)
        #expect(number(bytes, second + 30, 2) == 12)
        let extra = second + 46 + 1
        #expect([number(bytes, extra, 2), number(bytes, extra + 2, 2), number(bytes, extra + 4, 8)] == [1, 8, size])
        #expect(number(bytes, extra + 12, 4) == 0x0201_4B50)

        // The descriptor has sizes of 64 bits; the member after it begins where it ends.
        let descriptor = number(bytes, second + 42, 4) + 30 + 1 + 2_000_000
        #expect(number(bytes, descriptor, 4) == 0x0807_4B50 && number(bytes, descriptor + 4, 4) == 2)
        #expect(number(bytes, descriptor + 8, 8) == 2_000_000 && number(bytes, descriptor + 16, 8) == size)
        #expect(number(bytes, descriptor + 24, 4) == 0x0403_4B50)
        #expect(number(bytes, extra + 12 + 42, 4) == descriptor + 24)
    }

    @Test func `joins checksums of bytes that are gone`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var whole = CRC32()
        bytes.withUnsafeBytes { whole.update($0) }
        for cut in [0, 1, 500, 999, 1000] {
            var (first, second) = (CRC32(), CRC32())
            bytes.withUnsafeBytes {
                first.update(UnsafeRawBufferPointer(rebasing: $0[..<cut]))
                second.update(UnsafeRawBufferPointer(rebasing: $0[cut...]))
            }
            first.append(second)
            #expect(first == whole)
        }
    }
}
