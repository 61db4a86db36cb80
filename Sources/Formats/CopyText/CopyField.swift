/// One field of a row in COPY's text format, still as the server sent it.
///
/// Source: PostgreSQL manual, COPY, "Text Format". TAB, LF, CR and the backslash itself never stand in a field; they
/// come as `\t \n \r \\`, and `\b \f \v` likewise. `\N` alone is NULL.
struct CopyField {
    let start: UnsafePointer<UInt8>
    let count: Int
    /// Whether it holds no attention byte of the splitter's, so that the bytes stand for themselves.
    let isPlain: Bool

    /// `\N`, which a text can never be: its backslash would be doubled.
    @inline(__always)
    var isNull: Bool { count == 2 && start[0] == UInt8(ascii: "\\") && start[1] == UInt8(ascii: "N") }

    /// NULL as COPY writes it.
    static let nullBytes: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "N")]

    /// Writes the value that the escapes stand for, at most `count` bytes, and returns how many.
    func unescape(into output: UnsafeMutablePointer<UInt8>) -> Int {
        var read = 0
        var written = 0
        while read < count {
            var byte = start[read]
            read += 1
            if byte == UInt8(ascii: "\\") && read < count {
                byte = Self.meaning(ofEscaped: start[read])
                read += 1
            }
            output[written] = byte
            written += 1
        }
        return written
    }

    /// The value; nil for NULL.
    var text: String? {
        guard !isNull else { return nil }
        return String(unsafeUninitializedCapacity: count) { buffer in
            buffer.baseAddress.map { unescape(into: $0) } ?? 0
        }
    }

    /// The value of a byte after a backslash. The manual: any other character stands for itself.
    private static func meaning(ofEscaped byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "v"): 0x0B
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        default: byte
        }
    }
}
