/// Looks twice per place: at the last place that began with the same sixteen bytes, and at the last with the same five.
/// Where there are hints it looks there instead, and searches values alone.
///
/// Made for the XML of worksheets, in which nearly everything has stood a cell or a row ago. The long look is what
/// tells one column's cell from its neighbour's. (Tables of a half and a quarter the size were slower: places that
/// share a slot cost more than a smaller cache.)
package struct RecentMatches: ~Copyable {
    /// Where five bytes with a hash stood last; then the same of sixteen.
    private let heads: UnsafeMutablePointer<UInt32>

    private static let hashBits: UInt64 = 15
    private static let shortest = 5
    /// How many bytes the longer look takes in.
    private static let lookahead = 16
    /// Matches of so many bytes are worth a reference to the row above, and to a neighbour.
    private static let shortestAbove = 4
    private static let shortestBeside = 3

    init() {
        heads = .allocate(capacity: 2 << Self.hashBits)
        heads.initialize(repeating: 0, count: 2 << Self.hashBits)
    }

    deinit { heads.deallocate() }

    func forget() { heads.update(repeating: 0, count: 2 << Self.hashBits) }

    /// - Parameter hints: of this range and what follows it.
    /// - Returns: how many of the hints are used up.
    func tokenize(
        _ window: MatchWindow, _ range: Range<Int>, _ hints: UnsafeBufferPointer<MatchHints.Hint>,
        into output: inout TokenBlock.Appender
    ) -> Int {
        let end = range.upperBound
        var tokens = output
        var at = range.lowerBound
        var next = 0
        var known = hints.isEmpty ? end : min(end, window.index(hints[0].start))
        while known < end {
            let hint = hints[next]
            search(window, &at, until: known, end, &tokens)
            let value = window.index(hint.end)
            follow(hint, window, &at, until: min(value, end), end, &tokens)
            guard value < end else { break }
            next &+= 1
            known = next < hints.count ? min(end, window.index(hints[next].start)) : end
            if at < known { _ = take(hint.above, Self.shortestAbove, window, &at, end, &tokens) }
        }
        search(window, &at, until: end, end, &tokens)
        output = tokens
        return next
    }

    /// Takes known text from where it stood before.
    @inline(__always)
    private func follow(
        _ hint: MatchHints.Hint, _ window: MatchWindow, _ at: inout Int, until known: Int, _ end: Int,
        _ tokens: inout TokenBlock.Appender
    ) {
        while at < known {
            let isAbove = take(hint.above, Self.shortestAbove, window, &at, end, &tokens)
            guard at < known else { return }
            if take(hint.beside, Self.shortestBeside, window, &at, end, &tokens) { continue }
            if !isAbove, known &- at >= Self.lookahead / 2, at &+ Self.lookahead <= end {
                look(window, &at, end, &tokens)
            } else {
                tokens.append(literal: window.bytes[at])
                at &+= 1
            }
        }
    }

    /// Refers to the bytes that stand so far back, when enough of them are the same.
    @inline(__always)
    private func take(
        _ distance: UInt32, _ shortest: Int, _ window: MatchWindow, _ at: inout Int, _ end: Int,
        _ tokens: inout TokenBlock.Appender
    ) -> Bool {
        guard distance &- 1 < window.limit(at) else { return false }
        let here = UnsafeRawPointer(window.bytes + at)
        let length = MatchWindow.alike(
            here, here - Int(distance), from: 0, limit: min(DeflateSymbols.longestMatch, end &- at))
        guard length >= shortest else { return false }
        tokens.append(length: length, distance: Int(distance))
        at &+= length
        return true
    }

    /// Searches for all bytes before `until`; the last match may run past it.
    @inline(__always)
    private func search(
        _ window: MatchWindow, _ at: inout Int, until: Int, _ end: Int, _ tokens: inout TokenBlock.Appender
    ) {
        while at &+ Self.shortest <= until, at &+ Self.lookahead <= end { look(window, &at, end, &tokens) }
        while at < until {
            tokens.append(literal: window.bytes[at])
            at &+= 1
        }
    }

    /// Notes a place, and goes on by one match or one byte.
    @inline(__always)
    private func look(_ window: MatchWindow, _ at: inout Int, _ end: Int, _ tokens: inout TokenBlock.Appender) {
        let shortHeads = heads
        let longHeads = heads + 1 << Int(Self.hashBits)
        let longest = DeflateSymbols.longestMatch
        let here = UnsafeRawPointer(window.bytes + at)
        let word = MatchWindow.word(here)
        let place = window.place(at)
        let shortSlot = MatchWindow.slot(word << 24, bits: Self.hashBits)
        let longSlot = MatchWindow.slot(word &* 3 ^ MatchWindow.word(here + 8), bits: Self.hashBits)
        let short = place &- shortHeads[shortSlot]
        let long = place &- longHeads[longSlot]
        shortHeads[shortSlot] = place
        longHeads[longSlot] = place
        let limit = window.limit(at)
        if long &- 1 < limit, MatchWindow.word(here - Int(long)) == word {
            let length = MatchWindow.alike(here, here - Int(long), from: 8, limit: min(longest, end &- at))
            tokens.append(length: length, distance: Int(long))
            at &+= length
        } else if short &- 1 < limit, (MatchWindow.word(here - Int(short)) ^ word) << 24 == 0 {
            let length = MatchWindow.alike(here, here - Int(short), from: 0, limit: min(longest, end &- at))
            tokens.append(length: length, distance: Int(short))
            at &+= length
        } else {
            tokens.append(literal: window.bytes[at])
            at &+= 1
        }
    }
}
