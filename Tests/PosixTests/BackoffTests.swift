import Posix
import Testing

@Suite struct BackoffTests {
    @Test func `pauses double up to the longest`() {
        let backoff = Backoff(first: 1_000, longest: 120_000)
        let pauses = (1...9).map { backoff.pause(after: $0, chance: 0.5) }
        #expect(pauses == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000])
        #expect(backoff.pause(after: 1_000_000, chance: 0.5) == 120_000)
        #expect(backoff.pause(after: 0, chance: 0.5) == 1_000)
    }

    @Test func `chance spreads each by a quarter to either side`() {
        let backoff = Backoff(first: 1_000, longest: 120_000)
        #expect(backoff.pause(after: 3, chance: 0) == 3_000)
        #expect(backoff.pause(after: 3, chance: 1) == 5_000)
        for _ in 0..<1000 { #expect((3_000...5_000).contains(backoff.pause(after: 3))) }
    }

    @Test func `pauses may grow by another factor, and the first is never longer than the longest`() {
        let backoff = Backoff(first: 5, longest: 400, factor: 4)
        #expect((1...6).map { backoff.length(after: $0) } == [5, 20, 80, 320, 400, 400])
        #expect(Backoff(first: 500, longest: 100).length(after: 1) == 100)
        #expect(Backoff(first: .max / 2, longest: .max / 2 + 1).length(after: 1) == .max / 2)
    }
}

@Suite struct RetryTimerTests {
    @Test func `each failure in a row waits longer, and a success begins anew`() {
        var timer = RetryTimer(Backoff(first: 100, longest: 300))
        #expect(timer.retryAt == 0 && timer.failures == 0)
        var tries: [Int64] = []
        for now: Int64 in [1_000, 2_000, 3_000, 4_000] {
            timer.failed(at: now, chance: 0.5)
            tries.append(timer.retryAt - now)
        }
        #expect(tries == [100, 200, 300, 300] && timer.failures == 4)
        timer.succeeded()
        #expect(timer == RetryTimer(Backoff(first: 100, longest: 300)))
    }

    /// The monotonic clock of a machine that has started anew is behind: a value of another boot is never kept, but a
    /// time is compared, and nothing is added up.
    @Test func `a clock that is behind only makes the next try later`() {
        var timer = RetryTimer(Backoff(first: 100, longest: 300))
        timer.failed(at: 5_000, chance: 0)
        timer.failed(at: 1_000, chance: 0)
        #expect(timer.retryAt == 1_150)
    }
}
