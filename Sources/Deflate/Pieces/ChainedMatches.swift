/// Looks at three places per place: the last that began with the same sixteen bytes, and the last two with the same
/// five; and puts a short match off where the next byte begins a longer one. Places within a match are noted too, every
/// second of them.
///
/// Made for CSV and JSON of tables. Measured beside zlib's level 6, bytes and processor's time: 119 MB of flights as
/// CSV 1.03 and 0.27, the same as JSON lines 1.09 and 0.35, 23 MB of places of the world 1.07 and 0.34; `RecentMatches`
/// 1.08, 1.24 and 1.16 in 0.18, 0.20 and 0.22. (Four bytes instead of five made the CSV longer: digits repeat by
/// chance, and a reference costs more than four of them. Longer chains cost more than they saved.)
package struct ChainedMatches: ~Copyable {
    /// Where five bytes with a hash stood last; then the same of sixteen.
    private let heads: UnsafeMutablePointer<UInt32>
    /// For each place of the window, where the same five bytes may have stood before it.
    private let chain: UnsafeMutablePointer<UInt32>

    private static let hashBits: UInt64 = 15
    private static let shortest = 5
    private static let lookahead = 16
    /// Looks along the chain.
    private static let looks = 2
    /// Matches of so many bytes are taken as they are: no longer one is looked for at the place, …
    private static let long = 32
    /// … or at the next one.
    private static let lazy = 12
    private static let stride = 2

    init() {
        heads = .allocate(capacity: 2 << Self.hashBits)
        heads.initialize(repeating: 0, count: 2 << Self.hashBits)
        chain = .allocate(capacity: DeflateSymbols.window)
        chain.initialize(repeating: 0, count: DeflateSymbols.window)
    }

    deinit {
        heads.deallocate()
        chain.deallocate()
    }

    /// The chain is reached by the heads alone.
    func forget() { heads.update(repeating: 0, count: 2 << Self.hashBits) }

    func tokenize(_ window: MatchWindow, _ range: Range<Int>, into output: inout TokenBlock.Appender) {
        let end = range.upperBound
        var tokens = output
        var at = range.lowerBound
        while at &+ Self.lookahead <= end {
            var match = find(window, at, end, over: Self.shortest &- 1)
            guard match.distance > 0 else {
                tokens.append(literal: window.bytes[at])
                at &+= 1
                continue
            }
            while match.length < Self.lazy, at &+ 1 &+ Self.lookahead <= end {
                let next = find(window, at &+ 1, end, over: match.length)
                if next.distance == 0 { break }
                tokens.append(literal: window.bytes[at])
                at &+= 1
                match = next
            }
            tokens.append(length: match.length, distance: match.distance)
            let noted = min(at &+ match.length, end &- 8)
            var inside = at &+ 2
            while inside < noted {
                _ = note(window, inside)
                inside &+= Self.stride
            }
            at &+= match.length
        }
        while at < end {
            tokens.append(literal: window.bytes[at])
            at &+= 1
        }
        output = tokens
    }

    /// Notes a place by its first five bytes.
    /// - Returns: the last place that may have begun with them.
    @inline(__always)
    private func note(_ window: MatchWindow, _ at: Int) -> UInt32 {
        let word = MatchWindow.word(UnsafeRawPointer(window.bytes + at))
        let slot = MatchWindow.slot(word << 24, bits: Self.hashBits)
        let place = window.place(at)
        let last = heads[slot]
        chain[Int(place) & (DeflateSymbols.window - 1)] = last
        heads[slot] = place
        return last
    }

    /// Notes a place and finds the longest of the matches that it looks at.
    /// - Returns: a distance of 0 when none is longer than `best`.
    @inline(__always)
    private func find(
        _ window: MatchWindow, _ at: Int, _ end: Int, over best: Int
    ) -> (length: Int, distance: Int) {
        let here = UnsafeRawPointer(window.bytes + at)
        let word = MatchWindow.word(here)
        let place = window.place(at)
        let limit = window.limit(at)
        let longest = min(DeflateSymbols.longestMatch, end &- at)
        var length = best
        var distance = 0
        var candidate = note(window, at)

        let longHeads = heads + 1 << Int(Self.hashBits)
        let longSlot = MatchWindow.slot(word &* 3 ^ MatchWindow.word(here + 8), bits: Self.hashBits)
        let far = place &- longHeads[longSlot]
        longHeads[longSlot] = place
        if far &- 1 < limit, MatchWindow.word(here - Int(far)) == word {
            let found = MatchWindow.alike(here, here - Int(far), from: 8, limit: longest)
            if found > length {
                length = found
                distance = Int(far)
                if found >= Self.long { return (length, distance) }
            }
        }
        for _ in 0..<Self.looks {
            let back = place &- candidate
            guard back &- 1 < limit else { break }
            let there = here - Int(back)
            // The byte that would make the match longer is looked at first.
            if length < longest, there.load(fromByteOffset: length, as: UInt8.self) == window.bytes[at &+ length],
                (MatchWindow.word(there) ^ word) << 24 == 0
            {
                let found = MatchWindow.alike(here, there, from: Self.shortest, limit: longest)
                if found > length {
                    length = found
                    distance = Int(back)
                    if found >= Self.long { break }
                }
            }
            candidate = chain[Int(candidate) & (DeflateSymbols.window - 1)]
        }
        return (length, distance)
    }
}
