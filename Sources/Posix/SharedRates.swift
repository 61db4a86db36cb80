/// How often something happened for a key in the last minute, in memory that forked processes share: no lock, no round
/// trip, and a process that is killed leaves nothing behind.
///
/// A key has a window of a minute that begins with its first event; events in the window before count by the share of
/// that window that the last 60 seconds still cover. So the first `limit` events of a burst get through and no more,
/// and over time no minute has many more than `limit`.
///
///     set of 8 ways:  [name][start:28 previous:18 current:18]  [name][…] …        one atomic word each
///
/// The table does not grow. A new key takes a free way of its set, else the one that has been quiet for longest: with
/// two windows over, forgetting it changes nothing. A race between two processes that take the same way can lose a
/// count, never more.
package final class SharedRates {
    package static let windowSeconds: Int64 = 60
    /// The highest limit that can be told apart.
    package static let maximumLimit = 1 << 18 - 1

    private let words: SharedCounters
    private let sets: Int
    private static let ways = 8

    /// - Parameter keys: how many are remembered at once, at most; 16 bytes each.
    package init(keys: Int = 65_536) throws(PosixError) {
        sets = max(1, keys / Self.ways)
        words = try SharedCounters(count: sets * Self.ways * 2)
    }

    package struct Verdict: Equatable, Sendable {
        /// Whether the event is within the limit; only then it was counted.
        package let isWithin: Bool
        /// How many more would be, right now.
        package let remaining: Int
        /// Seconds until the key's window ends.
        package let resetSeconds: Int
        /// Seconds until one more is within the limit; 0 when one is already.
        package let retrySeconds: Int
    }

    /// Counts one event when it is within `limit` a minute.
    /// - Parameter now: milliseconds of the monotonic clock.
    package func take(_ key: UInt64, limit: Int, now: Int64) -> Verdict {
        let place = place(of: key, now: now)
        while true {
            let stored = words[place + 1]
            var window = Window(stored).rolled(to: now)
            guard window.used(at: now) < limit else { return verdict(window, isWithin: false, limit, now) }
            window.current = min(window.current + 1, Self.maximumLimit)
            if words.exchange(place + 1, expecting: stored, for: window.word) {
                return verdict(window, isWithin: true, limit, now)
            }
        }
    }

    /// Counts one event without a limit.
    package func count(_ key: UInt64, now: Int64) {
        _ = take(key, limit: .max, now: now)
    }

    /// How things stand, without counting anything.
    package func look(_ key: UInt64, limit: Int, now: Int64) -> Verdict {
        let window = find(key).map { Window(words[$0 + 1]).rolled(to: now) } ?? Window(0).rolled(to: now)
        return verdict(window, isWithin: window.used(at: now) < limit, limit, now)
    }

    private func verdict(_ window: Window, isWithin: Bool, _ limit: Int, _ now: Int64) -> Verdict {
        let retry = (0...2 * Int(Self.windowSeconds) + 1).first { seconds in
            let then = now + Int64(seconds) * 1000
            return window.rolled(to: then).used(at: then) < limit
        }
        return Verdict(
            isWithin: isWithin, remaining: max(0, limit - window.used(at: now)),
            resetSeconds: Int(max(1, window.start + Self.windowSeconds - now / 1000)),
            retrySeconds: retry ?? Int(Self.windowSeconds))
    }

    // MARK: Places

    private func place(_ set: Int, _ way: Int) -> Int { (set * Self.ways + way) * 2 }

    private func find(_ key: UInt64) -> Int? {
        let name = Self.name(key)
        let set = Int(key % UInt64(sets))
        return (0..<Self.ways).lazy.map { self.place(set, $0) }.first { self.words[$0] == name }
    }

    private func place(of key: UInt64, now: Int64) -> Int {
        let name = Self.name(key)
        let set = Int(key % UInt64(sets))
        while true {
            if let place = find(key) { return place }
            var victim = place(set, 0)
            var quietest = Int64.max
            for way in 0..<Self.ways {
                let place = place(set, way)
                let start = words[place] == 0 ? -1 : Window(words[place + 1]).start
                if start < quietest { (victim, quietest) = (place, start) }
            }
            let old = words[victim]
            if words.exchange(victim, expecting: old, for: name) {
                words[victim + 1] = Window(start: now / 1000, previous: 0, current: 0).word
                return victim
            }
        }
    }

    /// 0 is a free way.
    private static func name(_ key: UInt64) -> Int64 { Int64(bitPattern: key == 0 ? 1 : key) }

    /// The counts of one key.
    private struct Window {
        /// Seconds of the monotonic clock, of 28 bits: eight years.
        var start: Int64
        var previous: Int
        var current: Int

        init(start: Int64, previous: Int, current: Int) {
            self.start = start
            self.previous = previous
            self.current = current
        }

        init(_ word: Int64) {
            let bits = UInt64(bitPattern: word)
            self.init(
                start: Int64(bits >> 36), previous: Int(bits >> 18 & 0x3FFFF), current: Int(bits & 0x3FFFF))
        }

        var word: Int64 {
            Int64(bitPattern: UInt64(start & 0xFFF_FFFF) << 36 | UInt64(previous) << 18 | UInt64(current))
        }

        /// The window that `now` is in.
        func rolled(to now: Int64) -> Window {
            let age = now / 1000 - start
            if age < SharedRates.windowSeconds, age >= 0 { return self }
            if age >= 0, age < 2 * SharedRates.windowSeconds {
                return Window(start: start + SharedRates.windowSeconds, previous: current, current: 0)
            }
            return Window(start: now / 1000, previous: 0, current: 0)
        }

        func used(at now: Int64) -> Int {
            let left = (start + SharedRates.windowSeconds) * 1000 - now
            let share = max(0, min(1000 * SharedRates.windowSeconds, left))
            // Rounded up: while anything of the last window counts, it counts as one at least.
            let earlier = (Int64(previous) * share + 1000 * SharedRates.windowSeconds - 1)
            return current + Int(earlier / (1000 * SharedRates.windowSeconds))
        }
    }
}
