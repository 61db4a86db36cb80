/// The id as surfaces with prefixed ids (`rpt_…`, `reexp_…`) write it: 26 characters of Crockford's base32, as a ULID.
///
///     01KA2L5P6QFRMSHT0V1W2X3Y4Z      5 bits a character, the highest first
///     └ 48 bits of time ┘└ 80 bits    26 · 5 = 130, so the first character has three bits: 0 to 7
///
/// Source: github.com/ulid/spec. Ids of version 7 sort alike in both forms.
extension UUID {
    /// In capitals.
    package var ulid: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(26)
        for position in 0..<26 { bytes.append(Self.crockford[Int(bits(from: 125 - 5 * position) & 31)]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads 26 characters in either case. Crockford's stand-ins (`O` for 0, `I` and `L` for 1) are refused, and so are
    /// texts of more than 128 bits: an id has one spelling.
    package init?(ulid text: String) {
        let bytes = text.utf8
        guard bytes.count == 26, let first = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first) else {
            return nil
        }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for byte in bytes {
            let capital = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
            guard let digit = Self.crockford.firstIndex(of: capital) else { return nil }
            halves.high = halves.high << 5 | halves.low >> 59
            halves.low = halves.low << 5 | UInt64(digit)
        }
        self.init(high: halves.high, low: halves.low)
    }

    private static let crockford = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The bits from place `place` up, the lowest bit having place 0; bits above 127 are zero.
    private func bits(from place: Int) -> UInt64 {
        place >= 64 ? high >> UInt64(place - 64) : low >> UInt64(place) | (place == 0 ? 0 : high << UInt64(64 - place))
    }
}
