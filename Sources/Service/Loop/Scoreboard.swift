import Glibc
import Posix

/// When each process gave its last sign of life, since when each responder has been busy with one request, and which of
/// them wait for a job to be over, in memory that all of them share.
///
/// Lets the supervisor tell a process that hangs from one that has nothing to do, and kill it; nothing else could,
/// since a process that hangs does not see a signal that is blocked. A responder is judged by its request while it has
/// one (half a record on a connection blocks libfcgi for ever), every other process by its beats.
package final class Scoreboard {
    private let counters: SharedCounters
    /// Monotonic milliseconds of each seat's last beat; later than now while something that blocks was announced, 0
    /// once the process was found to hang.
    private let beats: SharedCounters
    /// The `Stay` in the seat of a responder that is held up; 0 in others.
    private let stays: SharedCounters
    private let responders: Int
    /// Which process has which seat. The supervisor's own: a child only knows its seat.
    private var seats: [pid_t?]

    /// - Parameters:
    ///   - seats: how many processes there can be at once, those included that a reload has told to end and that are
    ///     still busy. A process beyond that works without a seat and is not watched.
    ///   - responders: how many there are at once.
    /// - Throws: `PosixError` when there is no memory.
    package init(seats count: Int, responders: Int = 0) throws(PosixError) {
        seats = Array(repeating: nil, count: count)
        counters = try SharedCounters(count: count + 1)
        stays = try SharedCounters(count: count + 1)
        beats = try SharedCounters(count: count + 1)
        self.responders = responders
    }

    /// The supervisor sets this before it tells the responders to end for good: by then nothing can connect any more,
    /// and they answer the requests that still wait on the socket before they end.
    package var isClosing: Bool {
        get { counters[0] != 0 }
        set { counters[0] = newValue ? 1 : 0 }
    }

    /// A seat for a process that is about to be forked, and that has a whole limit to come to its first beat.
    package func freeSeat() -> Int? {
        guard let seat = seats.firstIndex(of: nil) else { return nil }
        counters[seat + 1] = 0
        stays[seat] = 0
        beats[seat] = Clock.monotonicMilliseconds
        return seat
    }

    package func take(seat: Int, pid: pid_t) { seats[seat] = pid }

    package func pid(inSeat seat: Int) -> pid_t? { seats[seat] }

    /// A process has ended.
    /// - Returns: the seat that it had.
    @discardableResult
    package func leave(pid: pid_t) -> Int? {
        guard let seat = seats.firstIndex(of: pid) else { return nil }
        seats[seat] = nil
        return seat
    }

    /// Called by the responder: its request begins now, or is over.
    package func setBusy(_ busy: Bool, seat: Int?) {
        guard let seat else { return }
        let now = Clock.monotonicMilliseconds
        // The beat first: a supervisor that sees the end of the request sees the beat as well.
        beats[seat] = now
        counters[seat + 1] = busy ? now : 0
    }

    /// How many responders have a request now, as any process sees it.
    package var busy: Int { (0..<seats.count).count { counters[$0 + 1] != 0 } }

    /// Called by the process: it is alive.
    /// - Parameter milliseconds: for which it may block now, beyond the limit.
    package func beat(seat: Int?, ahead milliseconds: Int64) {
        if let seat { beats[seat] = Clock.monotonicMilliseconds + milliseconds }
    }

    /// The processes that have given no sign of life for too long; each is told once.
    package func silent(_ watch: inout SilenceWatch, at now: Int64) -> [(pid: pid_t, since: Int64)] {
        watch.look(at: now)
        return seats.indices.compactMap { seat in
            guard let pid = seats[seat], counters[seat + 1] == 0 else { return nil }
            let beat = beats[seat]
            guard beat != 0, watch.isSilent(since: beat, at: now) else { return nil }
            beats[seat] = 0
            return (pid, beat)
        }
    }

    /// What holds a responder up, so that it answers nobody else.
    package enum Stay: Int64 {
        /// A job that is to be over.
        case wait = 1
        /// The data's server, which makes a preview.
        case preview = 2
        /// The processor, which derives a key of a password, for some milliseconds to a second.
        case password = 3
    }

    /// Called by a responder that would be held up. Half of the responders may wait and half make previews, three
    /// quarters may do either at once, and a preview may always be made by one. Half of them may compare passwords,
    /// whatever the others do, and one always.
    /// - Returns: whether it may. Of two that come at the same moment to the last place both may be told no, never both
    ///   yes.
    package func enter(_ stay: Stay, seat: Int?) -> Bool {
        guard let seat else { return stay != .wait }
        stays[seat] = stay.rawValue
        let all = (0..<seats.count).map { stays[$0] }
        let least = stay == .wait ? 0 : 1
        let isHeldUp = { (stay: Int64) in stay == Stay.wait.rawValue || stay == Stay.preview.rawValue }
        if stay == .password || all.count(where: isHeldUp) <= max(least, responders - responders / 4),
            all.count(where: { $0 == stay.rawValue }) <= max(least, responders / 2)
        {
            return true
        }
        stays[seat] = 0
        return false
    }

    package func leave(seat: Int?) {
        if let seat { stays[seat] = 0 }
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
