import Glibc

/// Where the next byte of a row goes, in room that was reserved for the row's worst case.
struct CSVCursor {
    /// Copies touch up to this many bytes past their end.
    static let slack = 32

    private(set) var position: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafeMutablePointer<UInt8>) { position = start }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        position.pointee = byte
        position += 1
    }

    @inline(__always)
    mutating func putLineEnd() {
        put(UInt8(ascii: "\r"))
        put(UInt8(ascii: "\n"))
    }

    /// Copies `count` bytes. Short ones go as one or two loads and stores of sixteen bytes, which cost no more than the
    /// call of memcpy alone; `sourceEnd` is the end to which the source may be read.
    @inline(__always)
    mutating func copy(_ source: UnsafePointer<UInt8>, count: Int, sourceEnd: UnsafePointer<UInt8>) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(position)
        if count <= 32 && source + 32 <= sourceEnd {
            to.storeBytes(of: from.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
            if count > 16 {
                (to + 16).storeBytes(of: (from + 16).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
            }
        } else {
            memcpy(to, from, count)
        }
        position += count
    }

    /// Replaces the last `back` bytes by one byte.
    @inline(__always)
    mutating func replaceLast(_ back: Int, with byte: UInt8) {
        position -= back
        put(byte)
    }

    /// Replaces the byte that was written `back` bytes ago.
    @inline(__always)
    func patch(back: Int, with byte: UInt8) { position[-back] = byte }

    /// Writes a value as RFC 4180 has it: in quotes, and its own quotes doubled, when it is empty or holds the
    /// delimiter, a quote, CR or LF, or when a space or TAB at either end could get lost; as it is otherwise.
    /// - Parameter isMisread: whether it needs quotes for another reason.
    mutating func putQuotedIfNeeded(
        _ value: UnsafePointer<UInt8>, count: Int, delimiter: UInt8, isMisread: Bool = false
    ) {
        guard isMisread || Self.needsQuotes(value, count: count, delimiter: delimiter) else {
            position.update(from: value, count: count)
            position += count
            return
        }
        put(UInt8(ascii: "\""))
        var rest = value
        var left = count
        while left > 0, let found = memchr(rest, Int32(UInt8(ascii: "\"")), left) {
            let through = UnsafeRawPointer(rest).distance(to: UnsafeRawPointer(found)) + 1
            position.update(from: rest, count: through)
            position += through
            put(UInt8(ascii: "\""))
            rest += through
            left -= through
        }
        position.update(from: rest, count: left)
        position += left
        put(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ value: UnsafePointer<UInt8>, count: Int, delimiter: UInt8) -> Bool {
        guard count > 0 else { return true }
        if isBlank(value[0]) || isBlank(value[count - 1]) { return true }
        for index in 0..<count {
            let byte = value[index]
            if byte == delimiter || byte == UInt8(ascii: "\"") || byte == 0x0D || byte == 0x0A { return true }
        }
        return false
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
