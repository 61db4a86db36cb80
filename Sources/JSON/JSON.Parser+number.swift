extension JSON.Parser {
    /// The text of the number at `position`: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    mutating func parseNumber() throws(JSONError) -> String {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if isCurrent(UInt8(ascii: "0")) {
            position += 1
            if isDigit { throw JSONError(.invalidNumber, at: start) }
        } else {
            try takeDigits(of: start)
        }
        if isCurrent(UInt8(ascii: ".")) {
            position += 1
            try takeDigits(of: start)
        }
        if isCurrent(UInt8(ascii: "e")) || isCurrent(UInt8(ascii: "E")) {
            position += 1
            if isCurrent(UInt8(ascii: "+")) || isCurrent(UInt8(ascii: "-")) { position += 1 }
            try takeDigits(of: start)
        }
        guard position - start <= limits.numberBytes else { throw JSONError(.numberTooLong, at: start) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var isDigit: Bool {
        position < bytes.count && bytes[position] >= UInt8(ascii: "0") && bytes[position] <= UInt8(ascii: "9")
    }

    private func isCurrent(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    /// Takes one digit or more.
    private mutating func takeDigits(of start: Int) throws(JSONError) {
        guard isDigit else { throw JSONError(.invalidNumber, at: start) }
        while isDigit { position += 1 }
    }
}
