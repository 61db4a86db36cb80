import Glibc
import Time

/// The local time of a zone at an instant, by the system's time zone data (tzdata, through glibc).
///
/// glibc has one zone a process, TZ. So there is one such value a process, in a child that serves one tenant.
struct ZoneClock {
    /// - Parameter zone: an IANA name.
    /// - Throws: `time_zone_unavailable` when this host does not have the zone; glibc would take UTC for it.
    init(_ zone: String) throws(ExportFailure) {
        let folder = getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"
        // UTC is known without any data.
        guard zone == "UTC" || access("\(folder)/\(zone)", R_OK) == 0 else {
            throw ExportFailure(
                "time_zone_unavailable", "The time zone \(zone) is not known on the server that made the export",
                detail: "no \(folder)/\(zone); install tzdata")
        }
        setenv("TZ", zone == "UTC" ? "UTC0" : ":\(zone)", 1)
        tzset()
    }

    /// - Parameter seconds: since the Unix epoch.
    /// - Returns: the clock, and how many seconds it is ahead of UTC; nil for a year that no clock has.
    func local(_ seconds: Int) -> LocalTime? {
        var time = time_t(seconds)
        var local = tm()
        guard localtime_r(&time, &local) != nil else { return nil }
        return LocalTime(
            year: Int(local.tm_year) + 1900, month: Int(local.tm_mon) + 1, day: Int(local.tm_mday),
            hour: Int(local.tm_hour), minute: Int(local.tm_min), second: Int(local.tm_sec),
            offset: Int(local.tm_gmtoff))
    }
}

/// A reading of a clock: a date of the proleptic Gregorian calendar (the year before 1 is 0), a time of day, and the
/// seconds that the clock is ahead of UTC.
struct LocalTime: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    var offset: Int

    /// Seconds since the Unix epoch.
    var instant: Int {
        let days = GregorianCalendar.days(year: year, month: month, day: day)
        return days * 86_400 + hour * 3600 + minute * 60 + second - offset
    }
}
