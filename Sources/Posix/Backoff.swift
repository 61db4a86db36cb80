/// Pauses that grow from one failure to the next: the first one, twice that, four times … up to the longest, each up to a
/// quarter longer or shorter by chance, so that those who failed together do not come back together.
package struct Backoff: Equatable, Sendable {
    /// Milliseconds.
    package let first: Int64
    /// Milliseconds.
    package let longest: Int64

    package init(first: Int64, longest: Int64) {
        self.first = first
        self.longest = longest
    }

    /// - Parameters:
    ///   - failure: from 1, in a row.
    ///   - chance: 0 to 1.
    /// - Returns: milliseconds.
    package func pause(after failure: Int, chance: Double = Random.fraction()) -> Int64 {
        let doubled = first << Int64(min(max(failure, 1) - 1, 30))
        return Int64(Double(min(longest, doubled)) * (0.75 + chance / 2))
    }
}
