/// A row of our own in COPY's text format, for encoders that take nothing else.
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
}
