import Catalog
import Testing
import Time

@testable import Schedules

struct PeriodTests {
    @Test(arguments: [
        ("previous_day", "2028-03-01", "2028-02-29", "2028-02-29"),
        ("current_day", "2026-05-07", "2026-05-07", "2026-05-07"),
        ("next_day", "2026-12-31", "2027-01-01", "2027-01-01"),
        // 2026-05-07 is a Thursday.
        ("previous_week", "2026-05-07", "2026-04-27", "2026-05-03"),
        ("current_week", "2026-05-07", "2026-05-04", "2026-05-10"),
        ("current_week", "2026-05-04", "2026-05-04", "2026-05-10"),
        ("current_week", "2026-05-10", "2026-05-04", "2026-05-10"),
        ("next_week", "2026-12-28", "2027-01-04", "2027-01-10"),
        ("previous_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("previous_month", "2028-03-01", "2028-02-01", "2028-02-29"),
        ("previous_month", "2027-01-15", "2026-12-01", "2026-12-31"),
        ("current_month", "2026-05-07", "2026-05-01", "2026-05-31"),
        ("next_month", "2026-12-07", "2027-01-01", "2027-01-31"),
        ("previous_quarter", "2026-05-07", "2026-01-01", "2026-03-31"),
        ("previous_quarter", "2026-01-01", "2025-10-01", "2025-12-31"),
        ("current_quarter", "2026-12-31", "2026-10-01", "2026-12-31"),
        ("next_quarter", "2026-11-01", "2027-01-01", "2027-03-31"),
        ("previous_year", "2026-05-07", "2025-01-01", "2025-12-31"),
        ("current_year", "2026-12-31", "2026-01-01", "2026-12-31"),
        ("next_year", "2026-01-01", "2027-01-01", "2027-12-31"),
        ("last_1_days", "2026-05-07", "2026-05-06", "2026-05-06"),
        ("last_30_days", "2026-05-07", "2026-04-07", "2026-05-06"),
    ])
    func `a period is whole days, seen from the due day`(_ text: String, _ day: String, _ from: String, _ to: String)
        throws
    {
        let period = try #require(Period(text))
        let seenFrom = try #require(CivilDate(day))
        let range = try #require(period.range(seenFrom: seenFrom))
        #expect("\(range.from) \(range.to)" == "\(from) \(to)")
        #expect(period.text == text)
    }

    @Test(arguments: [
        "", "previous", "previous_", "previous_decade", "Previous_day", "last_0_days", "last_3661_days", "last_07_days",
        "last_-1_days", "last_+1_days", "last_days", "last_7_day", "previous_day_", "previous month",
    ])
    func `what names no period is refused`(_ text: String) { #expect(Period(text) == nil) }

    @Test func `previous, current and next units follow each other without a gap, whatever the day`() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<3000 {
            let day = try #require(CivilDate(daysSinceEpoch: .random(in: 0...40_000, using: &random)))
            let unit = try #require(Period.Unit.allCases.randomElement(using: &random))
            let ranges = try Period.Step.allCases.map { step in
                try #require(Period.unit(unit, step).range(seenFrom: day))
            }
            let (previous, current, next) = (ranges[0], ranges[1], ranges[2])
            #expect(previous.to.daysSinceEpoch + 1 == current.from.daysSinceEpoch)
            #expect(current.to.daysSinceEpoch + 1 == next.from.daysSinceEpoch)
            #expect(
                current.from.daysSinceEpoch <= day.daysSinceEpoch && day.daysSinceEpoch <= current.to.daysSinceEpoch)
        }
    }

    @Test func `a period that leaves the calendar is none`() throws {
        let last = try #require(CivilDate("9999-12-31"))
        #expect(Period.unit(.year, .next).range(seenFrom: last) == nil)
        #expect(Period.unit(.day, .previous).range(seenFrom: try #require(CivilDate("0001-01-01"))) == nil)
    }
}
