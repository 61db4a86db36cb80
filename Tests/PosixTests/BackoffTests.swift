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
}
