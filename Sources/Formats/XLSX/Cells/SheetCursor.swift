import Glibc

/// A piece of XML of up to 24 bytes, which is written with one to three stores of a machine word.
struct Snippet: Sendable {
    let words: (UInt64, UInt64, UInt64)
    let count: Int

    /// Longer text is cut; those that are built from names come in parts.
    init(_ text: String) {
        var bytes = [UInt8](text.utf8.prefix(24))
        count = bytes.count
        bytes += Array(repeating: 0, count: 24 - count)
        func word(_ index: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[index * 8 + $1]) << UInt64($1 * 8) }
        }
        words = (word(0), word(1), word(2))
    }
}

/// Where the next byte of a row's XML goes, in room that was reserved for the row's worst case and `slack` more.
struct SheetCursor {
    /// Stores touch up to this many bytes past their end.
    static let slack = 32

    private(set) var position: UnsafeMutablePointer<UInt8>
    /// Where the last cell's value begins and ends, between two snippets.
    private(set) var valueStart: UnsafeMutablePointer<UInt8>
    private(set) var valueEnd: UnsafeMutablePointer<UInt8>

    @inline(__always)
    init(_ start: UnsafeMutablePointer<UInt8>) {
        position = start
        valueStart = start
        valueEnd = start
    }

    @inline(__always)
    mutating func beginValue() { valueStart = position }

    @inline(__always)
    mutating func endValue() { valueEnd = position }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        position.pointee = byte
        position += 1
    }

    /// The lowest `count` bytes of `bytes`, the lowest first.
    @inline(__always)
    mutating func put(_ bytes: UInt64, count: Int) {
        UnsafeMutableRawPointer(position).storeBytes(of: bytes.littleEndian, as: UInt64.self)
        position += count
    }

    /// A snippet of at most eight bytes.
    @inline(__always)
    mutating func putShort(_ snippet: Snippet) {
        put(snippet.words.0, count: snippet.count)
    }

    /// A snippet of at most sixteen bytes.
    @inline(__always)
    mutating func putMiddling(_ snippet: Snippet) {
        let to = UnsafeMutableRawPointer(position)
        to.storeBytes(of: snippet.words.0.littleEndian, as: UInt64.self)
        (to + 8).storeBytes(of: snippet.words.1.littleEndian, as: UInt64.self)
        position += snippet.count
    }

    @inline(__always)
    mutating func putLong(_ snippet: Snippet) {
        let to = UnsafeMutableRawPointer(position)
        to.storeBytes(of: snippet.words.0.littleEndian, as: UInt64.self)
        (to + 8).storeBytes(of: snippet.words.1.littleEndian, as: UInt64.self)
        (to + 16).storeBytes(of: snippet.words.2.littleEndian, as: UInt64.self)
        position += snippet.count
    }

    /// Copies `count` bytes; `sourceEnd` says how far the source may be read. Short ones, which most are, go as loads
    /// and stores of sixteen bytes, and at the source's end as two that overlap.
    @inline(__always)
    mutating func copy(_ source: UnsafePointer<UInt8>, count: Int, sourceEnd: UnsafePointer<UInt8>) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(position)
        if count <= 32 && source + 32 <= sourceEnd {
            to.storeBytes(of: from.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
            if count > 16 {
                (to + 16).storeBytes(of: (from + 16).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
            }
        } else if count >= 8 && count <= 16 {
            to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
            let last = count - 8
            (to + last).storeBytes(of: (from + last).loadUnaligned(as: UInt64.self), as: UInt64.self)
        } else if count < 8 {
            for index in 0..<count { position[index] = source[index] }
        } else {
            memcpy(to, from, count)
        }
        position += count
    }

    @inline(__always)
    mutating func copy(_ source: UnsafePointer<UInt8>, count: Int) {
        memcpy(position, source, count)
        position += count
    }
}
