import Catalog
import Formats
import Posix

/// Makes an export in parts: forks a worker for each range, as many at a time as it may, and joins their files into one
/// while they are written.
///
///     this process  keeps the snapshot ── forks ──▶ worker 0 ─▶ file 0 ─┐
///     (the job's    (its transaction                worker 1 ─▶ file 1 ─┤ in order, as they grow (`PartStream`)
///      own child)    stays open)                    …                   ▼
///                   ◀──────────────── reads ──────────────────────  joiner ─▶ the export's sink
///
/// `PartTable` decides which part is made next and how the end of a worker is taken, `PartMaker` makes one part,
/// `PartProcesses` has the workers, `PartCounting` counts rows beside them. Where rows are kept, a second stream of
/// files and bytes goes the same way.
///
/// A worker that dies is forked again onto the same snapshot, with its file emptied. When a worker fails for a reason
/// that no other attempt would change, the export fails for that reason. The workers die with this process.
///
/// A worker that gets no connection gives its part back, and those that have one take it. When no worker has one, this
/// process makes the part itself on the keeper's connection: a source that has a single connection to give makes an
/// export slow, and does not make it fail.
final class Conductor {
    private let shared: SharedSource
    private let observer: any ExportObserver
    private let sink: ByteSink
    private let rowsSink: ByteSink?
    private let maker: PartMaker
    private let began = Clock.monotonicMilliseconds
    private var table: PartTable
    private var counting: PartCounting

    /// Milliseconds to wait for more of the part that is being joined.
    private static let tickMilliseconds: Int64 = 20
    /// Milliseconds between two looks at the progress and at workers that hang.
    private static let lookMilliseconds: Int64 = 250

    /// - Parameters:
    ///   - countedRows: of the whole; nil when they have not been counted yet.
    ///   - countsRanges: whether the ranges are counted, for the progress, when the export proves to be a long one.
    ///   - sink: takes the file's bytes in order.
    ///   - rowsSink: takes the kept rows; nil when they are not kept.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    init(
        _ shared: SharedSource, _ plan: PartPlan, _ format: any PartFormat, _ settings: PartSettings,
        countedRows: Int64?, countsRanges: Bool, observer: any ExportObserver, sink: @escaping ByteSink,
        rowsSink: ByteSink?
    ) throws {
        self.shared = shared
        self.observer = observer
        self.sink = sink
        self.rowsSink = rowsSink
        let count = plan.ranges.count
        maker = PartMaker(
            shared: shared, format: format, settings: settings, processes: try PartProcesses(parts: count),
            stream: PartStream(parts: count, scratch: settings.scratch),
            rowsStream: rowsSink.map { _ in PartStream(parts: count, scratch: settings.scratch) },
            estimatedRows: plan.estimatedRows, began: began)
        table = PartTable(plan.ranges, needsRowNumbers: format.needsRowNumbers)
        observer.part(.planned(bounds: plan.ranges.compactMap(\.first)))
        counting = try PartCounting(
            shared, plan.ranges, whole: countedRows, wantsRanges: countsRanges, needsRanges: format.needsRowNumbers)
    }

    /// Runs until the last byte has gone to the sink.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func run() throws -> (rows: Int64, tally: FileTally) {
        let joiner = try maker.format.joiner(firstRow: nil, sink: sink)
        var lookAt = began
        while !maker.stream.isOver || maker.rowsStream?.isOver == false || counting.whole == nil {
            try beginParts()
            var moved = try pass(maker.stream) { try joiner.append($0) }
            if let rowsStream = maker.rowsStream, let rowsSink, try pass(rowsStream, to: rowsSink) { moved = true }
            try wait(milliseconds: moved ? 0 : Self.tickMilliseconds)
            try counting.advance(observer)
            table.counts = counting.counts
            if Clock.monotonicMilliseconds >= lookAt {
                lookAt = Clock.monotonicMilliseconds + Self.lookMilliseconds
                look()
            }
        }
        let results = table.results
        try WholeCheck(partition: shared.source.compiled.partition, parts: results).run(
            count: counting.whole ?? 0, on: shared.keeper)
        var tally = FileTally()
        for result in results { tally += result.tally }
        return (results.reduce(0) { $0 + $1.rows }, try joiner.end(tally))
    }

    private func pass(_ stream: PartStream, to sink: ByteSink) throws -> Bool {
        guard !stream.isOver else { return false }
        return try stream.pass(isWhole: table.result(of: stream.current) != nil, to: sink)
    }

    private func look() {
        maker.processes.killSilent()
        // These counts are for the progress alone: the export goes on without them.
        if !counting.hasStarted, Clock.monotonicMilliseconds - began > RowCounter.afterMilliseconds {
            try? counting.startRanges()
        }
        observer.progress(maker.processes.rows)
    }

    private func beginParts() throws {
        while let start = table.next(
            workers: observer.workers, isKeeperFree: counting.isKeeperFree, at: Clock.monotonicMilliseconds)
        {
            switch start {
            case .worker(let index): try fork(index)
            // Its bytes are passed on before the next one is made.
            case .here(let index): return try make(index)
            }
        }
    }

    private func fork(_ index: Int) throws {
        try maker.fork(index, of: table)
        tellBeginning(of: index)
    }

    private func make(_ index: Int) throws {
        tellBeginning(of: index)
        let result = try maker.make(index, of: table) { [observer, processes = maker.processes] in
            observer.progress(processes.rows)
        }
        table.made(index, result)
        tellResult(of: index)
    }

    private func tellBeginning(of index: Int) {
        if table.began(index) { observer.part(.started(index + 1)) }
    }

    private func tellResult(of index: Int) {
        guard let result = table.result(of: index) else { return }
        observer.part(.ready(index + 1, rows: result.rows, file: result.file))
    }

    /// Waits for answers of workers, and for counts.
    /// - Throws: `ExportFailure` when a part has failed for good; `PosixError`.
    private func wait(milliseconds: Int64) throws {
        for index in try maker.processes.ended(within: milliseconds, or: counting.sockets) {
            guard let answer = try maker.processes.answer(of: index) else { continue }
            switch table.ended(index, answer, at: Clock.monotonicMilliseconds) {
            case .ready: tellResult(of: index)
            case .waits: break
            case .again: try fork(index)
            case .fails(let failure): throw failure
            case .failsAfterAll(let failure): throw cause(of: failure)
            }
        }
    }

    /// The error that ended the keeper's session, where it has ended too: the server tells an idle session why, and
    /// hardly ever one that it was sending rows to.
    private func cause(of failure: ExportFailure) -> ExportFailure {
        do {
            try counting.askKeeper()
            return failure
        } catch {
            return ExportFailure(error)
        }
    }
}
