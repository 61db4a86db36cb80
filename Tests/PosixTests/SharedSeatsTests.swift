import Posix
import Testing

@Suite struct SharedSeatsTests {
    @Test func `a party has its seats and no more, and gets one when another is left`() throws {
        let seats = try SharedSeats(count: 4)
        let (first, _) = (seats.take([1, 7], limits: [2, 3], now: 1), seats.take([1, 7], limits: [2, 3], now: 1))
        #expect(seats.take([1, 7], limits: [2, 3], now: 1) == .partyFull(0))
        #expect(Self.seat(seats.take([2, 7], limits: [2, 3], now: 1)) != nil)
        #expect(seats.take([3, 7], limits: [2, 3], now: 1) == .partyFull(1), "three of the second party are taken")
        #expect(Self.seat(seats.take([3, 8], limits: [2, 3], now: 1)) != nil)
        #expect(seats.take([4, 9], limits: [2, 3], now: 1) == .full)
        seats.leave(try #require(Self.seat(first)))
        #expect(Self.seat(seats.take([1, 7], limits: [2, 3], now: 1)) != nil)
    }

    @Test func `a seat that nobody holds any more is free after its lease, and one that is held is not`() throws {
        let seats = try SharedSeats(count: 2)
        let lost = try #require(Self.seat(seats.take([1, 1], limits: [9, 9], now: 1)))
        let held = try #require(Self.seat(seats.take([2, 2], limits: [9, 9], now: 1)))
        seats.hold(held, now: 100_000)
        #expect(seats.take([3, 3], limits: [9, 9], now: SharedSeats.leaseMilliseconds) == .full)
        let next = Self.seat(seats.take([3, 3], limits: [9, 9], now: SharedSeats.leaseMilliseconds + 1))
        #expect(next?.number == lost.number)
        // The one that had it before does not keep or free what is another's now.
        seats.hold(lost, now: 1 << 40)
        seats.leave(lost)
        #expect(seats.take([4, 4], limits: [9, 9], now: SharedSeats.leaseMilliseconds + 2) == .full)
        seats.clear()
        #expect(Self.seat(seats.take([4, 4], limits: [1, 1], now: 5)) != nil)
    }

    private static func seat(_ answer: SharedSeats.Answer) -> SharedSeats.Seat? {
        if case .seat(let seat) = answer { seat } else { nil }
    }
}
