/// An instant: microseconds since the Unix epoch, the precision of PostgreSQL. Its texts are all in UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z: the range that RFC 3339 can write.
    package static let earliest = Timestamp(microseconds: -62_135_596_800_000_000)
    package static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

    package let microseconds: Int64

    /// An instant outside `earliest...latest` becomes the nearer of the two.
    package init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, -62_135_596_800_000_000), 253_402_300_799_999_999)
    }

    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: overflow ? (seconds < 0 ? .min : .max) : product)
    }

    /// Whole seconds since the epoch, rounded down.
    package var seconds: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    package func adding(seconds: Int64) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(Timestamp(seconds: seconds).microseconds)
        return Timestamp(microseconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

// Texts of an instant.
extension Timestamp {
    /// RFC 3339, cut to seconds: `2026-05-07T10:30:00Z`.
    package var rfc3339: String { "\(date)T\(timeOfDay)Z" }

    /// RFC 3339 with a fraction of three or six digits when there is one: `2026-05-07T10:30:00.123Z`.
    package var exactRFC3339: String {
        let fraction = Int(microseconds - seconds * 1_000_000)
        let isMilliseconds = fraction % 1_000 == 0
        let digits = isMilliseconds ? padded(fraction / 1_000, 3) : padded(fraction, 6)
        let suffix = fraction == 0 ? "Z" : ".\(digits)Z"
        return "\(date)T\(timeOfDay)\(suffix)"
    }

    /// The day in UTC. `init` keeps every instant within the years that a date can have.
    package var date: CivilDate { CivilDate(daysWithinRange: days) }

    /// Whole days since the epoch, rounded down.
    private var days: Int {
        let seconds = Int(self.seconds)
        return (seconds - ((seconds % 86_400) + 86_400) % 86_400) / 86_400
    }

    private var timeOfDay: String {
        let second = Int(seconds) - days * 86_400
        return "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    }
}

// Reading an instant.
extension Timestamp {
    /// PostgreSQL's text of a timestamptz under `DateStyle = ISO`: `2026-05-07 10:30:00.123+00`, `…+05:30`.
    /// Nil for `infinity`, for years before 1 or after 9999, and for anything else.
    package init?(postgres text: String) {
        var scanner = TimeScanner(text)
        guard let date = scanner.takeDate().flatMap(CivilDate.init), scanner.take(" "),
            let time = scanner.takeTimeOfDay(),
            let offset = scanner.takeOffset(), scanner.isAtEnd
        else { return nil }
        self.init(date, time, offset)
    }

    /// RFC 3339 with `T` and with `Z` or an offset of hours and minutes; no leap second.
    package init?(rfc3339 text: String) {
        var scanner = TimeScanner(text)
        guard let date = scanner.takeDate().flatMap(CivilDate.init), scanner.take("T") || scanner.take("t"),
            let time = scanner.takeTimeOfDay()
        else { return nil }
        if scanner.take("Z") || scanner.take("z") {
            guard scanner.isAtEnd else { return nil }
            self.init(date, time, 0)
        } else {
            guard scanner.remaining == 6, let offset = scanner.takeOffset(), scanner.isAtEnd else { return nil }
            self.init(date, time, offset)
        }
    }

    /// `time` in microseconds of the day, `offset` in seconds east of Greenwich.
    private init?(_ date: CivilDate, _ time: Int64, _ offset: Int64) {
        let microseconds = (Int64(date.daysSinceEpoch) * 86_400 - offset) * 1_000_000 + time
        self.init(microseconds: microseconds)
        guard self.microseconds == microseconds else { return nil }
    }
}
