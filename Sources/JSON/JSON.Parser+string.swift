extension JSON.Parser {
    /// The string whose opening quote is at `position`.
    ///
    /// A string without escapes, which is nearly every one, is validated and copied in one go.
    mutating func parseString() throws(JSONError) -> String {
        let start = position
        position += 1
        var runStart = position
        var resolved: [UInt8] = []
        while true {
            let byte = try current()
            switch byte {
            case UInt8(ascii: "\""):
                let length = resolved.count + (position - runStart)
                guard length <= limits.stringBytes else { throw JSONError(.stringTooLong, at: start) }
                defer { position += 1 }
                guard !resolved.isEmpty else { return try validated(bytes[runStart..<position], start) }
                resolved.append(contentsOf: bytes[runStart..<position])
                return try validated(resolved[...], start)
            case UInt8(ascii: "\\"):
                resolved.append(contentsOf: bytes[runStart..<position])
                try resolveEscape(into: &resolved)
                runStart = position
            case 0..<0x20:
                throw JSONError(.controlCharacter, at: position)
            default:
                position += 1
            }
        }
    }

    private func validated(_ slice: ArraySlice<UInt8>, _ start: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw JSONError(.invalidUTF8, at: start) }
        return text
    }

    /// Takes the escape at `position` and appends the character it means, as UTF-8.
    private mutating func resolveEscape(into resolved: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        let letter = try current()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): resolved.append(letter)
        case UInt8(ascii: "b"): resolved.append(0x08)
        case UInt8(ascii: "f"): resolved.append(0x0C)
        case UInt8(ascii: "n"): resolved.append(0x0A)
        case UInt8(ascii: "r"): resolved.append(0x0D)
        case UInt8(ascii: "t"): resolved.append(0x09)
        case UInt8(ascii: "u"): resolved.append(contentsOf: Character(try parseScalar(of: start)).utf8)
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    /// The scalar of one `\uXXXX`, or of the two that make a surrogate pair; the first `\u` has been taken.
    private mutating func parseScalar(of start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try parseCodeUnit(of: start)
        if unit == 0, !limits.acceptsNUL { throw JSONError(.nul, at: start) }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw JSONError(.loneSurrogate, at: start) }
        position += 2
        let low = try parseCodeUnit(of: start)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit - 0xD800) << 10) + UInt32(low - 0xDC00))
        else { throw JSONError(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func parseCodeUnit(of start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch try current() {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - 0x30
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"): digit = byte - 0x61 + 10
            case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"): digit = byte - 0x41 + 10
            default: throw JSONError(.invalidEscape, at: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
