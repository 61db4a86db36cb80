/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentCoding {
    /// Which bytes stay as they are.
    package enum Alphabet: Sendable {
        /// Letters, digits and `-._~`: for a query's names and values, and for one segment of a path.
        case unreserved
        /// The same and `/`: for a whole path.
        case path
        /// attr-char of RFC 8187 section 3.2.1: for `filename*`.
        case attribute

        fileprivate func contains(_ byte: UInt8) -> Bool {
            if byte.isASCIILetter || byte.isASCIIDigit { return true }
            switch self {
            case .unreserved: return "-._~".utf8.contains(byte)
            case .path: return "-._~/".utf8.contains(byte)
            case .attribute: return "!#$&+-.^_`|~".utf8.contains(byte)
            }
        }
    }

    package static func encode(_ text: String, keeping alphabet: Alphabet = .unreserved) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if alphabet.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), Hexadecimal.upperDigit(byte >> 4), Hexadecimal.upperDigit(byte & 0xF)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes that `text` stands for; nil when a `%` is not followed by two hexadecimal digits.
    package static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexadecimalValue, let low = iterator.next()?.hexadecimalValue else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return bytes
    }
}
