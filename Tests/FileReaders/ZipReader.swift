import CZlib

/// Reads an archive by its directory, checks every local header, size and checksum against it, and inflates. It knows
/// nothing of the writer.
package struct ZipReader {
    package struct Fault: Error { package let reason: String }

    package struct Member {
        package let name: String
        package let bytes: [UInt8]
        package let versionNeeded: Int
        package let isStreamed: Bool
    }

    package let members: [Member]

    package subscript(name: String) -> String? {
        members.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    package init(_ bytes: [UInt8]) throws {
        func number(_ at: Int, _ width: Int) -> Int {
            (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) }
        }
        func demand(_ condition: Bool, _ reason: String) throws { if !condition { throw Fault(reason: reason) } }
        try demand(bytes.count >= 22 && number(bytes.count - 22, 4) == 0x0605_4B50, "no end record")
        let end = bytes.count - 22
        var at = number(end + 16, 4)
        try demand(at + number(end + 12, 4) == end, "the directory does not end at the end record")
        var members: [Member] = []
        var expectedOffset = 0
        for _ in 0..<number(end + 10, 2) {
            try demand(number(at, 4) == 0x0201_4B50, "no directory entry")
            let (flags, method) = (number(at + 8, 2), number(at + 10, 2))
            let (crc, packed, plain) = (number(at + 16, 4), number(at + 20, 4), number(at + 24, 4))
            let (nameLength, extraLength, local) = (number(at + 28, 2), number(at + 30, 2), number(at + 42, 4))
            let name = String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self)
            try demand(method == 8 && number(at + 12, 4) == 0x0021_0000 && extraLength == 0, "odd entry \(name)")
            try demand(!name.hasPrefix("/") && !name.contains(".."), "a name that leaves the archive")

            let isStreamed = flags == 8
            try demand(local == expectedOffset && number(local, 4) == 0x0403_4B50, "local header of \(name)")
            try demand(number(local + 6, 2) == flags && number(local + 28, 2) == 0, "local flags of \(name)")
            let inFront = [number(local + 14, 4), number(local + 18, 4), number(local + 22, 4)]
            try demand(inFront == (isStreamed ? [0, 0, 0] : [crc, packed, plain]), "local sizes of \(name)")
            let start = local + 30 + nameLength
            expectedOffset = start + packed
            if isStreamed {
                let after = start + packed
                try demand(number(after, 4) == 0x0807_4B50, "no descriptor after \(name)")
                let sizes = [number(after + 4, 4), number(after + 8, 4), number(after + 12, 4)]
                try demand(sizes == [crc, packed, plain], "descriptor of \(name)")
                expectedOffset += 16
            }
            let contents = try Self.inflate(Array(bytes[start..<start + packed]), plain)
            let sum = contents.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, contents.count) }
            try demand(Int(sum) == crc, "checksum of \(name)")
            members.append(
                Member(name: name, bytes: contents, versionNeeded: number(local + 4, 2), isStreamed: isStreamed))
            at += 46 + nameLength
        }
        try demand(at == end, "bytes after the directory")
        self.members = members
    }

    private static func inflate(_ packed: [UInt8], _ plainCount: Int) throws -> [UInt8] {
        guard let plain = inflated(packed, .raw, capacity: plainCount), plain.count == plainCount else {
            throw Fault(reason: "a deflate stream that ends at the wrong place")
        }
        return plain
    }
}
