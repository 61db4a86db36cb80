import Posix
import Postgres
import SQLText

/// Whether this host and the database agree on the time: links and tokens go by the host's clock, leases, retention and
/// schedules by the database's.
enum ClockCheck {
    /// Seconds; a difference below it is no matter, for links live for minutes.
    private static let tolerated = 10.0

    /// - Throws: `PostgresError` when the database is out of reach.
    static func findings(_ connection: Connection) throws(PostgresError) -> [CheckFinding] {
        let before = Clock.wallMicroseconds
        let row = try connection.query(
            "select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now", "read clock"
        ).first
        guard let theirs = row?.integer("now") else { return [] }
        return findings(theirs: theirs, between: before, and: Clock.wallMicroseconds)
    }

    /// - Parameters:
    ///   - theirs: the database's time in microseconds since 1970, read at some time between the other two.
    ///   - before: this host's time before it was asked for.
    ///   - after: this host's time once it was there.
    static func findings(theirs: Int64, between before: Int64, and after: Int64) -> [CheckFinding] {
        let ahead = Double(theirs < before ? theirs - before : max(0, theirs - after)) / 1e6
        guard abs(ahead) > tolerated else { return [] }
        return [
            CheckFinding(
                subject: "clock", grade: .warning,
                message:
                    "the database's clock is \(Int(abs(ahead))) s \(ahead > 0 ? "ahead of" : "behind") this host's: "
                    + "links and tokens go by this host's, retention and schedules by the database's; set both by NTP")
        ]
    }
}
