/// Seats for what lasts a while, each with the keys of the two parties that it is counted for, in memory that forked
/// processes share: no lock, and what a killed process has left behind is free again by itself.
///
/// A process takes a seat and gives it to the one that holds what the seat is for; that process says again and again
/// that it holds it. A seat of which nothing was heard for `leaseMilliseconds` is free.
///
///     [heard: monotonic milliseconds, 0 when it is free][party: hash][party: hash]      three atomic words a seat
package final class SharedSeats {
    /// Longer than a process that holds seats may be busy with something else.
    package static let leaseMilliseconds: Int64 = 150_000

    package struct Seat: Equatable, Hashable, Sendable {
        package let number: Int
        /// Keyed hashes, the narrower party first.
        package let parties: [Int64]

        package init(number: Int, parties: [Int64]) {
            self.number = number
            self.parties = parties
        }
    }

    package enum Answer: Equatable, Sendable {
        case seat(Seat)
        /// No seat is free.
        case full
        /// The party, by its place, has as many as it may.
        case partyFull(Int)
    }

    private let words: SharedCounters
    package let count: Int

    /// - Throws: `PosixError` when there is no memory.
    package init(count: Int) throws(PosixError) {
        self.count = count
        words = try SharedCounters(count: count * 3)
    }

    /// Takes a seat where both parties have fewer than their limits. Of two that come at the same moment to the last
    /// place both may be told no, never both yes.
    package func take(_ parties: [Int64], limits: [Int], now: Int64) -> Answer {
        guard let number = (0..<count).first(where: { claim($0, now: now) }) else { return .full }
        for (place, party) in parties.enumerated() { words[number * 3 + 1 + place] = party }
        for (place, limit) in limits.enumerated() {
            let taken = (0..<count).count {
                isTaken($0, now: now) && words[$0 * 3 + 1 + place] == parties[place]
            }
            if taken > limit {
                words[number * 3] = 0
                return .partyFull(place)
            }
        }
        return .seat(Seat(number: number, parties: parties))
    }

    /// Says that a seat is still held.
    package func hold(_ seat: Seat, now: Int64) {
        if isOf(seat) { words[seat.number * 3] = now }
    }

    /// How many are taken now.
    package func taken(at now: Int64) -> Int { (0..<count).count { words[$0 * 3] > now } }

    package func leave(_ seat: Seat) {
        if isOf(seat) { words[seat.number * 3] = 0 }
    }

    /// Frees all of them, for a process that takes the place of the one that held them.
    package func clear() { for number in 0..<count { words[number * 3] = 0 } }

    private func claim(_ number: Int, now: Int64) -> Bool {
        let heard = words[number * 3]
        return !isFresh(heard, now) && words.exchange(number * 3, expecting: heard, for: now)
    }

    private func isTaken(_ number: Int, now: Int64) -> Bool { isFresh(words[number * 3], now) }

    private func isFresh(_ heard: Int64, _ now: Int64) -> Bool { heard != 0 && now - heard < Self.leaseMilliseconds }

    private func isOf(_ seat: Seat) -> Bool {
        seat.parties.indices.allSatisfy { words[seat.number * 3 + 1 + $0] == seat.parties[$0] }
    }
}
