import Time

/// Days and fractions of days as spreadsheets count them, from PostgreSQL's DateStyle ISO.
///
/// Day 1 is 1900-01-01 and there is a 1900-02-29, which never was; so the count is only right from 1900-03-01 (day 61)
/// on, and dates before it are written as text. So are years above 9999, which spreadsheets do not have.
enum SerialDate {
    /// 1900-03-01 and 9999-12-31.
    static let days = 61...2_958_465

    /// From 1899-12-30, which is day 0 as far as `days` go, to 1970-01-01.
    private static let daysBefore1970 = 25_569

    /// The day of `YYYY-MM-DD`, given as its first eight bytes and its last two; nil when it is not a date of that
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
        let serial = GregorianCalendar.days(year: year, month: month, day: day) + daysBefore1970
        return days.contains(serial) ? serial : nil
    }

    /// The second of a day that `HH:MM:SS[.ffffff][±zone]` lies in; nil when it is not of that form. The zone is left
    /// out, because the clock on the wall is written. So is the fraction, since a cell's format shows seconds and
    /// readers round the rest: 23:59:59.9996 would be the next day in most of them.
    @inline(__always)
    static func timeOfDay(_ text: UnsafePointer<UInt8>, count: Int) -> UInt32? {
        guard count >= 8 else { return nil }
        let clock = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
        guard clock & 0x0000_FF00_00FF_0000 == 0x0000_3A00_003A_0000 else { return nil }
        let digits = clock & 0xFFFF_00FF_FF00_FFFF | 0x0000_3000_0030_0000
        guard Decimal.areDigits(digits, count: 8) else { return nil }
        func pair(_ place: UInt64) -> UInt32 {
            UInt32(truncatingIfNeeded: ((clock >> (place * 8)) & 0x0F) * 10 + ((clock >> (place * 8 + 8)) & 0x0F))
        }
        guard pair(0) < 24, pair(3) < 60, pair(6) < 60 else { return nil }
        var at = 8
        if at < count && text[at] == UInt8(ascii: ".") {
            at += 1
            while at < count && text[at] >= 0x30 && text[at] <= 0x39 { at += 1 }
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
        return pair(0) * 3600 + pair(3) * 60 + pair(6)
    }

    /// The part of a day that a second of it is, in units of 10^-12 days (0.09 µs), so that readers that round and
    /// readers that cut show the same second.
    ///
    /// Up to day 65,535 (2079) a double is at most 0.31 µs away, and readers that cut have rounded to microseconds
    /// before. Later ones are up to 20 µs away, either way: 26 µs more keep them from falling into the second before.
    /// Multiples of 1/128 of a day, such as noon, are doubles.
    @inline(__always)
    static func fraction(ofSecond second: UInt32, isLate: Bool) -> UInt64 {
        // 10^12 / 86,400 = 312,500,000 / 27.
        let units = (UInt64(second) * 312_500_000 + 13) / 27
        return isLate && second % 675 != 0 ? units + 300 : units
    }

    /// Whether a day is one whose seconds doubles keep less well than to a microsecond.
    @inline(__always)
    static func isLate(_ day: Int) -> Bool { day >= 65_536 }
}
