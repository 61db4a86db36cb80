import API
import Posix

/// Which responders are in a call to the storage and until when they may be, and whether it answers, in memory that all
/// of them share.
///
///     answers ── a call takes too long; the supervisor ends its process ──▶ silent: one call each few seconds tries it
///        ▲                                                                     │ comes back
///        └─────────────────────────────────────────────────────────────────────┘
///
/// Only half of the responders may be in such calls at once, so that the others answer what needs no storage from the
/// first moment.
package final class StorageBreaker {
    /// By seat, in monotonic milliseconds: until when the call may last, negative once the supervisor has found that it
    /// has lasted longer; 0 outside a call.
    private let deadlines: SharedCounters
    /// Monotonic milliseconds before which nothing is tried; 0 while the storage answers.
    private let retryAt: SharedCounters
    private let most: Int

    /// Between two tries of a storage that did not answer.
    static let pauseMilliseconds: Int64 = 5_000

    /// - Parameters:
    ///   - seats: as many as the scoreboard has.
    ///   - most: how many responders may be in the storage at once.
    /// - Throws: `PosixError` when there is no memory.
    package init(seats: Int, most: Int) throws(PosixError) {
        deadlines = try SharedCounters(count: max(1, seats))
        retryAt = try SharedCounters(count: 1)
        self.most = max(1, most)
    }

    package var isSilent: Bool { retryAt[0] != 0 }

    /// Called by a responder before a call to the storage. A responder without a seat is not watched and may always.
    /// - Parameter milliseconds: for which the call may last.
    /// - Returns: whether it may begin. Of two that come at the same moment to the last place both may be told to wait.
    package func enter(
        seat: Int?, for milliseconds: Int64, at now: Int64 = Clock.monotonicMilliseconds
    ) -> StorageGate.Answer {
        let retry = retryAt[0]
        if retry != 0 {
            // One of those that come now is the try.
            guard now >= retry, retryAt.exchange(0, expecting: retry, for: now + milliseconds + Self.pauseMilliseconds)
            else { return .refuse }
        }
        guard let seat else { return .enter }
        deadlines[seat] = now + milliseconds
        if (0..<deadlines.count).count(where: { deadlines[$0] != 0 }) <= most { return .enter }
        deadlines[seat] = 0
        return .wait
    }

    /// Called by the responder when the call has come back, whatever it has brought.
    package func leave(seat: Int?) {
        retryAt[0] = 0
        if let seat { deadlines[seat] = 0 }
    }

    /// Called by the supervisor when the process of a seat is gone.
    func vacate(seat: Int) { deadlines[seat] = 0 }

    /// Called by the supervisor: the seats whose call lasts longer than it may, each told once. The storage is taken
    /// not to answer from then on.
    func overdue(at now: Int64) -> [Int] {
        let seats = (0..<deadlines.count).filter { deadlines[$0] > 0 && deadlines[$0] < now }
        for seat in seats { deadlines[seat] = -deadlines[seat] }
        if !seats.isEmpty { retryAt[0] = now + Self.pauseMilliseconds }
        return seats
    }
}
