import Posix
import Testing

@testable import API

/// Refused attempts are counted before they are written; the clock is passed in.
struct RefusedAttemptsTests {
    /// The beginning of a minute.
    private static let begin: Int64 = 60_000 * 1000

    private func limits() throws -> RequestLimits {
        RequestLimits(
            try SharedRates(keys: 1024), secret: [1], perMinute: nil, loginFailures: 5, refusals: 60)
    }

    @Test func `beyond sixty a minute from one address there is one row a minute, which says how many`() throws {
        let limits = try limits()
        func minute(_ number: Int64, _ attempts: Int) -> [RequestLimits.Refusal] {
            (0..<attempts).map { limits.refused(from: "192.0.2.1", now: Self.begin + number * 60_000 + Int64($0)) }
        }
        let first = minute(0, 5000)
        #expect(first.count { $0 == .alone } == 60 && first.count { $0 == .repeated(before: 0) } == 1)
        #expect(first.count { $0 == .untold } == 5000 - 61)
        for number in 1...3 as ClosedRange<Int64> {
            let next = minute(number, 5000)
            #expect(next.count { $0 == .untold } == 4999)
            #expect(next.first == .repeated(before: number == 1 ? 5000 - 61 : 4999))
        }
        // Others are told one by one, and so is this one when it has been quiet.
        #expect(limits.refused(from: "192.0.2.2", now: Self.begin + 100) == .alone)
        #expect(minute(9, 1) == [.alone])
    }

    @Test func `addresses of one 64 bit network are one`() throws {
        let limits = try limits()
        let now = Self.begin
        for number in 1...60 {
            #expect(limits.refused(from: "2001:db8:0:1::\(String(number, radix: 16))", now: now) == .alone)
        }
        #expect(limits.refused(from: "2001:db8:0:1:ffff::1", now: now) == .repeated(before: 0))
        #expect(limits.refused(from: "2001:db8:0:2::1", now: now) == .alone)
        #expect(limits.refused(from: "::ffff:192.0.2.1", now: now) == .alone)
        for number in 1...5 { limits.recordFailure(name: "user-\(number)", address: "2001:db8:0:3::\(number)") }
        #expect(limits.pause(name: "another", address: "2001:db8:0:3:1::") != nil)
        #expect(limits.pause(name: "another", address: "2001:db8:0:4::1") == nil)
    }

    @Test func `a user who is guessed at from one network logs in from others`() throws {
        let limits = try limits()
        for number in 1...5 { limits.recordFailure(name: "ann", address: "192.0.2.\(number)") }
        #expect(limits.pause(name: "ann", address: "192.0.2.200") != nil)
        #expect(limits.pause(name: "ann", address: "192.0.3.1") == nil)
        #expect(limits.pause(name: "ann", address: "2001:db8::1") == nil)
        #expect(limits.pause(name: "bob", address: "192.0.2.200") == nil)
    }
}
