import Catalog
import Time

/// The days that a scheduled export covers, said relative to the day on which it is due.
///
/// `previous_month`, `current_week`, `next_day` …: the whole of the last, this or the coming calendar unit; weeks begin
/// on Monday. `last_30_days`: as many whole days, up to the day before.
package enum Period: Equatable, Sendable {
    case unit(Unit, Step)
    /// 1 to `maximumDays`.
    case last(days: Int)

    package enum Unit: String, Sendable, CaseIterable { case day, week, month, quarter, year }
    package enum Step: String, Sendable, CaseIterable { case previous, current, next }

    package static let maximumDays = 3660

    package init?(_ text: String) {
        let words = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        if words.count == 2, let step = Step(rawValue: words[0]), let unit = Unit(rawValue: words[1]) {
            self = .unit(unit, step)
        } else if words.count == 3, words[0] == "last", words[2] == "days", let count = Int(words[1]),
            (1...Self.maximumDays).contains(count), "\(count)" == words[1]
        {
            self = .last(days: count)
        } else {
            return nil
        }
    }

    package var text: String {
        switch self {
        case .unit(let unit, let step): "\(step.rawValue)_\(unit.rawValue)"
        case .last(let days): "last_\(days)_days"
        }
    }

    /// The period's days as seen from `day`; nil where they leave the years 1 to 9999.
    package func range(seenFrom day: CivilDate) -> DateRange? {
        let bounds: (CivilDate?, CivilDate?)
        switch self {
        case .last(let days): bounds = (day.adding(days: -days), day.adding(days: -1))
        case .unit(let unit, let step):
            let count = step == .previous ? -1 : step == .current ? 0 : 1
            // A unit ends on the day before the next one begins.
            let following = Self.beginning(of: unit, after: count + 1, from: day)
            bounds = (Self.beginning(of: unit, after: count, from: day), following?.adding(days: -1))
        }
        guard let from = bounds.0, let to = bounds.1 else { return nil }
        return DateRange(from: from, to: to)
    }

    /// The first day of the unit that comes `count` units after the one of `day`.
    private static func beginning(of unit: Unit, after count: Int, from day: CivilDate) -> CivilDate? {
        switch unit {
        case .day: day.adding(days: count)
        case .week: day.adding(days: 7 * count - (day.weekday.rawValue - 1))
        case .month: day.monthBeginning(after: count)
        case .quarter: day.monthBeginning(after: 3 * count - (day.month - 1) % 3)
        case .year: day.monthBeginning(after: 12 * count - (day.month - 1))
        }
    }
}
