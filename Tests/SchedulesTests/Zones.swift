import Time

@testable import Schedules

/// Zones by their rules, made here and not by the program, as they hold from 2020 on. Offsets in seconds.
enum Zones {
    static let utc = fixed(0)
    /// Nepal.
    static let kathmandu = fixed(20_700)
    /// Last Sundays of March and October, 01:00 UTC.
    static let oslo = yearly { year in
        [(last(.sunday, year, 3) + 3_600, 7_200), (last(.sunday, year, 10) + 3_600, 3_600)]
    }
    /// Second Sunday of March and first of November, 02:00 local time.
    static let newYork = yearly { year in
        [(nth(2, .sunday, year, 3) + 25_200, -14_400), (nth(1, .sunday, year, 11) + 21_600, -18_000)]
    }
    /// Half an hour of summer time: first Sunday of October and of April, 02:00 local time.
    static let lordHowe = yearly { year in
        [(nth(1, .sunday, year, 4) - 32_400, 37_800), (nth(1, .sunday, year, 10) - 30_600, 39_600)]
    }
    /// 45 minutes off the hour: last Sunday of September and first of April, 14:00 UTC the day before.
    static let chatham = yearly { year in
        [(nth(1, .sunday, year, 4) - 36_000, 45_900), (last(.sunday, year, 9) - 36_000, 49_500)]
    }
    /// Clocks go forward over midnight: the first Sunday of September, 04:00 UTC, has no 00:00 to 00:59.
    static let santiago = yearly { year in
        [(nth(1, .sunday, year, 4) + 10_800, -14_400), (nth(1, .sunday, year, 9) + 14_400, -10_800)]
    }
    /// Samoa, which went over the date line and has no 30 December 2011.
    static let apia2011 = ZoneOffsets([
        ZoneOffsets.Change(at: day(2011, 1, 1), offset: -36_000),
        ZoneOffsets.Change(at: day(2011, 12, 30) + 36_000, offset: 50_400),
    ])!

    static let all: [(name: String, offsets: ZoneOffsets)] = [
        ("UTC", utc), ("Kathmandu", kathmandu), ("Oslo", oslo), ("New York", newYork), ("Lord Howe", lordHowe),
        ("Chatham", chatham), ("Santiago", santiago),
    ]

    static func fixed(_ offset: Int64) -> ZoneOffsets {
        ZoneOffsets([ZoneOffsets.Change(at: day(2019, 1, 1), offset: offset)])!
    }

    private static func yearly(_ changes: (Int) -> [(at: Int64, offset: Int64)]) -> ZoneOffsets {
        ZoneOffsets((2019...2037).flatMap(changes).map { ZoneOffsets.Change(at: $0.at, offset: $0.offset) })!
    }

    /// Midnight UTC of a day.
    static func day(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        Int64(CivilDate(year: year, month: month, day: day)!.daysSinceEpoch) * 86_400
    }

    private static func nth(_ count: Int, _ weekday: Weekday, _ year: Int, _ month: Int) -> Int64 {
        let first = CivilDate(year: year, month: month, day: 1)!
        let days = (weekday.rawValue - first.weekday.rawValue + 7) % 7 + 7 * (count - 1)
        return day(year, month, 1) + Int64(days) * 86_400
    }

    private static func last(_ weekday: Weekday, _ year: Int, _ month: Int) -> Int64 {
        let following = day(month == 12 ? year + 1 : year, month % 12 + 1, 1)
        return nth(5, weekday, year, month) < following ? nth(5, weekday, year, month) : nth(4, weekday, year, month)
    }
}

/// `2026-03-29 02:30` in UTC as seconds since the Unix epoch.
func utc(_ text: String) -> Int64 {
    Timestamp(rfc3339: text.replacing(" ", with: "T") + (text.count == 16 ? ":00Z" : "Z"))!.seconds
}

/// The other way round.
func shown(_ instant: Int64?) -> String {
    instant.map { String(Timestamp(seconds: $0).rfc3339.prefix(16)).replacing("T", with: " ") } ?? "never"
}

/// A generator with a seed, so that a property test that fails fails again (Steele, Lea, Flood, "Fast Splittable
/// Pseudorandom Number Generators").
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
