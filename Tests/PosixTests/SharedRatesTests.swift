import Testing

@testable import Posix

/// The counts of a minute; the clock is passed in.
@Suite struct SharedRatesTests {
    private let begin: Int64 = 5_000_000_500

    @Test func `a burst gets as many as the limit through, and not one more`() throws {
        let rates = try SharedRates(keys: 64)
        for number in 0..<1000 {
            let verdict = rates.take(7, limit: 1000, now: begin + Int64(number) * 59)
            #expect(verdict.isWithin && verdict.remaining == 999 - number)
        }
        let refused = rates.take(7, limit: 1000, now: begin + 59_100)
        #expect(!refused.isWithin && refused.remaining == 0 && refused.resetSeconds >= 1)
        #expect(rates.take(8, limit: 1000, now: begin + 59_100).isWithin)
    }

    @Test(arguments: [1, 2, 5, 60, 1000])
    func `after as many seconds as a refusal says one more gets through, and not before`(_ limit: Int) throws {
        let rates = try SharedRates(keys: 64)
        for _ in 0..<limit { #expect(rates.take(1, limit: limit, now: begin).isWithin) }
        var now = begin
        for _ in 0..<20 {
            let refused = rates.take(1, limit: limit, now: now)
            guard !refused.isWithin else {
                now += 997
                continue
            }
            #expect(refused.retrySeconds > 0)
            if refused.retrySeconds > 1 {
                #expect(!rates.look(1, limit: limit, now: now + Int64(refused.retrySeconds - 1) * 1000).isWithin)
            }
            now += Int64(refused.retrySeconds) * 1000
            #expect(rates.take(1, limit: limit, now: now).isWithin)
        }
    }

    @Test func `no minute of a steady crowd has more than the limit and a rounding`() throws {
        let rates = try SharedRates(keys: 64)
        var taken: [Int64] = []
        for now in stride(from: begin, to: begin + 600_000, by: 150) where rates.take(3, limit: 100, now: now).isWithin
        {
            taken.append(now)
        }
        #expect(taken.count > 900)
        for (index, first) in taken.enumerated() {
            let minute = taken[index...].prefix { $0 < first + 60_000 }.count
            #expect(minute <= 105, "\(minute) in the minute after \(first - begin)")
        }
    }

    @Test func `a look counts nothing, and a key that is quiet for two minutes begins anew`() throws {
        let rates = try SharedRates(keys: 64)
        for _ in 0..<5 { rates.count(9, now: begin) }
        for _ in 0..<50 { #expect(!rates.look(9, limit: 5, now: begin + 1000).isWithin) }
        #expect(rates.look(9, limit: 6, now: begin + 1000).remaining == 1)
        #expect(rates.look(9, limit: 5, now: begin + 121_000).remaining == 5)
        #expect(rates.look(10, limit: 5, now: begin).remaining == 5)
    }

    @Test func `when there are more keys than places, those that are quiet for longest are forgotten`() throws {
        let rates = try SharedRates(keys: 8)
        for key in 1...8 { rates.count(UInt64(key), now: begin + Int64(key) * 1000) }
        rates.count(100, now: begin + 10_000)
        #expect(rates.look(1, limit: 1, now: begin + 10_000).isWithin)
        for key in [2, 8, 100] { #expect(!rates.look(UInt64(key), limit: 1, now: begin + 10_000).isWithin) }
    }

    @Test func `many keys keep apart`() throws {
        let rates = try SharedRates(keys: 65_536)
        var random = SystemRandomNumberGenerator()
        let keys = (0..<5000).map { _ in random.next() }
        for (index, key) in keys.enumerated() {
            for _ in 0..<(index % 4 + 1) { rates.count(key, now: begin) }
        }
        let wrong = keys.enumerated().count {
            rates.look($0.element, limit: 10, now: begin).remaining != 9 - $0.offset % 4
        }
        #expect(wrong == 0)
    }
}
