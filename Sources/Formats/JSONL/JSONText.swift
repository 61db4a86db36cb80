import Coding
import Deflate

/// Strings and numbers as RFC 8259 spells them.
enum JSONText {
    /// How much more than its share of the row the escaping of a field may reserve at a time.
    static let slack = 6 * pieceBytes + 8

    /// A field is escaped so many bytes at a time: room for all of a large one as control characters would be six times
    /// its size.
    private static let pieceBytes = 4096

    /// A text in quotes.
    static func quoted(_ text: String) -> [UInt8] {
        var output = OutputBuffer(capacity: 64)
        CopyLine.escaped(text).withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return output.append("\"\"") }
            write(CopyField(start: start, count: bytes.count, isPlain: false), into: &output)
        }
        return output.withUnsafeBytes { Array($0) }
    }

    /// Appends the value of a field as a string. COPY's escapes are JSON's but for `\v`; quotes and the other control
    /// characters stand in the field as they are and are escaped here.
    static func write(_ field: CopyField, into output: inout OutputBuffer) {
        output.append("\"")
        var next = 0
        while next < field.count {
            let end = min(next + pieceBytes, field.count)
            let start = output.reserve(6 * (end - next) + 6)
            var room = start
            while next < end {
                let byte = field.start[next]
                next += 1
                if byte == UInt8(ascii: "\\"), next < field.count {
                    put(afterBackslash: field.start[next], at: &room)
                    next += 1
                } else {
                    put(byte, at: &room)
                }
            }
            output.advance(start.distance(to: room))
        }
        output.append("\"")
    }

    /// - Parameter byte: follows a backslash in COPY's text format.
    @inline(__always)
    private static func put(afterBackslash byte: UInt8, at room: inout UnsafeMutablePointer<UInt8>) {
        switch byte {
        case UInt8(ascii: "v"): put(0x0B, at: &room)
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            room[0] = UInt8(ascii: "\\")
            room[1] = byte
            room += 2
        // The manual: any other character stands for itself.
        default: put(byte, at: &room)
        }
    }

    /// A byte of a string's value.
    @inline(__always)
    private static func put(_ byte: UInt8, at room: inout UnsafeMutablePointer<UInt8>) {
        if byte < 0x20 {
            room[0] = UInt8(ascii: "\\")
            room[1] = UInt8(ascii: "u")
            room[2] = UInt8(ascii: "0")
            room[3] = UInt8(ascii: "0")
            room[4] = Hexadecimal.digit(byte >> 4)
            room[5] = Hexadecimal.digit(byte & 15)
            room += 6
        } else {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                room[0] = UInt8(ascii: "\\")
                room += 1
            }
            room[0] = byte
            room += 1
        }
    }

    /// Whether bytes are a JSON number: digits without a zero before others, perhaps a sign, a point with digits after
    /// it and an exponent.
    @inline(__always)
    static func isNumber(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        var at = 0
        func digits() -> Bool {
            let first = at
            while at < count, text[at] &- 0x30 < 10 { at += 1 }
            return at > first
        }
        if at < count, text[at] == UInt8(ascii: "-") { at += 1 }
        let whole = at
        guard digits(), text[whole] != 0x30 || at == whole + 1 else { return false }
        if at < count, text[at] == UInt8(ascii: ".") {
            at += 1
            guard digits() else { return false }
        }
        if at < count, text[at] == UInt8(ascii: "e") || text[at] == UInt8(ascii: "E") {
            at += 1
            if at < count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            guard digits() else { return false }
        }
        return at == count
    }
}
