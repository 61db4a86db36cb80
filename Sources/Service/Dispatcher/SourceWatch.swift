import Posix

/// Whether the source answers, as this host's exports find out.
///
///     answers ── an export does not reach it ──▶ away: nothing is begun until `retryAt`, then one export at a time
///        ▲                                          │ reaches it            │ does not: the pause grows
///        └──────────────────────────────────────────┘                       └──▶ away
struct SourceWatch {
    private var timer = RetryTimer(Backoff(first: 1_000, longest: 30_000))

    /// Monotonic milliseconds before which the source is left alone.
    var retryAt: Int64 { timer.retryAt }

    var isAway: Bool { timer.failures > 0 }

    /// An export did not reach the source. Those that began together with one that failed say nothing new.
    /// - Returns: whether it was not known to be away.
    mutating func missed(now: Int64, chance: Double = Random.fraction()) -> Bool {
        guard now >= retryAt else { return false }
        timer.failed(at: now, chance: chance)
        return timer.failures == 1
    }

    /// An export has reached the source.
    /// - Returns: whether it was taken to be away.
    mutating func answered() -> Bool {
        guard isAway else { return false }
        timer.succeeded()
        return true
    }

    /// Whether an export may begin.
    /// - Parameter trying: whether one is under way that has not reached the source yet.
    func mayTry(trying: Bool) -> Bool { !isAway || !trying }
}
