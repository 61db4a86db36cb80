/// Why a text is not a JSON value that is accepted here, and where.
package struct JSONError: Error, Equatable, Sendable {
    package enum Code: String, Sendable {
        case empty = "empty"
        case unexpectedEnd = "unexpected_end"
        case unexpectedByte = "unexpected_byte"
        case byteOrderMark = "byte_order_mark"
        case trailingText = "trailing_text"
        case invalidNumber = "invalid_number"
        case invalidEscape = "invalid_escape"
        case invalidUTF8 = "invalid_utf8"
        case loneSurrogate = "lone_surrogate"
        case controlCharacter = "control_character"
        case nul = "nul_character"
        case duplicateKey = "duplicate_key"
        case tooDeep = "too_deep"
        case stringTooLong = "string_too_long"
        case numberTooLong = "number_too_long"
        case tooManyElements = "too_many_elements"
        case tooManyMembers = "too_many_members"
    }

    package let code: Code
    /// Bytes before the fault, from the start of the text. For a fault of a whole string, where that string begins.
    package let offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// Safe to show to the client: it says nothing of the text but the place.
    package var description: String {
        let what =
            switch code {
            case .empty: "the text is empty"
            case .unexpectedEnd: "the text ends too early"
            case .unexpectedByte: "unexpected character"
            case .byteOrderMark: "the text begins with a byte order mark"
            case .trailingText: "text after the value"
            case .invalidNumber: "not a JSON number"
            case .invalidEscape: "unknown escape in a string"
            case .invalidUTF8: "a string is not valid UTF-8"
            case .loneSurrogate: "half of a surrogate pair in a string"
            case .controlCharacter: "a control character must be escaped"
            case .nul: "a string must not hold U+0000"
            case .duplicateKey: "the same key twice in one object"
            case .tooDeep: "arrays and objects are nested too deep"
            case .stringTooLong: "a string is too long"
            case .numberTooLong: "a number is too long"
            case .tooManyElements: "an array has too many elements"
            case .tooManyMembers: "an object has too many members"
            }
        return "\(what) (at byte \(offset))"
    }
}
