import Posix

/// Since when each responder has been busy with one request, in memory that all of them share.
///
/// Lets the supervisor tell a responder that is stuck (half a record on a connection blocks libfcgi for ever) from one
/// that is idle, and kill it; nothing else could, since a blocked read does not see a signal that is blocked.
package final class Scoreboard {
    private let counters: SharedCounters
    package let slots: Int

    package init(slots: Int) throws(PosixError) {
        self.slots = slots
        counters = try SharedCounters(count: slots + 1)
    }

    /// Set by the supervisor before it tells the responders to end for good: its socket file is gone by then, and
    /// they answer what is still waiting on the socket before they end.
    package var isClosing: Bool {
        get { counters[0] != 0 }
        set { counters[0] = newValue ? 1 : 0 }
    }

    /// Monotonic milliseconds at which the slot's request began, 0 while it waits.
    package subscript(slot: Int) -> Int64 {
        get { counters[slot + 1] }
        set { counters[slot + 1] = newValue }
    }
}
