import Glibc

/// Single rows in COPY's text format: making one, for encoders that take no other form, and reading a field of the
/// server's.
package enum CopyLine {
    /// - Parameter values: nil for NULL.
    /// - Returns: the row with its newline.
    package static func row(_ values: [String?]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, value) in values.enumerated() {
            if index > 0 { line.append(UInt8(ascii: "\t")) }
            line += value.map { escaped($0) } ?? [UInt8(ascii: "\\"), UInt8(ascii: "N")]
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// A text as PostgreSQL spells it there (CopyAttributeOutText).
    static func escaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x08: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "b")]
            case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x0B: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "v")]
            case 0x0C: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "f")]
            case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// - Parameter line: a row of the server's, with its newline.
    package static func withoutFirstField(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let base = line.baseAddress, let tab = memchr(base, Int32(UInt8(ascii: "\t")), line.count) else {
            return line
        }
        return UnsafeRawBufferPointer(rebasing: line[(base.distance(to: tab) + 1)...])
    }

    /// The value of one field, from 0, of a row of the server's; nil for NULL, and where the row has no such field.
    package static func value(ofField index: Int, in line: UnsafeRawBufferPointer) -> [UInt8]? {
        let row = line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...]
        let fields = row.split(separator: UInt8(ascii: "\t"), maxSplits: index + 1, omittingEmptySubsequences: false)
        guard index < fields.count else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: fields[index])
        // An empty field has no bytes to point at.
        guard let start = bytes.baseAddress else { return [] }
        let field = CopyField(start: start.assumingMemoryBound(to: UInt8.self), count: bytes.count, isPlain: false)
        guard !field.isNull else { return nil }
        return [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            count = buffer.baseAddress.map { field.unescape(into: $0) } ?? 0
        }
    }
}
