import Posix

/// Whether the source answers, as this host's exports find out.
///
///     answers ── an export does not reach it ──▶ away: nothing is begun until `retryAt`, then one export at a time
///        ▲                                          │ reaches it            │ does not: the pause grows
///        └──────────────────────────────────────────┘                       └──▶ away
struct SourceWatch {
    private var failures = 0
    /// Monotonic milliseconds before which the source is left alone.
    private(set) var retryAt: Int64 = 0

    private static let pauses = Backoff(first: 1_000, longest: 30_000)

    var isAway: Bool { failures > 0 }

    /// An export did not reach the source. Those that began together with one that failed say nothing new.
    /// - Returns: whether it was not known to be away.
    mutating func missed(now: Int64, chance: Double = Random.fraction()) -> Bool {
        guard now >= retryAt else { return false }
        failures += 1
        retryAt = now + Self.pauses.pause(after: failures, chance: chance)
        return failures == 1
    }

    /// An export has reached the source.
    /// - Returns: whether it was taken to be away.
    mutating func answered() -> Bool {
        guard isAway else { return false }
        failures = 0
        retryAt = 0
        return true
    }

    /// Whether an export may begin.
    /// - Parameter trying: whether one is under way that has not reached the source yet.
    func mayTry(trying: Bool) -> Bool { !isAway || !trying }
}
