import Coding

/// A 128-bit identifier in RFC 9562 form.
///
/// Jobs are named by version 7 ids: they sort by time of creation, so the primary key's index grows at one end.
package struct UUID: Hashable, Sendable, CustomStringConvertible {
    /// The 16 bytes in network order, as two big-endian halves.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 7 id: 48 bits of milliseconds, 74 random bits.
    package static func version7(now microseconds: Int64 = Clock.wallMicroseconds) -> UUID {
        let milliseconds = UInt64(microseconds / 1000)
        return UUID(
            high: milliseconds << 16 | 0x7000 | Random.integer() & 0x0FFF,
            low: Random.integer() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// A version 4 id: 122 random bits.
    package static func version4() -> UUID {
        UUID(
            high: Random.integer() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: Random.integer() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Parses the 36-character form, in either case; nothing else (no braces, no URN).
    package init?(_ text: String) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        let bytes = text.utf8
        guard bytes.count == 36 else { return nil }
        for (position, byte) in bytes.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = byte.hexadecimalValue.map(UInt64.init) else { return nil }
            if digits < 16 { halves.0 = halves.0 << 4 | digit } else { halves.1 = halves.1 << 4 | digit }
            digits += 1
        }
        self.init(high: halves.0, low: halves.1)
    }

    /// The 36 characters in lower case.
    package var description: String {
        var result: [UInt8] = []
        result.reserveCapacity(36)
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { result.append(UInt8(ascii: "-")) }
            let half = position < 16 ? high : low
            result.append(Hexadecimal.digit(UInt8(half >> UInt64(60 - 4 * (position % 16)) & 0xF)))
        }
        return String(decoding: result, as: UTF8.self)
    }
}
