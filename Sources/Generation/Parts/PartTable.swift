import Catalog
import Posix

/// The parts of an export: which wait, which are being made, which are ready, and which comes next. These are the
/// conductor's decisions, without its processes, files and clock.
///
///     waiting ──begin──▶ running ──result──▶ ready
///        ▲                  │ no connection: given back     (the attempt does not count)
///        └──────────────────┤
///                           └ died, or may do better: made again, three attempts in all
struct PartTable {
    /// How a part is to be made.
    enum Start: Equatable {
        /// In a worker of its own.
        case worker(Int)
        /// In the conductor's own process, on the connection that keeps the snapshot.
        case here(Int)
    }

    /// The decision after the end of a worker.
    enum Verdict: Equatable {
        case ready
        /// The part waits for a worker that gets a connection.
        case waits
        /// The part is to be begun again at once.
        case again
        /// The export fails, because no other attempt would do better.
        case fails(ExportFailure)
        /// The export fails, because the part has failed too often.
        case failsAfterAll(ExportFailure)
    }

    private struct Part {
        let range: KeyRange
        var state = State.waiting
        var attempts = 0
        /// Whether the source has interrupted one of them.
        var wasInterrupted = false
        /// Whether the export's watchers have been told that the part has begun.
        var isAnnounced = false
    }

    private enum State {
        case waiting, running
        case ready(PartWorker.Result)
    }

    private var parts: [Part]
    /// Whether a part can only begin when the rows before it and its own have been counted.
    private let needsRowNumbers: Bool
    /// The rows of the first ranges, as far as they have been counted.
    var counts: [Int64] = []
    /// No worker is begun for a while after one that got no connection.
    private var connecting = RetryTimer(Backoff(first: 200, longest: 5_000))

    private static let attempts = 3

    init(_ ranges: [KeyRange], needsRowNumbers: Bool) {
        parts = ranges.map { Part(range: $0) }
        self.needsRowNumbers = needsRowNumbers
    }

    var count: Int { parts.count }
    func range(of index: Int) -> KeyRange { parts[index].range }

    func result(of index: Int) -> PartWorker.Result? {
        if case .ready(let result) = parts[index].state { result } else { nil }
    }

    /// The results of the parts that are ready, in the parts' order.
    var results: [PartWorker.Result] { parts.indices.compactMap { result(of: $0) } }

    /// The rows of the whole; nil until all ranges have been counted.
    var countedRows: Int64? { counts.count == parts.count ? counts.reduce(0, +) : nil }

    /// The rows of a part, by their numbers in the whole; empty where they have not been counted.
    func rows(of index: Int) -> Range<Int> {
        guard index < counts.count else { return 0..<0 }
        let first = Int(counts[..<index].reduce(0, +))
        return first..<first + Int(counts[index])
    }

    /// Whether the part also has the bytes that stand before the first row. Where rows have numbers this is the part
    /// with row 0, even if ranges before it turned out to be empty, and the last part when all of them are.
    func isFirst(_ index: Int) -> Bool {
        guard needsRowNumbers else { return index == 0 }
        return rows(of: index).lowerBound == 0 && (counts[index] > 0 || index == parts.count - 1)
    }

    /// Takes the next part that may begin, in the parts' order.
    /// - Parameters:
    ///   - workers: how many may run now; one may in any case.
    ///   - isKeeperFree: whether the connection that keeps the snapshot has nothing to do.
    ///   - now: monotonic milliseconds.
    /// - Returns: nil when no part may begin now.
    mutating func next(workers: Int, isKeeperFree: Bool, at now: Int64) -> Start? {
        let running = parts.count { if case .running = $0.state { true } else { false } }
        guard let index = parts.firstIndex(where: { if case .waiting = $0.state { true } else { false } }),
            !needsRowNumbers || index < counts.count, running == 0 || running < workers
        else { return nil }
        guard now >= connecting.retryAt else {
            guard running == 0, isKeeperFree else { return nil }
            parts[index].state = .running
            return .here(index)
        }
        parts[index].state = .running
        return .worker(index)
    }

    /// - Returns: whether this is the part's first attempt that anybody is told of.
    mutating func began(_ index: Int) -> Bool {
        parts[index].attempts += 1
        defer { parts[index].isAnnounced = true }
        return !parts[index].isAnnounced
    }

    mutating func made(_ index: Int, _ result: PartWorker.Result) {
        parts[index].state = .ready(result)
    }

    /// - Parameter now: monotonic milliseconds.
    mutating func ended(
        _ index: Int, _ answer: Swift.Result<PartWorker.Result, ExportFailure>, at now: Int64
    ) -> Verdict {
        switch answer {
        case .success(let result):
            // Its connection is free again.
            connecting.succeeded()
            made(index, result)
            return .ready
        case .failure(let failure):
            switch failure.recovery {
            case .none: return .fails(failure)
            case .wait:
                parts[index].attempts -= 1
                parts[index].state = .waiting
                connecting.failed(at: now)
                return .waits
            case .retry, .resume:
                if failure.recovery == .resume { parts[index].wasInterrupted = true }
                if parts[index].attempts < Self.attempts { return .again }
                var last = failure
                // Then it did not fail so often by itself.
                if parts[index].wasInterrupted { last.recovery = .resume }
                return .failsAfterAll(last)
            }
        }
    }
}
