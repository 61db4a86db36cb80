import Posix

/// When a message is tried again that did not arrive: after 5 s, 20 s, 80 s … for about a day, each by chance up to a
/// quarter later, so that messages that failed together do not come back together.
package struct RetryDelay: Equatable, Sendable {
    /// Seconds before the second attempt.
    package var first: Int
    package var attempts: Int

    package init(first: Int, attempts: Int) {
        self.first = first
        self.attempts = attempts
    }

    private static let longest = 86_400

    /// - Parameters:
    ///   - attempt: the one that has failed, from 1.
    ///   - asked: seconds that the other side asks to be left alone for.
    ///   - chance: 0 to 1.
    /// - Returns: seconds; nil after the last attempt.
    package func seconds(after attempt: Int, asked: Int?, chance: Double) -> Int? {
        guard attempt < attempts else { return nil }
        let pauses = Backoff(first: Int64(first) * 1000, longest: Int64(Self.longest) * 1000, factor: 4)
        let delay = min(Self.longest, max(Int(pauses.length(after: attempt) / 1000), asked ?? 0))
        return delay + Int(Double(delay) * 0.25 * chance)
    }
}
