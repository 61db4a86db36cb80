/// A day of the proleptic Gregorian calendar, in the years 1 to 9999.
package struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil when there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...GregorianCalendar.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// `2026-05-07` and nothing else.
    package init?(_ text: String) {
        var scanner = TimeScanner(text)
        guard let (year, month, day) = scanner.takeDate(), scanner.isAtEnd else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Days since 1970-01-01.
    package var daysSinceEpoch: Int { GregorianCalendar.days(year: year, month: month, day: day) }

    /// The inverse of `daysSinceEpoch`; nil outside the years 1 to 9999.
    package init?(daysSinceEpoch days: Int) {
        guard (-719_162...2_932_896).contains(days) else { return nil }
        self.init(daysWithinRange: days)
    }

    /// For days that are known to lie in the years 1 to 9999.
    init(daysWithinRange days: Int) {
        (year, month, day) = GregorianCalendar.date(ofDay: days)
    }

    package var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// The number with zeros before it, `width` digits at least.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
