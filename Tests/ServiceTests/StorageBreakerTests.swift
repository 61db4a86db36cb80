import API
import Testing

@testable import Service

@Suite struct StorageBreakerTests {
    @Test func `half of the responders may be in the storage at once, the others are told to wait`() throws {
        let breaker = try StorageBreaker(seats: 32, most: 2)
        #expect(breaker.enter(seat: 0, for: 3_000, at: 1) == .enter)
        #expect(breaker.enter(seat: 1, for: 3_000, at: 1) == .enter)
        #expect(breaker.enter(seat: 2, for: 3_000, at: 1) == .wait)
        breaker.leave(seat: 0)
        #expect(breaker.enter(seat: 2, for: 3_000, at: 1) == .enter)
        // A responder whose process was killed has left, too.
        breaker.vacate(seat: 1)
        #expect(breaker.enter(seat: 3, for: 3_000, at: 1) == .enter)
        #expect(breaker.overdue(at: 3_001).isEmpty && !breaker.isSilent)
    }

    @Test func `a call that does not come back is told once, and nothing enters until one that tries it comes back`()
        throws
    {
        let breaker = try StorageBreaker(seats: 8, most: 4)
        #expect(breaker.enter(seat: 0, for: 3_000, at: 10_000) == .enter)
        #expect(breaker.enter(seat: 5, for: 30_000, at: 10_000) == .enter)
        #expect(breaker.overdue(at: 13_000).isEmpty)
        #expect(breaker.overdue(at: 13_001) == [0])
        #expect(breaker.overdue(at: 14_000).isEmpty && breaker.isSilent)
        breaker.vacate(seat: 0)

        #expect(breaker.enter(seat: 1, for: 3_000, at: 14_000) == .refuse)
        // The first that comes after the pause tries it, and it alone.
        #expect(breaker.enter(seat: 1, for: 3_000, at: 18_001) == .enter)
        #expect(breaker.enter(seat: 2, for: 3_000, at: 18_001) == .refuse)
        #expect(breaker.enter(seat: 2, for: 3_000, at: 21_500) == .refuse)
        #expect(breaker.overdue(at: 21_500) == [1])
        breaker.vacate(seat: 1)

        #expect(breaker.enter(seat: 2, for: 3_000, at: 27_000) == .enter)
        breaker.leave(seat: 2)
        #expect(!breaker.isSilent)
        #expect(breaker.enter(seat: 3, for: 3_000, at: 27_001) == .enter)
    }

    @Test func `a try whose process is killed by something else is made again`() throws {
        let breaker = try StorageBreaker(seats: 8, most: 4)
        #expect(breaker.enter(seat: 0, for: 3_000, at: 0) == .enter)
        #expect(breaker.overdue(at: 3_001) == [0])
        #expect(breaker.enter(seat: 1, for: 3_000, at: 8_001) == .enter)
        breaker.vacate(seat: 1)
        #expect(breaker.enter(seat: 2, for: 3_000, at: 16_002) == .enter)
    }
}
