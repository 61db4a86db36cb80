import Coding
import Glibc

/// Puts JSON texts into one line each. A `json` column keeps the line breaks with which a text was written, and a text
/// of a column that holds no JSON any more would break the line that it is put into, so it is read through first.
///
/// Arrays and objects are kept track of without recursion, since PostgreSQL takes JSON that is nested some thousand
/// times.
struct JSONDocument: ~Copyable {
    /// The brackets that will close the open arrays and objects, the innermost last.
    private var closers: [UInt8] = []

    private enum Expected { case value, firstValue, name, firstName, colon, comma, end }

    /// Replaces the white space between the tokens of a JSON text (RFC 8259) by blanks where it is anything else.
    /// - Returns: false for a text that is no JSON, which stays as it is.
    mutating func takeLine(_ text: UnsafeMutablePointer<UInt8>, count: Int) -> Bool {
        guard isDocument(text, count: count) else { return false }
        // Inside strings there are no control characters.
        for index in 0..<count where text[index] < 0x20 { text[index] = UInt8(ascii: " ") }
        return true
    }

    private mutating func isDocument(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        closers.removeAll(keepingCapacity: true)
        var expected = Expected.value
        var at = 0
        while true {
            while at < count, Self.isBlank(text[at]) { at += 1 }
            guard at < count else { return expected == .end }
            let byte = text[at]
            switch expected {
            case .value where byte == UInt8(ascii: "{"), .firstValue where byte == UInt8(ascii: "{"):
                closers.append(UInt8(ascii: "}"))
                expected = .firstName
                at += 1
            case .value where byte == UInt8(ascii: "["), .firstValue where byte == UInt8(ascii: "["):
                closers.append(UInt8(ascii: "]"))
                expected = .firstValue
                at += 1
            case .comma where byte == UInt8(ascii: ","):
                expected = closers.last == UInt8(ascii: "}") ? .name : .value
                at += 1
            case .comma where byte == closers.last, .firstName where byte == closers.last,
                .firstValue where byte == closers.last:
                closers.removeLast()
                expected = closers.isEmpty ? .end : .comma
                at += 1
            case .value, .firstValue:
                guard Self.skipScalar(text, count, &at) else { return false }
                expected = closers.isEmpty ? .end : .comma
            case .name, .firstName:
                guard Self.skipString(text, count, &at) else { return false }
                expected = .colon
            case .colon:
                guard byte == UInt8(ascii: ":") else { return false }
                expected = .value
                at += 1
            case .comma, .end: return false
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Moves past the string, the number or the word that begins at `at`; false where there is no such thing.
    private static func skipScalar(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int) -> Bool {
        if text[at] == UInt8(ascii: "\"") { return skipString(text, count, &at) }
        let start = at
        while at < count, isOfScalar(text[at]) { at += 1 }
        let length = at - start
        if JSONText.isNumber(text + start, count: length) { return true }
        return [("true" as StaticString), "false", "null"].contains { word in
            length == word.utf8CodeUnitCount && memcmp(text + start, word.utf8Start, length) == 0
        }
    }

    private static func isOfScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Moves past the string that begins at `at`; false where there is no string, or one that is not right.
    private static func skipString(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int) -> Bool {
        guard text[at] == UInt8(ascii: "\"") else { return false }
        at += 1
        while at < count {
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard skipEscape(text, count, &at) else { return false }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    private static func skipEscape(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int) -> Bool {
        guard at < count else { return false }
        at += 1
        switch text[at - 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard at + 4 <= count, (at..<at + 4).allSatisfy({ text[$0].hexadecimalValue != nil }) else { return false }
            at += 4
            return true
        default: return false
        }
    }
}
