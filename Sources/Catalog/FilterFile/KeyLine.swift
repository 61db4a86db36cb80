/// One line of a list of keys, and the key in it.
enum KeyLine {
    /// The line without the invisible characters at its ends: those that Unicode calls white space or format, such as
    /// blanks, tabs, CR, no-break and zero-width spaces, a byte order mark, marks of direction. Programs that export or
    /// copy cells leave these behind, and no two keys are told apart by them. Inside a key they stay.
    static func trimmed(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var from = 0
        var to = line.count
        while from < to, case let length = unseenLength(line, at: from, before: to), length > 0 { from += length }
        while to > from, case let length = unseenLength(line, endingAt: to, after: from), length > 0 { to -= length }
        return UnsafeRawBufferPointer(rebasing: line[from..<to])
    }

    private static func unseenLength(_ line: UnsafeRawBufferPointer, at start: Int, before end: Int) -> Int {
        let first = line[start]
        if first < 0x80 { return isUnseen(first) ? 1 : 0 }
        if first == 0xC2, start + 2 <= end, isUnseen(0xC2, line[start + 1]) { return 2 }
        guard start + 3 <= end, isUnseen(first, line[start + 1], line[start + 2]) else { return 0 }
        return 3
    }

    private static func unseenLength(_ line: UnsafeRawBufferPointer, endingAt end: Int, after start: Int) -> Int {
        let last = line[end - 1]
        if last < 0x80 { return isUnseen(last) ? 1 : 0 }
        if end - 2 >= start, line[end - 2] == 0xC2, isUnseen(0xC2, last) { return 2 }
        guard end - 3 >= start, isUnseen(line[end - 3], line[end - 2], last) else { return 0 }
        return 3
    }

    private static func isUnseen(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// U+0085, U+00A0 and the soft hyphen.
    private static func isUnseen(_ first: UInt8, _ second: UInt8) -> Bool {
        first == 0xC2 && (second == 0x85 || second == 0xA0 || second == 0xAD)
    }

    private static func isUnseen(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second) {
        // U+1680, U+180E
        case (0xE1, 0x9A): third == 0x80
        case (0xE1, 0xA0): third == 0x8E
        // U+2000 to U+200F; U+2028 to U+202F
        case (0xE2, 0x80): third <= 0x8F || (0xA8...0xAF).contains(third)
        // U+205F to U+206F
        case (0xE2, 0x81): (0x9F...0xAF).contains(third)
        // U+3000, U+FEFF
        case (0xE3, 0x80): third == 0x80
        case (0xEF, 0xBB): third == 0xBF
        default: false
        }
    }
}
