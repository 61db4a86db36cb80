/// Deflate's alphabets (RFC 1951, 3.2.5).
///
/// Literals and lengths share one: 0…255 are bytes, 256 ends a block, 257…285 are lengths of 3…258, most of them with
/// extra bits. Distances of 1…32,768 have another.
enum DeflateSymbols {
    static let endOfBlock = 256
    static let literalsAndLengths = 286
    static let distances = 30
    static let longestMatch = 258
    static let window = 32_768

    /// For each length less three its symbol.
    static let lengthSymbols: [UInt16] = (0..<256).map { UInt16(lengthSymbol($0)) }

    private static func lengthSymbol(_ length: Int) -> Int {
        // Eight symbols without extra bits, then four for each number of them; 258 has one of its own.
        if length == 255 { return 285 }
        if length < 8 { return 257 + length }
        let extra = bitWidth(length) - 3
        return 257 + 4 * extra + length >> extra
    }

    /// How many extra bits follow a symbol of the first alphabet.
    static func extraBits(ofLengthSymbol symbol: Int) -> Int {
        symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4
    }

    /// The symbol of a distance less one, whose lowest bits are extra.
    @inline(__always)
    static func symbol(ofDistance near: UInt32) -> UInt32 {
        let extra = UInt32(truncatingIfNeeded: 30 &- (near | 2).leadingZeroBitCount)
        return 2 &* extra &+ near &>> extra
    }

    static func extraBits(ofDistanceSymbol symbol: Int) -> Int { symbol < 4 ? 0 : symbol / 2 - 1 }

    private static func bitWidth(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }
}
