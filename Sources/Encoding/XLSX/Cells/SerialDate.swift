/// Days and fractions of days as spreadsheets count them, from PostgreSQL's DateStyle ISO.
///
/// Day 1 is 1900-01-01 and there is a 1900-02-29, which never was; so the count is only right from 1900-03-01 (day 61)
/// on, and what lies before it is written as text. So are years above 9999, which spreadsheets do not have.
enum SerialDate {
    /// 1900-03-01 and 9999-12-31.
    static let days = 61...2_958_465

    /// The day of `YYYY-MM-DD`, given as its first eight bytes and its last two; nothing when it is not a date of that
    /// form or not one of `days`.
    @inline(__always)
    static func day(_ yearAndMonth: UInt64, _ dayOfMonth: UInt16) -> Int? {
        // YYYY-MM- with the hyphens turned into zeroes.
        guard yearAndMonth & 0xFF00_00FF_0000_0000 == 0x2D00_002D_0000_0000 else { return nil }
        let digits = yearAndMonth & 0x00FF_FF00_FFFF_FFFF | 0x3000_0030_0000_0000
        guard Decimal.areDigits(digits, count: 8), Decimal.areDigits(UInt64(dayOfMonth), count: 2) else { return nil }
        func digit(_ place: UInt64) -> Int { Int((yearAndMonth >> (place * 8)) & 0x0F) }
        let year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3)
        let month = digit(5) * 10 + digit(6)
        let day = Int(dayOfMonth & 0x0F) * 10 + Int((dayOfMonth >> 8) & 0x0F)
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let serial = daysSince1899(year: year, month: month, day: day)
        return days.contains(serial) ? serial : nil
    }

    /// Days since 1899-12-30 in the Gregorian calendar, by Howard Hinnant's days_from_civil: the year begins in March.
    @inline(__always)
    private static func daysSince1899(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 693_899
    }

    /// The part of a day that `HH:MM:SS[.ffffff][±zone]` is, in units of 10^-11 days (0.9 µs), rounded; nothing when it
    /// is not of that form. The zone is left out: the clock on the wall is what is written.
    ///
    /// A double keeps 10^-11 of a day for any date up to 9999 to within 5·10^-10 days; readers round to milliseconds.
    @inline(__always)
    static func timeOfDay(_ text: UnsafePointer<UInt8>, count: Int) -> UInt64? {
        guard count >= 8 else { return nil }
        let clock = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
        guard clock & 0x0000_FF00_00FF_0000 == 0x0000_3A00_003A_0000 else { return nil }
        let digits = clock & 0xFFFF_00FF_FF00_FFFF | 0x0000_3000_0030_0000
        guard Decimal.areDigits(digits, count: 8) else { return nil }
        func pair(_ place: UInt64) -> UInt64 {
            ((clock >> (place * 8)) & 0x0F) * 10 + ((clock >> (place * 8 + 8)) & 0x0F)
        }
        guard pair(0) < 24, pair(3) < 60, pair(6) < 60 else { return nil }
        var micros = (pair(0) * 3600 + pair(3) * 60 + pair(6)) * 1_000_000
        var at = 8
        if at < count && text[at] == UInt8(ascii: ".") {
            var unit: UInt64 = 100_000
            at += 1
            while at < count && text[at] >= 0x30 && text[at] <= 0x39 {
                micros += UInt64(text[at] & 0x0F) * unit
                unit /= 10
                at += 1
            }
        }
        if at < count {
            guard text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") else { return nil }
            at += 1
            // Digits and colons; a space would be followed by the era.
            while at < count {
                guard text[at] >= 0x30 && text[at] <= 0x3A else { return nil }
                at += 1
            }
        }
        // 10^11 / 86,400·10^6 = 125 / 108.
        return (micros * 125 + 54) / 108
    }
}
