import Posix

/// Which workers of nginx have had a download announced since this service began, in memory that all responders share.
///
/// A worker that was connected to the audit socket of an earlier service notices by the next message, which is lost. So
/// its first download goes by a location that logs a message before it (nginx/penstock.conf, `first`).
package final class NginxWorkers {
    private let seen: SharedCounters

    package init() throws(PosixError) {
        seen = try SharedCounters(count: 256)
    }

    /// Whether a worker is to announce its next download; asked once for each, or again where two share a place.
    package func isNew(_ pid: Int64) -> Bool {
        let place = Int(pid % Int64(seen.count))
        if seen[place] == pid { return false }
        seen[place] = pid
        return true
    }
}
