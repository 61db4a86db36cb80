import Glibc

/// How exactly a spreadsheet keeps a number. Its cells are doubles, of which it shows fifteen digits.
enum SheetNumber {
    enum Verdict {
        /// A number whose digits a cell keeps.
        case exact
        /// A decimal of which a cell keeps the nearest double; its digits may stand, being no more than a double's.
        case approximate
        /// A decimal of which a cell keeps this double, with more digits than tell doubles apart.
        case rounded(Double)
        /// An integer that would come back changed.
        case longInteger
        /// NaN, ±Infinity, and numbers other than 0 outside of `magnitudes`.
        case unsayable
        /// PostgreSQL prints no number so: text like any other.
        case text
    }

    /// The numbers that a cell can hold besides 0 (Excel specifications and limits, "Calculation"): no subnormal
    /// double, and not the few largest ones.
    static let magnitudes = 2.2250738585072014e-308...9.99999999999999e307

    /// Digits that every double keeps.
    private static let safeDigits = 15
    /// The shortest text that names one double apart from all others never has more.
    private static let mostDigits = 17

    /// - Parameter text: is followed by a zero byte.
    static func judge(_ text: UnsafePointer<UInt8>, count: Int) -> Verdict {
        guard let shape = Shape(text, count: count) else {
            return isWord(text, count: count) ? .unsayable : .text
        }
        if shape.digits <= safeDigits && shape.exponentDigits < 3 { return .exact }
        if !shape.hasPointOrExponent { return .longInteger }
        // A number of PostgreSQL's that a cell can hold has half as many characters at most; a column that has become
        // text since its catalog was checked may have more than there is room for.
        guard count <= SheetText.longestUnits else { return .unsayable }
        let significant = shape.significantDigits(text)
        if significant.isEmpty { return .exact }
        // Correctly rounded by glibc; no process of ours has another locale than "C".
        let value = strtod(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self), nil)
        guard magnitudes.contains(value.magnitude) else { return .unsayable }
        if significant.count <= safeDigits { return .exact }
        if significant.count > mostDigits { return .rounded(value) }
        return keeps(value, text, significant) ? .exact : .approximate
    }

    /// Whether the text is short enough to be a number that a cell keeps, and is one: the way of nearly all.
    @inline(__always)
    static func isShort(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count <= safeDigits, let shape = Shape(text, count: count) else { return false }
        return shape.digits <= safeDigits && shape.exponentDigits < 3
    }

    /// `-12.50e+03`: where its parts are.
    struct Shape {
        /// Of the mantissa, zeroes and all.
        private(set) var digits = 0
        private(set) var exponentDigits = 0
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
                exponentDigits = at - exponent
                guard exponentDigits > 0 else { return nil }
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

        /// The mantissa's digits without zeroes at either end.
        func significantDigits(_ text: UnsafePointer<UInt8>) -> Significant {
            var digits = Significant()
            var place = 0
            for at in start..<mantissaEnd where text[at] != UInt8(ascii: ".") {
                if text[at] != UInt8(ascii: "0") {
                    if digits.isEmpty { (digits.first, digits.start) = (place, at) }
                    digits.last = place
                    digits.isEmpty = false
                }
                place += 1
            }
            return digits
        }
    }

    struct Significant {
        fileprivate(set) var isEmpty = true
        /// Where the first one stands in the text.
        fileprivate(set) var start = 0
        fileprivate var first = 0
        fileprivate var last = 0

        var count: Int { isEmpty ? 0 : last - first + 1 }
    }

    /// Whether the double prints the digits that the text has. Their magnitudes agree, since it was made of the text.
    private static func keeps(_ value: Double, _ text: UnsafePointer<UInt8>, _ significant: Significant) -> Bool {
        var printed = value.description
        return printed.withUTF8 { printed in
            var at = significant.start
            var left = significant.count
            var hasBegun = false
            for byte in printed {
                if byte | 0x20 == UInt8(ascii: "e") { break }
                guard byte &- 0x30 < 10 else { continue }
                hasBegun = hasBegun || byte != UInt8(ascii: "0")
                guard hasBegun else { continue }
                if left == 0 {
                    // Zeroes before the point, or the one after it.
                    if byte == UInt8(ascii: "0") { continue }
                    return false
                }
                if text[at] == UInt8(ascii: ".") { at += 1 }
                guard text[at] == byte else { return false }
                at += 1
                left -= 1
            }
            return left == 0
        }
    }

    private static func isWord(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        ["NaN", "Infinity", "-Infinity"].contains { word in
            word.utf8.elementsEqual(UnsafeBufferPointer(start: text, count: count))
        }
    }
}
