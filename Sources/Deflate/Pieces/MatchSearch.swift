/// How earlier bytes are looked for that a piece's bytes can refer to.
package enum MatchSearch: ~Copyable {
    /// Few looks, for the XML of worksheets and for what nobody downloads.
    case recent(RecentMatches)
    /// More looks, for text that people download.
    case chained(ChainedMatches)

    package static var recent: MatchSearch { .recent(RecentMatches()) }
    package static var chained: MatchSearch { .chained(ChainedMatches()) }

    /// Loads touch up to this many bytes past the input.
    static let slack = 16

    /// Turns a range of the window's bytes into tokens.
    /// - Returns: how many of the hints are used up.
    mutating func tokenize(
        _ window: MatchWindow, _ range: Range<Int>, _ hints: UnsafeBufferPointer<MatchHints.Hint>,
        into tokens: inout TokenBlock.Appender
    ) -> Int {
        switch self {
        case .recent(let matches): return matches.tokenize(window, range, hints, into: &tokens)
        case .chained(let matches):
            matches.tokenize(window, range, into: &tokens)
            return hints.count
        }
    }

    /// Forgets all places: what comes next refers to nothing before it.
    mutating func forget() {
        switch self {
        case .recent(let matches): matches.forget()
        case .chained(let matches): matches.forget()
        }
    }
}
