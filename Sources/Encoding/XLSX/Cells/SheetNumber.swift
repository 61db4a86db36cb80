/// Which numbers a spreadsheet keeps as they are. Its cells are doubles, of which it shows fifteen digits.
enum SheetNumber {
    enum Verdict {
        /// A number whose value a cell keeps.
        case number
        /// A number that would come back changed: it is written as text, and counted.
        case tooLong
        /// NaN, ±Infinity: text, because cells have no such numbers.
        case word
        /// Not what PostgreSQL prints for a number: text like any other.
        case text
    }

    /// Digits that every double keeps.
    private static let safeDigits = 15
    /// The shortest text that names one double apart from all others never has more.
    private static let mostDigits = 17

    static func judge(_ text: UnsafePointer<UInt8>, count: Int) -> Verdict {
        guard let shape = Shape(text, count: count) else {
            return isWord(text, count: count) ? .word : .text
        }
        if shape.digits <= safeDigits { return .number }
        if !shape.hasPointOrExponent { return .tooLong }
        let significant = shape.significantDigits(text)
        if significant <= safeDigits { return .number }
        if significant > mostDigits { return .tooLong }
        return survives(text, count: count, shape) ? .number : .tooLong
    }

    /// Whether the text is short enough to be a number that a cell keeps, and is one: the way of nearly all.
    @inline(__always)
    static func isShort(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count <= safeDigits, let shape = Shape(text, count: count) else { return false }
        return shape.digits <= safeDigits
    }

    /// `-12.50e+03`: where its parts are.
    struct Shape {
        /// Of the mantissa, zeroes and all.
        private(set) var digits = 0
        private(set) var hasPointOrExponent = false
        private let start: Int
        private let mantissaEnd: Int

        @inline(__always)
        init?(_ text: UnsafePointer<UInt8>, count: Int) {
            var at = 0
            if at < count && text[at] == UInt8(ascii: "-") { at += 1 }
            start = at
            at = Self.afterDigits(text, at, count)
            digits = at - start
            guard digits > 0 else { return nil }
            if at < count && text[at] == UInt8(ascii: ".") {
                let fraction = at + 1
                at = Self.afterDigits(text, fraction, count)
                guard at > fraction else { return nil }
                digits += at - fraction
                hasPointOrExponent = true
            }
            mantissaEnd = at
            if at < count && text[at] | 0x20 == UInt8(ascii: "e") {
                at += 1
                if at < count && (text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+")) { at += 1 }
                let exponent = at
                at = Self.afterDigits(text, exponent, count)
                guard at > exponent else { return nil }
                hasPointOrExponent = true
            }
            guard at == count else { return nil }
        }

        @inline(__always)
        private static func afterDigits(_ text: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
            var at = start
            while at < count && text[at] &- 0x30 < 10 { at += 1 }
            return at
        }

        /// The mantissa's digits without zeroes at either end, of a number with a point or an exponent.
        func significantDigits(_ text: UnsafePointer<UInt8>) -> Int {
            var first = -1
            var last = -1
            var place = 0
            for at in start..<mantissaEnd where text[at] != UInt8(ascii: ".") {
                if text[at] != UInt8(ascii: "0") {
                    if first < 0 { first = place }
                    last = place
                }
                place += 1
            }
            return first < 0 ? 0 : last - first + 1
        }
    }

    /// Whether reading the text as a double and printing that gives the same digits and the same magnitude.
    private static func survives(_ text: UnsafePointer<UInt8>, count: Int, _ shape: Shape) -> Bool {
        let given = String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
        guard let value = Double(given), value.isFinite, value != 0 else { return false }
        return canonical(given) == canonical(value.description)
    }

    /// A number as its significant digits and the power of ten of the first one.
    private static func canonical(_ text: String) -> (digits: [UInt8], power: Int) {
        var digits: [UInt8] = []
        var power = 0
        var pointSeen = false
        var leading = true
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."): pointSeen = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                power += Int(Substring(rest)) ?? 0
                rest = ""[...].utf8
            case 0x30...0x39:
                if leading && byte == 0x30 {
                    if pointSeen { power -= 1 }
                    continue
                }
                if leading {
                    leading = false
                    if pointSeen { power -= 1 }
                } else if !pointSeen {
                    power += 1
                }
                digits.append(byte)
            default: break
            }
        }
        while digits.last == 0x30 { digits.removeLast() }
        return (digits, power)
    }

    private static func isWord(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        ["NaN", "Infinity", "-Infinity"].contains { word in
            word.utf8.elementsEqual(UnsafeBufferPointer(start: text, count: count))
        }
    }
}
