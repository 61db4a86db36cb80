import Testing

@testable import Service

/// Which requests are slow. Times are microseconds.
struct RequestTimeTests {
    @Test func `a request is slow from its limit on, what it waits on purpose not counted`() {
        let time = RequestTime(slowMilliseconds: 10)
        time.begin(at: 1_000_000)
        #expect(!time.isSlow(at: 1_009_999) && time.isSlow(at: 1_010_000))
        // Twice, as when it is tried again after its connection was lost.
        for start in [1_002_000, 1_500_000] as [Int64] {
            time.pause(at: start)
            time.goOn(at: start + 400_000)
        }
        #expect(time.took(at: 1_900_000) == 900_000 && time.isSlow(at: 1_900_000))
        #expect(!time.isSlow(at: 1_809_999))
    }

    @Test func `one that was not let wait, and the request after it, count whole`() {
        let time = RequestTime(slowMilliseconds: 10)
        time.begin(at: 0)
        time.pause(at: 5_000)
        #expect(time.isSlow(at: 10_000))
        time.begin(at: 20_000)
        time.goOn(at: 29_000)
        #expect(!time.isSlow(at: 29_999) && time.isSlow(at: 30_000))
        let never = RequestTime(slowMilliseconds: nil)
        never.begin(at: 0)
        #expect(!never.isSlow(at: .max))
    }
}
