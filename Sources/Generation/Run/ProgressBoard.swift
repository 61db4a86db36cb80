import Posix

/// The life signs of a host's running exports, in memory that the dispatcher and its children share.
///
/// A child writes its own slot as often as it likes, at the price of a store; the dispatcher stores all of them in the
/// database at most once a second. So progress costs no round trip in the child, and no row churn in the queue.
package final class ProgressBoard {
    private let counters: SharedCounters
    private static let width = 3

    package init(slots: Int) throws(PosixError) {
        counters = try SharedCounters(count: slots * Self.width + 1)
    }

    /// How many exports run on the host: its other processes may make parts of large ones.
    package var running: Int {
        get { Int(counters[counters.count - 1]) }
        set { counters[counters.count - 1] = Int64(newValue) }
    }

    package func reset(slot: Int) {
        counters[slot * Self.width] = Clock.monotonicMilliseconds
        counters[slot * Self.width + 1] = 0
        counters[slot * Self.width + 2] = -1
    }

    /// The child is alive and so far.
    package func beat(slot: Int, rows: Int64) {
        counters[slot * Self.width] = Clock.monotonicMilliseconds
        counters[slot * Self.width + 1] = rows
    }

    /// The child is alive and may be silent for so long, beyond the limit.
    package func beat(slot: Int, ahead milliseconds: Int64) {
        counters[slot * Self.width] = Clock.monotonicMilliseconds + milliseconds
    }

    /// The child knows how many rows there are.
    package func counted(slot: Int, rows: Int64) {
        counters[slot * Self.width + 2] = rows
    }

    /// Monotonic milliseconds of the last beat; later than now while a silence was announced.
    package func lastBeat(slot: Int) -> Int64 { counters[slot * Self.width] }

    package func rows(slot: Int) -> Int64 { counters[slot * Self.width + 1] }

    package func total(slot: Int) -> Int64? {
        let total = counters[slot * Self.width + 2]
        return total < 0 ? nil : total
    }
}
