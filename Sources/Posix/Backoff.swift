/// Pauses that grow from one failure to the next: the first one, twice that, four times … up to the longest, each up to
/// a quarter longer or shorter by chance, so that processes that failed together do not come back together.
package struct Backoff: Equatable, Sendable {
    /// Milliseconds.
    package let first: Int64
    /// Milliseconds.
    package let longest: Int64
    /// By how much each pause is longer than the one before.
    package let factor: Int64

    package init(first: Int64, longest: Int64, factor: Int64 = 2) {
        self.first = first
        self.longest = longest
        self.factor = factor
    }

    /// The pause without chance.
    /// - Parameter failure: from 1, in a row.
    /// - Returns: milliseconds.
    package func length(after failure: Int) -> Int64 {
        var length = min(first, longest)
        var left = failure - 1
        while left > 0, length < longest {
            length = min(longest, length * factor)
            left -= 1
        }
        return length
    }

    /// - Parameters:
    ///   - failure: from 1, in a row.
    ///   - chance: 0 to 1.
    /// - Returns: milliseconds.
    package func pause(after failure: Int, chance: Double = Random.fraction()) -> Int64 {
        Int64(Double(length(after: failure)) * (0.75 + chance / 2))
    }
}

/// How often something has failed in a row, and when it may be tried again.
package struct RetryTimer: Equatable, Sendable {
    private let pauses: Backoff
    package private(set) var failures = 0
    /// Monotonic milliseconds before which it is not tried.
    package private(set) var retryAt: Int64 = 0

    package init(_ pauses: Backoff) {
        self.pauses = pauses
    }

    /// - Parameters:
    ///   - now: monotonic milliseconds.
    ///   - chance: 0 to 1.
    package mutating func failed(at now: Int64, chance: Double = Random.fraction()) {
        failures += 1
        retryAt = now + pauses.pause(after: failures, chance: chance)
    }

    /// The next failure is the first of its row again.
    package mutating func succeeded() {
        failures = 0
        retryAt = 0
    }
}
