/// Bytes in hexadecimal digits, two a byte (RFC 4648 section 8).
package enum Hexadecimal {
    /// The bytes that digits of either case stand for; nil for an odd number of digits or another character.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var iterator = text.makeIterator()
        while let first = iterator.next() {
            guard let high = first.hexadecimalValue, let low = iterator.next()?.hexadecimalValue else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

    /// The upper-case digit of a value below 16.
    @inlinable
    package static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// The lower-case digit of a value below 16.
    @inlinable
    package static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

extension Collection<UInt8> {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        String(unsafeUninitializedCapacity: 2 * count) { text in
            var at = 0
            for byte in self {
                text[at] = Hexadecimal.digit(byte >> 4)
                text[at + 1] = Hexadecimal.digit(byte & 0xF)
                at += 2
            }
            return at
        }
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit of either case.
    @inlinable
    package var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
