/// Judges others by their silence, and only by the time in which the judge itself was awake: after the whole machine
/// has stood still, or the clock has jumped, no process has had a chance to give a sign of life yet.
package struct SilenceWatch {
    /// Milliseconds without a sign of life.
    let limit: Int64
    /// Monotonic milliseconds of the last look, and since when looks have come regularly.
    private var lookedAt: Int64?
    private var awakeSince: Int64 = 0

    /// Milliseconds by which a look may be late without a meaning; looks come every few seconds.
    private static let slackMilliseconds: Int64 = 6_000

    package init(limit: Int64) {
        self.limit = limit
    }

    /// Called before each round of judgements.
    mutating func look(at now: Int64) {
        if let lookedAt, now - lookedAt > limit / 2 + Self.slackMilliseconds { awakeSince = now }
        lookedAt = now
    }

    /// - Parameter beat: monotonic milliseconds of the last sign of life.
    func isSilent(since beat: Int64, at now: Int64) -> Bool { now - max(beat, awakeSince) > limit }
}
