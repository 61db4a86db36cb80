/// Which bytes of a row an encoder wants to hear of, asked of eight bytes at once.
///
/// TAB and the backslash must always be among them: without the one there are no fields, without the other escapes
/// would pass for plain text.
protocol CopyAttention {
    /// For each byte of `word` its highest bit: set when the byte is of no interest. The other bits mean nothing.
    func unnoticed(_ word: UInt64) -> UInt64
}

/// Sums over the eight bytes of a word, exact and with no carry from byte to byte.
enum EightBytes {
    @inline(__always)
    static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The highest bit of each byte that differs from its counterpart in `pattern`.
    ///
    /// A byte of `difference` is zero where the two are equal; adding 0x7F to its low seven bits then carries into the
    /// highest bit for every other value but 0x80 and above, which have that bit themselves. (SIMD16 masks were tried:
    /// Swift 6.3 takes them apart lane by lane, forty times slower.)
    @inline(__always)
    static func different(_ word: UInt64, from pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return ((difference & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | difference
    }

    /// The highest bit of each byte that is 0x20 or more.
    @inline(__always)
    static func atLeastSpace(_ word: UInt64) -> UInt64 {
        ((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x6060_6060_6060_6060) | word
    }
}

/// No more than every splitter must hear of.
struct CopyEscapes: CopyAttention {
    @inline(__always)
    func unnoticed(_ word: UInt64) -> UInt64 {
        EightBytes.different(word, from: 0x0909_0909_0909_0909)
            & EightBytes.different(word, from: 0x5C5C_5C5C_5C5C_5C5C)
    }
}
