import Coding
import JSON
import Time

/// A time as a claim gives it (RFC 7519 section 2): seconds since the epoch as any JSON number, with fraction and
/// exponent.
///
/// Digits beyond a microsecond are cut and never rounded up, so that no token lives longer than it says.
struct NumericDate: Comparable {
    let seconds: Int64
    /// 0 to 999,999.
    let microseconds: Int64

    /// 2^53; an issuer that computes in doubles cannot mean a later second exactly.
    static let latestSeconds: Int64 = 1 << 53

    init(_ time: Timestamp) {
        seconds = time.seconds
        microseconds = time.microseconds - time.seconds * 1_000_000
    }

    /// nil when the claim is no number, less than 0, or more than `latestSeconds`.
    init?(_ claim: JSON) {
        guard case .number(let literal) = claim else { return nil }
        self.init(literal: literal)
    }

    /// - Parameter literal: a number in JSON's grammar.
    private init?(literal: String) {
        let isNegative = literal.hasPrefix("-")
        let parts = literal.utf8.split(whereSeparator: { $0 | 0x20 == UInt8(ascii: "e") })
        guard let mantissa = parts.first, let exponent = Self.exponent(parts.dropFirst().first) else { return nil }
        let digits = mantissa.filter(\.isASCIIDigit).map { Int64($0 - 0x30) }
        let point = mantissa.drop { $0 == UInt8(ascii: "-") }.prefix { $0 != UInt8(ascii: ".") }.count + exponent
        guard let first = digits.firstIndex(where: { $0 != 0 }) else {
            (seconds, microseconds) = (0, 0)
            return
        }
        // 2^53 has 16 digits.
        guard !isNegative, point - first <= 16 else { return nil }
        /// Of the digit with the weight 10^(point - 1 - index).
        func digit(_ index: Int) -> Int64 { digits.indices.contains(index) ? digits[index] : 0 }
        let whole = (min(first, point)..<point).reduce(Int64(0)) { $0 * 10 + digit($1) }
        guard whole < Self.latestSeconds else { return nil }
        seconds = whole
        microseconds = (point..<point + 6).reduce(Int64(0)) { $0 * 10 + digit($1) }
    }

    /// The number after the `e`, 0 without one, nil where it is so far from 0 that no time has it.
    private static func exponent(_ text: Substring.UTF8View?) -> Int? {
        guard let text else { return 0 }
        guard let value = Int(Substring(text)) else { return text.first == UInt8(ascii: "-") ? -Self.farthest : nil }
        return min(max(value, -Self.farthest), Self.farthest)
    }

    /// More than a number that the parser lets through has digits (`JSONLimits.numberBytes`).
    private static let farthest = 100_000

    static func < (left: NumericDate, right: NumericDate) -> Bool {
        (left.seconds, left.microseconds) < (right.seconds, right.microseconds)
    }
}
