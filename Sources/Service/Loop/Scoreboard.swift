import Glibc
import Posix

/// Since when each responder has been busy with one request, and which of them wait for a job to be over, in memory that
/// all of them share.
///
/// Lets the supervisor tell a responder that is stuck (half a record on a connection blocks libfcgi for ever) from one
/// that is idle, and kill it; nothing else could, since a blocked read does not see a signal that is blocked.
package final class Scoreboard {
    private let counters: SharedCounters
    /// 1 in the seat of a responder that waits.
    private let waits: SharedCounters
    private let mostWaiting: Int
    /// Which process has which seat. The supervisor's own: a child only knows its seat.
    private var seats: [pid_t?]

    /// - Parameter seats: how many responders there can be at once, those included that a reload has told to end and that
    ///   are still busy. A responder beyond that works without a seat and is not watched.
    /// - Parameter waiting: how many responders may wait at once.
    package init(seats count: Int, waiting: Int = 0) throws(PosixError) {
        seats = Array(repeating: nil, count: count)
        counters = try SharedCounters(count: count + 1)
        waits = try SharedCounters(count: count + 1)
        mostWaiting = waiting
    }

    /// Set by the supervisor before it tells the responders to end for good: nobody can connect any more by then, and they
    /// answer what is still waiting on the socket before they end.
    package var isClosing: Bool {
        get { counters[0] != 0 }
        set { counters[0] = newValue ? 1 : 0 }
    }

    /// A seat for a responder that is about to be forked.
    package func freeSeat() -> Int? {
        guard let seat = seats.firstIndex(of: nil) else { return nil }
        counters[seat + 1] = 0
        waits[seat] = 0
        return seat
    }

    package func take(seat: Int, pid: pid_t) { seats[seat] = pid }

    /// A process has ended; nothing happens when it had no seat.
    package func leave(pid: pid_t) {
        if let seat = seats.firstIndex(of: pid) { seats[seat] = nil }
    }

    /// Called by the responder: its request begins now, or is over.
    package func setBusy(_ busy: Bool, seat: Int?) {
        if let seat { counters[seat + 1] = busy ? Clock.monotonicMilliseconds : 0 }
    }

    /// Called by a responder that would wait.
    /// - Returns: whether it may. Of two that come at the same moment to the last place both may be told no, never both yes.
    package func enterWait(seat: Int?) -> Bool {
        guard let seat else { return false }
        waits[seat] = 1
        if (0..<seats.count).count(where: { waits[$0] != 0 }) <= mostWaiting { return true }
        waits[seat] = 0
        return false
    }

    package func leaveWait(seat: Int?) {
        if let seat { waits[seat] = 0 }
    }

    /// The responders that have been busy with one request for longer than `milliseconds`; each is told once.
    package func stuck(for milliseconds: Int64, at now: Int64) -> [(pid: pid_t, since: Int64)] {
        seats.indices.compactMap { seat in
            let since = counters[seat + 1]
            guard let pid = seats[seat], since != 0, now - since > milliseconds else { return nil }
            counters[seat + 1] = 0
            return (pid, since)
        }
    }
}
