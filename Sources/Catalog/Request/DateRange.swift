import Time

/// Whole days, both ends included, in the request's time zone.
package struct DateRange: Equatable, Sendable {
    /// The longest range: a hundred years.
    package static let maximumDays = 36_525

    package let from: CivilDate
    package let to: CivilDate

    /// Nil when `from` is after `to`.
    package init?(from: CivilDate, to: CivilDate) {
        guard from <= to else { return nil }
        self.from = from
        self.to = to
    }

    package var days: Int { to.daysSinceEpoch - from.daysSinceEpoch + 1 }
}
