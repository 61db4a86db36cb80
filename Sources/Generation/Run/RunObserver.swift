import Posix

/// Tells the dispatcher of a job's export while it runs: its progress by the board, the rest by messages.
final class RunObserver: ExportObserver {
    private let board: ProgressBoard
    private let slot: Int
    private let mostWorkers: Int
    private let tell: (ChildMessage) -> Void
    private let began = Clock.monotonicMilliseconds
    private var isLong = false
    /// How long a disk may take for what it has not written yet, beyond the time without a sign of life.
    private static let publishingMilliseconds: Int64 = 600_000

    /// - Parameters:
    ///   - slot: where on the board this child shows its life.
    ///   - tell: takes the messages for the dispatcher: the source was reached, and the events of parts.
    init(_ board: ProgressBoard, slot: Int, workers: Int, tell: @escaping (ChildMessage) -> Void) {
        self.board = board
        self.slot = slot
        mostWorkers = workers
        self.tell = tell
    }

    func reached() { tell(.reached) }

    func progress(_ rows: Int64) {
        board.beat(slot: slot, rows: rows)
        // A client waits for a short export; a long one steps back behind the responders.
        if !isLong, Clock.monotonicMilliseconds - began > 1000 {
            isLong = true
            Limits.lowerPriority(by: 5)
        }
    }

    func counted(_ rows: Int64) { board.counted(slot: slot, rows: rows) }

    func publishing() { board.beat(slot: slot, ahead: Self.publishingMilliseconds) }

    func part(_ event: PartEvent) { tell(.part(event)) }

    /// The host's processes that its other exports do not use; an export that starts later still gets one worker.
    var workers: Int { max(1, mostWorkers - max(0, board.running - 1)) }
}
