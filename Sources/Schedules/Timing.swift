import Time

/// When a schedule is due: its days and the time of day, on the clocks of a zone.
package struct Timing: Equatable, Sendable {
    package var recurrence: Recurrence
    /// Minutes after midnight, 0 to 1439.
    package var minute: Int
    /// An IANA name.
    package var timeZone: String

    package init(_ recurrence: Recurrence, minute: Int, timeZone: String) {
        self.recurrence = recurrence
        self.minute = minute
        self.timeZone = timeZone
    }

    /// The first due instant after `instant`. A time of day that the clocks skip is due when they have; one that they
    /// show twice is due once, the first time.
    ///
    /// - Parameter offsets: of `timeZone`, over a span that holds `instant` and the `lookahead` after it.
    /// - Returns: seconds since the Unix epoch, nil after the year 9999.
    package func next(after instant: Int64, _ offsets: ZoneOffsets) -> Int64? {
        // The day before: where clocks go back over midnight, a day's due instant can come after the next day has
        // begun.
        var date = Self.date(at: instant, offsets).adding(days: -1)
        while let from = date, let day = recurrence.first(onOrAfter: from) {
            let due = offsets.instant(ofLocal: Int64(day.daysSinceEpoch) * 86_400 + Int64(minute) * 60)
            if due > instant { return due }
            date = day.adding(days: 1)
        }
        return nil
    }

    /// The last due instant at or before `instant`, beginning with `due`, which is one of them; and the first one
    /// after.
    package func latest(from due: Int64, to instant: Int64, _ offsets: ZoneOffsets) -> (due: Int64, next: Int64?) {
        var due = due
        while let next = next(after: due, offsets) {
            if next > instant { return (due, next) }
            due = next
        }
        return (due, nil)
    }

    /// The day that the zone's calendars show at an instant.
    package static func date(at instant: Int64, _ offsets: ZoneOffsets) -> CivilDate {
        Timestamp(seconds: offsets.local(at: instant)).date
    }

    /// Seconds in which at least one due instant lies: a year with its leap day, and some days for changes of the
    /// clocks.
    package static let lookahead: Int64 = 370 * 86_400

    /// `06:30`.
    package var timeOfDay: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    /// Minutes after midnight of `06:30`; nil when the text is no time of day.
    package static func minute(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
        else { return nil }
        func number(_ at: Int) -> Int { Int(bytes[at] - 0x30) * 10 + Int(bytes[at + 1] - 0x30) }
        guard number(0) < 24, number(3) < 60 else { return nil }
        return number(0) * 60 + number(3)
    }
}
