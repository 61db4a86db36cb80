import Glibc

/// Turns one COPY field into the value that stands in the file, before quoting. The preview and the file share it.
///
/// Worst case: `field.count + growth` bytes.
struct CellRenderer {
    /// How much longer than its field a value can be: `+02` becomes `+02:00`, `t` becomes `true`, a text gets a `'`.
    static let growth = 4

    let decimalMark: UInt8
    let formulaGuard: Bool
    /// Texts that got a leading apostrophe.
    var formulasNeutralised = 0

    /// Writes the value of a field that is not NULL and returns its length.
    /// - Parameter mayBeFormula: whether a person may have typed it, if it is a text.
    mutating func render(
        _ field: CopyField, as kind: CellKind, mayBeFormula: Bool, into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        switch kind {
        case .text:
            let count = field.unescape(into: output)
            return mayBeFormula ? guardFormula(output, count: count) : count
        case .number:
            return Self.number(field, decimalMark: decimalMark, into: output)
        case .boolean:
            return Self.boolean(field, into: output)
        case .timestamp:
            return Self.timestamp(field, into: output)
        case .date:
            return field.unescape(into: output)
        }
    }

    /// Puts `'` before a text that looks like a formula; there must be room for it. Returns the length.
    mutating func guardFormula(_ text: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
        guard formulaGuard, FormulaGuard.applies(to: text, count: count) else { return count }
        memmove(text + 1, text, count)
        text[0] = UInt8(ascii: "'")
        formulasNeutralised += 1
        return count + 1
    }

    private static func number(
        _ field: CopyField, decimalMark: UInt8, into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let count = field.unescape(into: output)
        guard decimalMark != UInt8(ascii: ".") else { return count }
        if let point = memchr(output, Int32(UInt8(ascii: ".")), count) {
            point.storeBytes(of: decimalMark, as: UInt8.self)
        }
        return count
    }

    /// `t` and `f`. Anything else is not a boolean of PostgreSQL's and passes as it is.
    private static func boolean(_ field: CopyField, into output: UnsafeMutablePointer<UInt8>) -> Int {
        if field.count == 1 && field.start[0] == UInt8(ascii: "t") { return write("true", into: output) }
        if field.count == 1 && field.start[0] == UInt8(ascii: "f") { return write("false", into: output) }
        return field.unescape(into: output)
    }

    private static func write(_ text: StaticString, into output: UnsafeMutablePointer<UInt8>) -> Int {
        output.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    /// RFC 3339 from DateStyle ISO.
    ///
    ///     2026-05-07 10:30:00.123456+00     2026-05-07T10:30:00.123456Z
    ///     2026-05-07 10:30:00+02            2026-05-07T10:30:00+02:00      an offset of whole hours gets minutes
    ///     2026-05-07 10:30:00+05:30         2026-05-07T10:30:00+05:30      others are kept, also with seconds
    ///     2026-05-07 10:30:00               2026-05-07T10:30:00            timestamp without time zone
    ///     0044-03-15 00:00:00+00 BC         0044-03-15T00:00:00Z BC        as in PostgreSQL's to_json
    ///     infinity, -infinity               as they are
    static func timestamp(_ field: CopyField, into output: UnsafeMutablePointer<UInt8>) -> Int {
        let count = field.unescape(into: output)
        guard let space = memchr(output, Int32(UInt8(ascii: " ")), count) else { return count }
        space.storeBytes(of: UInt8(ascii: "T"), as: UInt8.self)
        let time = output.distance(to: space.assumingMemoryBound(to: UInt8.self)) + 1

        // The era follows another space; the offset begins at the only sign after the date.
        var zone = time
        while zone < count && output[zone] != UInt8(ascii: "+") && output[zone] != UInt8(ascii: "-") {
            if output[zone] == UInt8(ascii: " ") { return count }
            zone += 1
        }
        guard zone < count else { return count }
        var end = zone + 1
        while end < count && output[end] != UInt8(ascii: " ") { end += 1 }
        guard end - zone == 3 else { return count }

        if output[zone] == UInt8(ascii: "+") && output[zone + 1] == UInt8(ascii: "0")
            && output[zone + 2] == UInt8(ascii: "0")
        {
            memmove(output + zone + 1, output + end, count - end)
            output[zone] = UInt8(ascii: "Z")
            return count - 2
        }
        memmove(output + end + 3, output + end, count - end)
        output[end] = UInt8(ascii: ":")
        output[end + 1] = UInt8(ascii: "0")
        output[end + 2] = UInt8(ascii: "0")
        return count + 3
    }
}
