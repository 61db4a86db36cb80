import Jobs
import Time

/// On which days a schedule runs, in its own zone's calendar.
///
/// A day of the month that a month does not have means its last day: the 31st is the last day of every month, and the
/// 29th of February is the 28th where the year has no leap day.
package enum Recurrence: Equatable, Sendable {
    case daily
    case weekly(Weekday)
    /// Day 1 to 31.
    case monthly(day: Int)
    /// Month 1 to 12, day 1 to 31.
    case yearly(month: Int, day: Int)

    package var interval: Job.Interval {
        switch self {
        case .daily: .daily
        case .weekly: .weekly
        case .monthly: .monthly
        case .yearly: .yearly
        }
    }

    /// The first day of the recurrence that is not before `date`; nil when it would be after the year 9999.
    package func first(onOrAfter date: CivilDate) -> CivilDate? {
        switch self {
        case .daily: date
        case .weekly(let weekday):
            date.adding(days: (weekday.rawValue - date.weekday.rawValue + 7) % 7)
        case .monthly(let day):
            [0, 1].lazy.compactMap { date.monthBeginning(after: $0)?.day(day) }.first { $0 >= date }
        case .yearly(let month, let day):
            [0, 1].lazy.compactMap { CivilDate(year: date.year + $0, month: month, day: 1)?.day(day) }
                .first { $0 >= date }
        }
    }
}

/// A day of the week; weeks begin on Monday (ISO 8601), which is 1.
package enum Weekday: Int, Sendable, CaseIterable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday

    /// `monday`; the names are English, as the others in a request are.
    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

extension CivilDate {
    /// 1970-01-01 was a Thursday.
    package var weekday: Weekday {
        Weekday(rawValue: ((daysSinceEpoch + 3) % 7 + 7) % 7 + 1) ?? .monday
    }

    package func adding(days: Int) -> CivilDate? { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

    /// The first day of the month that comes `count` months after this day's; before it when negative.
    package func monthBeginning(after count: Int) -> CivilDate? {
        let months = year * 12 + month - 1 + count
        return CivilDate(year: months / 12, month: months % 12 + 1, day: 1)
    }

    /// The day of this month with that number, or the month's last.
    package func day(_ number: Int) -> CivilDate? {
        CivilDate(year: year, month: month, day: min(number, GregorianCalendar.days(inMonth: month, of: year)))
    }
}
