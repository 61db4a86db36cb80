/// When a message is tried again that did not arrive: after 5 s, 20 s, 80 s … for about a day, each by chance up to a quarter
/// later, so that messages that failed together do not come back together.
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
        var delay = first
        for _ in 1..<max(1, min(attempt, 16)) { delay = min(Self.longest, delay * 4) }
        delay = min(Self.longest, max(delay, asked ?? 0))
        return delay + Int(Double(delay) * 0.25 * chance)
    }
}
