import Coding
import HTTP
import Time

/// The parameters that lists read from a query. Every error is a 400; values out of range are refused, not corrected.
extension Query {
    /// A whole number in ASCII digits.
    /// - Throws: 400 for another text, or a number out of range.
    func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(APIError) -> Int {
        guard let text = self[name] else { return fallback }
        guard let value = Int(decimalDigits: text), range.contains(value) else {
            throw .invalid(name, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// One of a few words.
    /// - Throws: 400 for another word.
    func choice<Choice: RawRepresentable>(_ name: String, of all: [Choice]) throws(APIError) -> Choice?
    where Choice.RawValue == String {
        guard let text = self[name] else { return nil }
        guard let choice = Choice(rawValue: text), all.contains(where: { $0.rawValue == text }) else {
            throw .invalid(name, "\(name) must be one of \(all.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A day such as 2026-05-01, or an instant such as 2026-05-01T10:30:00Z, as the span of time that it covers.
    /// - Throws: 400 for a text that is neither.
    func span(_ name: String) throws(APIError) -> TimeSpan? {
        guard let text = self[name] else { return nil }
        if let day = CivilDate(text) { return TimeSpan(beginning: day.beginning, end: day.end) }
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(name, "\(name) must be a date such as 2026-05-01, or a time such as 2026-05-01T10:30:00Z")
        }
        let end =
            text.utf8.contains(UInt8(ascii: "."))
            ? Timestamp(microseconds: time.microseconds + 1) : time.adding(seconds: 1)
        return TimeSpan(beginning: time, end: end)
    }
}

/// From `beginning` to before `end`.
struct TimeSpan {
    let beginning: Timestamp
    let end: Timestamp
}

/// The farthest that `offset` reaches.
let offsetRange = 0...1_000_000_000

extension CivilDate {
    /// The first instant of the day in UTC.
    var beginning: Timestamp { Timestamp(seconds: Int64(daysSinceEpoch) * 86_400) }

    /// The first instant after the day in UTC.
    var end: Timestamp { beginning.adding(seconds: 86_400) }
}
