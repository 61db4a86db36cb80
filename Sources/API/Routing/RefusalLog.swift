import Identity
import Posix

/// Tells the log why credentials are refused, and not how often: a client with an old token asks every second.
///
/// In each minute the first few refusals of a reason are logged; the number of the others stands with the next one of
/// that reason. There are few reasons, so clients cannot make the memory grow.
struct RefusalLog {
    private struct Count {
        /// Monotonic milliseconds.
        var since: Int64
        var told = 0
        var untold = 0
    }

    private var counts: [String: Count] = [:]

    private static let mostInWindow = 5
    private static let windowMilliseconds: Int64 = 60_000

    /// - Returns: how many of this reason were passed over since the last that was told; nil when this one is, too.
    mutating func take(_ refusal: CredentialRefusal, at now: Int64 = Clock.monotonicMilliseconds) -> Int? {
        var count = counts[refusal.reason] ?? Count(since: now)
        defer { counts[refusal.reason] = count }
        if now - count.since >= Self.windowMilliseconds { count = Count(since: now, untold: count.untold) }
        guard count.told < Self.mostInWindow else {
            count.untold += 1
            return nil
        }
        let untold = count.untold
        count.told += 1
        count.untold = 0
        return untold
    }
}
