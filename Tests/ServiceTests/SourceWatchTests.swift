import Testing

@testable import Service

@Suite struct SourceWatchTests {
    /// Misses at these times, by a chance that changes no pause.
    /// - Returns: which of them told something new.
    private static func miss(_ watch: inout SourceWatch, at times: [Int64]) -> [Bool] {
        var news: [Bool] = []
        for time in times { news.append(watch.missed(now: time, chance: 0.5)) }
        return news
    }

    @Test func `exports that fail together are one miss, and the pause grows by one`() {
        var watch = SourceWatch()
        #expect(!watch.isAway && watch.mayTry(trying: true))
        #expect(Self.miss(&watch, at: [10_000, 10_001, 10_002, 10_999]) == [true, false, false, false])
        #expect(watch.isAway && watch.retryAt == 11_000)
        var pauses: [Int64] = []
        for _ in 0..<8 {
            let now = watch.retryAt
            // It is told once that the source is away.
            #expect(Self.miss(&watch, at: [now]) == [false])
            pauses.append(watch.retryAt - now)
        }
        #expect(pauses == [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000])
    }

    @Test func `while the source is away one export at a time tries it`() {
        var watch = SourceWatch()
        _ = Self.miss(&watch, at: [0])
        #expect(watch.mayTry(trying: false) && !watch.mayTry(trying: true))
    }

    @Test func `an answer ends the outage at once, and the next one begins with the first pause`() {
        var watch = SourceWatch()
        let early = watch.answered()
        _ = Self.miss(&watch, at: [0, 5_000])
        let first = watch.answered()
        #expect(!watch.isAway && watch.retryAt == 0 && watch.mayTry(trying: true))
        let second = watch.answered()
        #expect([early, first, second] == [false, true, false])
        #expect(Self.miss(&watch, at: [6_000]) == [true])
        #expect(watch.retryAt == 7_000)
    }
}
