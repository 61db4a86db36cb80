import Testing
import Time

@testable import Schedules

/// When schedules are due. The clock is passed in.
struct TimingTests {
    private func due(
        _ recurrence: Recurrence, _ time: String, _ offsets: ZoneOffsets, after: String, count: Int
    ) -> [String] {
        let timing = Timing(recurrence, minute: Timing.minute(time)!, timeZone: "")
        var instant = utc(after)
        return (0..<count).map { _ in
            instant = timing.next(after: instant, offsets) ?? .max / 2
            return shown(instant)
        }
    }

    @Test func `a daily schedule is due each day at its time, and not again at the very instant`() {
        #expect(
            due(.daily, "06:30", Zones.utc, after: "2026-05-07 06:29", count: 2)
                == ["2026-05-07 06:30", "2026-05-08 06:30"])
        #expect(due(.daily, "06:30", Zones.utc, after: "2026-05-07 06:30", count: 1) == ["2026-05-08 06:30"])
        #expect(due(.daily, "00:00", Zones.kathmandu, after: "2026-05-07 18:14", count: 1) == ["2026-05-07 18:15"])
    }

    @Test func `the last day of a month is meant by a day that the month does not have`() {
        #expect(
            due(.monthly(day: 31), "06:00", Zones.utc, after: "2027-12-31 06:00", count: 6)
                == [
                    "2028-01-31 06:00", "2028-02-29 06:00", "2028-03-31 06:00", "2028-04-30 06:00", "2028-05-31 06:00",
                    "2028-06-30 06:00",
                ])
        #expect(
            due(.monthly(day: 30), "06:00", Zones.utc, after: "2027-01-30 06:00", count: 2)
                == ["2027-02-28 06:00", "2027-03-30 06:00"])
        #expect(
            due(.yearly(month: 2, day: 29), "12:00", Zones.utc, after: "2027-01-01 00:00", count: 3)
                == ["2027-02-28 12:00", "2028-02-29 12:00", "2029-02-28 12:00"])
    }

    @Test func `a weekly schedule keeps to its weekday`() {
        #expect(
            due(.weekly(.monday), "08:00", Zones.utc, after: "2026-11-25 00:00", count: 2)
                == ["2026-11-30 08:00", "2026-12-07 08:00"])
        // Monday morning in Chatham is Sunday in UTC.
        #expect(
            due(.weekly(.monday), "08:00", Zones.chatham, after: "2026-11-25 00:00", count: 1) == ["2026-11-29 18:15"])
    }

    @Test func `a time that the clocks skip is due when they have`() {
        #expect(
            due(.daily, "02:30", Zones.oslo, after: "2026-03-28 00:00", count: 3)
                == ["2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"])
        #expect(
            due(.daily, "02:30", Zones.newYork, after: "2026-03-07 12:00", count: 2)
                == ["2026-03-08 07:00", "2026-03-09 06:30"])
        // Half an hour is skipped: 02:15 is, 02:30 is not.
        #expect(due(.daily, "02:15", Zones.lordHowe, after: "2026-10-03 12:00", count: 1) == ["2026-10-03 15:30"])
        #expect(due(.daily, "02:30", Zones.lordHowe, after: "2026-10-03 12:00", count: 1) == ["2026-10-03 15:30"])
        #expect(
            due(.daily, "00:00", Zones.santiago, after: "2026-09-05 12:00", count: 2)
                == ["2026-09-06 04:00", "2026-09-07 03:00"])
    }

    @Test func `a time that the clocks show twice is due once, the first time`() {
        #expect(
            due(.daily, "02:30", Zones.oslo, after: "2026-10-24 12:00", count: 2)
                == ["2026-10-25 00:30", "2026-10-26 01:30"])
        #expect(
            due(.daily, "01:30", Zones.newYork, after: "2026-10-31 12:00", count: 2)
                == ["2026-11-01 05:30", "2026-11-02 06:30"])
        #expect(
            due(.daily, "23:30", Zones.santiago, after: "2026-04-04 12:00", count: 2)
                == ["2026-04-05 02:30", "2026-04-06 03:30"])
    }

    @Test func `a day that a zone never had is due when the next one begins, once`() {
        #expect(
            due(.daily, "10:00", Zones.apia2011, after: "2011-12-29 00:00", count: 4)
                == ["2011-12-29 20:00", "2011-12-30 10:00", "2011-12-30 20:00", "2011-12-31 20:00"])
        #expect(
            due(.daily, "00:00", Zones.apia2011, after: "2011-12-29 00:00", count: 3)
                == ["2011-12-29 10:00", "2011-12-30 10:00", "2011-12-31 10:00"])
    }

    @Test func `of several due times that have passed the latest is found, and the one after now`() {
        let timing = Timing(.daily, minute: 360, timeZone: "")
        let (due, next) = timing.latest(from: utc("2026-05-01 04:00"), to: utc("2026-05-09 12:00"), Zones.oslo)
        #expect((shown(due), shown(next)) == ("2026-05-09 04:00", "2026-05-10 04:00"))
        let only = timing.latest(from: utc("2026-05-01 04:00"), to: utc("2026-05-01 04:00"), Zones.oslo)
        #expect((shown(only.due), shown(only.next)) == ("2026-05-01 04:00", "2026-05-02 04:00"))
    }

    @Test func `nothing is due after the year 9999`() {
        let timing = Timing(.yearly(month: 1, day: 1), minute: 0, timeZone: "")
        #expect(timing.next(after: utc("9999-06-01 00:00"), Zones.utc) == nil)
    }

    @Test(arguments: ["", "6:30", "06:60", "24:00", "06:30:00", "0630", "+6:30", "06-30", "٠٦:٣٠"])
    func `what is no time of day is refused`(_ text: String) {
        #expect(Timing.minute(text) == nil)
    }

    // MARK: Properties

    /// When `minute` of `day` comes. Where the clocks change within two days, by looking at every minute around it: the
    /// first at which they show it, else the first at which they show a later time after an earlier one.
    private func comes(_ day: CivilDate, _ minute: Int, _ offsets: ZoneOffsets) -> Int64 {
        let wanted = Int64(day.daysSinceEpoch) * 86_400 + Int64(minute) * 60
        if !offsets.changes.contains(where: { abs($0.at - wanted) < 2 * 86_400 }) {
            return 2 * wanted - offsets.local(at: wanted)
        }
        let minutes = stride(from: wanted - 26 * 3_600, through: wanted + 26 * 3_600, by: 60)
        if let shown = minutes.first(where: { offsets.local(at: $0) == wanted }) { return shown }
        return minutes.first { offsets.local(at: $0) > wanted && offsets.local(at: $0 - 60) < wanted }!
    }

    private func falls(_ recurrence: Recurrence, on day: CivilDate) -> Bool {
        let isLast = day.adding(days: 1)!.month != day.month
        return switch recurrence {
        case .daily: true
        case .weekly(let weekday): day.weekday == weekday
        case .monthly(let number): day.day == number || isLast && day.day < number
        case .yearly(let month, let number): day.month == month && (day.day == number || isLast && day.day < number)
        }
    }

    @Test(arguments: Zones.all.indices)
    func `over a decade each day that falls due is due once, at the minute that a walk over all minutes finds`(
        _ zone: Int
    ) {
        var random = SplitMix64(seed: UInt64(zone) + 5)
        let offsets = Zones.all[zone].offsets
        let recurrences: [Recurrence] = [
            .daily, .weekly(.allCases.randomElement(using: &random)!), .monthly(day: 31), .monthly(day: 29),
            .monthly(day: .random(in: 1...28, using: &random)), .yearly(month: 2, day: 29),
            .yearly(month: .random(in: 1...12, using: &random), day: .random(in: 1...31, using: &random)),
        ]
        for recurrence in recurrences {
            // The small hours hold the clocks' changes.
            let minute = Int.random(in: 0...(recurrence == .daily ? 180 : 1439), using: &random)
            let timing = Timing(recurrence, minute: minute, timeZone: "")
            var expected: [Int64] = []
            for number in 0..<3653 {
                let day = CivilDate(daysSinceEpoch: 18_293 + number)!
                if falls(recurrence, on: day) { expected.append(comes(day, minute, offsets)) }
            }
            var found: [Int64] = []
            var instant = expected[0] - 1
            while found.count < expected.count, let next = timing.next(after: instant, offsets) {
                found.append(next)
                instant = next
            }
            #expect(found == expected, "\(Zones.all[zone].name) \(recurrence) \(timing.timeOfDay)")
            #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func `the next due time does not depend on where between two due times one asks`() {
        var random = SplitMix64(seed: 77)
        for _ in 0..<2000 {
            let offsets = Zones.all.randomElement(using: &random)!.offsets
            let recurrence: Recurrence = [
                .daily, .weekly(.sunday), .monthly(day: .random(in: 1...31, using: &random)),
                .yearly(month: 3, day: .random(in: 1...31, using: &random)),
            ].randomElement(using: &random)!
            let timing = Timing(recurrence, minute: .random(in: 0...1439, using: &random), timeZone: "")
            let asked = Int64.random(in: utc("2021-01-01 00:00")...utc("2034-01-01 00:00"), using: &random)
            let next = timing.next(after: asked, offsets)!
            #expect(next > asked && next <= asked + Timing.lookahead)
            let between = Int64.random(in: asked..<next, using: &random)
            #expect(timing.next(after: between, offsets) == next)
            #expect(timing.latest(from: next, to: next + 1, offsets).due == next)
        }
    }
}
