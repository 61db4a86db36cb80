/// Decimal digits of whole numbers, eight at a time.
enum Decimal {
    /// Eight digits of `value` (below 10^8) with leading zeroes, the first one in the lowest byte.
    ///
    /// Splits into fours, twos and ones with a multiplication each, all lanes at once (Paul Khuong's method).
    @inline(__always)
    static func eightDigits(_ value: UInt32) -> UInt64 {
        let upper = UInt64(value / 10_000)
        let lower = UInt64(value % 10_000)
        let fours = upper | (lower << 32)
        let hundreds = ((fours &* 10_486) >> 20) & 0x0000_007F_0000_007F
        let twos = hundreds | ((fours &- hundreds &* 100) << 16)
        let tens = ((twos &* 103) >> 10) & 0x000F_000F_000F_000F
        return (tens | ((twos &- tens &* 10) << 8)) | 0x3030_3030_3030_3030
    }

    /// The digits of `value` (below 10^8) without leading zeroes, the first one in the lowest byte, and how many.
    @inline(__always)
    static func digits(_ value: UInt32) -> (bytes: UInt64, count: Int) {
        let padded = eightDigits(value)
        let zeroes = min(((padded ^ 0x3030_3030_3030_3030).trailingZeroBitCount) >> 3, 7)
        return (padded >> UInt64(truncatingIfNeeded: zeroes * 8), 8 - zeroes)
    }

    /// Whether each of the lowest `count` bytes (at most eight) is a digit.
    @inline(__always)
    static func areDigits(_ bytes: UInt64, count: Int) -> Bool {
        let unused = UInt64(truncatingIfNeeded: (8 - count) * 8)
        // The unused bytes become zeroes and then digits; with a count of 0 the shift makes all of them so.
        let word =
            count == 0 ? 0x3030_3030_3030_3030 : (bytes << unused) | (0x3030_3030_3030_3030 & ~(UInt64.max << unused))
        return ((word & 0xF0F0_F0F0_F0F0_F0F0) | (((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4))
            == 0x3333_3333_3333_3333
    }
}
