/// When there is a spare child: one that is forked ahead of its job and waits for it with a connection to the source.
///
///     none ──an export has begun──▶ forked ──the next one begins──▶ works on it; none
///                                     └──── none begins in time ──▶ told to end; none
///
/// So exports that follow each other need not wait for a fork and a connection, and a host without exports has neither.
struct Spare {
    /// How long one waits; 0 for none.
    private let milliseconds: Int64
    private(set) var pid: Int32?
    /// Monotonic milliseconds.
    private(set) var until: Int64 = 0

    init(seconds: Int) { milliseconds = Int64(seconds) * 1000 }

    /// Whether one is to be forked.
    func isWanted(at now: Int64) -> Bool { pid == nil && now < until }

    /// Whether it has waited for long enough.
    func isOver(at now: Int64) -> Bool { pid != nil && now >= until }

    mutating func exportBegan(at now: Int64) { until = now + milliseconds }

    mutating func forked(pid: Int32) { self.pid = pid }

    /// It could not be forked, or has ended by itself: the next one comes after the next export.
    mutating func failed() {
        pid = nil
        until = 0
    }

    /// It works, or was told to end.
    mutating func left() { pid = nil }
}
