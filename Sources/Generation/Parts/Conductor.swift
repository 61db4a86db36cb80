import CSystem
import Catalog
import Formats
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// Makes an export in parts: forks a worker for each range, as many at a time as it may, and joins what they write into
/// one file while they write it.
///
///     this process  keeps the snapshot ── forks ──▶ worker 0 ─▶ file 0 ─┐
///     (the job's    (its transaction                worker 1 ─▶ file 1 ─┤ in order, as they grow (`PartStream`)
///      own child)    stays open)                    …                   ▼
///                   ◀──────────────── reads ──────────────────────  joiner ─▶ the export's sink
///
/// Where parts must know their rows' numbers, each range is counted before its part begins, on a connection of its own, so
/// that the first part begins after one count. Otherwise the ranges are counted when the export proves to be a long one.
/// The whole is counted besides, on the connection that keeps the snapshot: the parts must come to as much (`WholeCheck`).
///
/// Where rows are kept, a second stream of files and bytes goes the same way.
///
/// A worker that dies is forked again onto the same snapshot, its file emptied; one that fails says why, and that is what the
/// export fails of. The workers die with this process.
///
/// A worker that gets no connection gives its part back, and those that have one take it. When none has, this process makes
/// the part itself on the keeper's connection: a source that has a single connection to give is slow and no failure.
final class Conductor {
    private let source: TableSource
    private let settings: PartSettings
    private let format: any PartFormat
    private let snapshot: String
    private let keeper: SourceSession
    private let observer: any ExportObserver
    private let stream: PartStream
    private var rowsStream: PartStream?
    private let progress: SharedCounters
    /// Monotonic milliseconds of each worker's last sign of life; it gives one several times a second, also while it waits.
    private let beats: SharedCounters
    private let estimatedRows: Int
    private let began = Clock.monotonicMilliseconds
    private var parts: [Part]
    /// The parts that nobody makes, in order.
    private var waiting: [Int]
    /// How often in a row a worker got no connection, and before which monotonic milliseconds no other is to try.
    private var refusals = 0
    private var connectAt: Int64 = 0
    private var counter: RowCounter?
    private var wholeCounter: RowCounter?
    /// Whether the ranges are counted on the keeper's connection, because no other could be had.
    private var countsOnKeeper = false
    /// The rows of the whole, once they have been counted.
    private var wholeCount: Int64?
    /// Whether the rows have been counted, or are being.
    private var countStarted: Bool
    /// The rows of the ranges that have been counted.
    private var counts: [Int64] = []

    private struct Part {
        let range: KeyRange
        var pid: pid_t = 0
        var pipe: Int32 = -1
        var attempts = 0
        /// Whether watchers have been told that it has begun.
        var isTold = false
        var result: PartWorker.Result?
    }

    private static let attempts = 3
    /// A worker that shows no life for so long is killed, and its part is made again.
    private static let patienceMilliseconds: Int64 = 30_000
    /// How long to wait for more of the part that is being joined.
    private static let tickMilliseconds: Int64 = 20
    private static let lookMilliseconds: Int64 = 250
    private static let connecting = Backoff(first: 200, longest: 5_000)
    /// What a worker may answer: two sort keys, which may be long texts, and little else.
    private static let answerBytes = 256 << 20

    /// - Parameters:
    ///   - keeper: in the transaction that keeps the snapshot.
    ///   - countedRows: of the whole; nil when they have not been counted yet.
    ///   - countsRanges: whether the ranges are counted, for the progress, when the export proves to be a long one.
    init(
        _ source: TableSource, _ plan: PartPlan, _ format: any PartFormat, _ settings: PartSettings,
        keeper: SourceSession, snapshot: String, countedRows: Int64?, countsRanges: Bool,
        observer: any ExportObserver
    ) throws {
        self.keeper = keeper
        waiting = Array(plan.ranges.indices)
        wholeCount = countedRows
        self.source = source
        self.settings = settings
        self.format = format
        self.snapshot = snapshot
        self.observer = observer
        stream = PartStream(parts: plan.ranges.count, scratch: settings.scratch)
        progress = try SharedCounters(count: plan.ranges.count)
        beats = try SharedCounters(count: plan.ranges.count)
        estimatedRows = plan.estimatedRows
        countStarted = !countsRanges
        parts = plan.ranges.map { Part(range: $0) }
        observer.part(.planned(bounds: plan.ranges.compactMap(\.first)))
        if format.needsRowNumbers { try startCounting() }
        if !countsOnKeeper { try countWhole() }
    }

    deinit {
        for part in parts {
            if part.pid > 0 { ChildProcess.send(.kill, to: part.pid) }
            if part.pipe >= 0 { close(part.pipe) }
        }
    }

    /// Runs until the last byte has gone to the sink.
    /// - Parameter rowsSink: takes what is kept of the rows, where they are to be kept.
    func run(sink: @escaping ByteSink, rowsSink: ByteSink?) throws -> (rows: Int64, tally: FileTally) {
        let joiner = try format.joiner(firstRow: nil, sink: sink)
        if rowsSink != nil { rowsStream = PartStream(parts: parts.count, scratch: settings.scratch) }
        var lookAt = began
        while !stream.isOver || rowsStream?.isOver == false || wholeCount == nil {
            try beginWhatMay()
            var moved = try pass(stream) { try joiner.append($0) }
            if let rowsStream, let rowsSink, try pass(rowsStream, to: rowsSink) { moved = true }
            try wait(milliseconds: moved ? 0 : Self.tickMilliseconds)
            try takeCounts()
            if Clock.monotonicMilliseconds >= lookAt {
                lookAt = Clock.monotonicMilliseconds + Self.lookMilliseconds
                endStalled()
                // For the progress alone: without it the export goes on.
                if !countStarted, Clock.monotonicMilliseconds - began > RowCounter.afterMilliseconds {
                    try? startCounting()
                }
                observer.progress(rowsSoFar)
            }
        }
        let results = parts.compactMap(\.result)
        try WholeCheck(partition: source.compiled.partition, parts: results).run(
            count: wholeCount ?? 0, on: keeper)
        var tally = FileTally()
        for result in results { tally += result.tally }
        return (results.reduce(0) { $0 + $1.rows }, try joiner.end(tally))
    }

    private func pass(_ stream: PartStream, to sink: ByteSink) throws -> Bool {
        guard !stream.isOver else { return false }
        return try stream.pass(isWhole: parts[stream.current].result != nil, to: sink)
    }

    private var rowsSoFar: Int64 { (0..<parts.count).reduce(0) { $0 + progress[$1] } }

    // MARK: Counting

    private func startCounting() throws {
        countStarted = true
        let counts = parts.map { source.compiled.count(in: $0.range) }
        do {
            counter = try RowCounter(on: source.joining(snapshot, purpose: "penstock count"), counts)
        } catch let failure as ExportFailure where failure.recovery == .wait && format.needsRowNumbers {
            counter = try RowCounter(on: keeper, counts)
            countsOnKeeper = true
        }
    }

    /// The keeper's connection does one thing at a time.
    private var isKeeperBusy: Bool { countsOnKeeper || wholeCounter != nil }

    private func countWhole() throws {
        guard wholeCount == nil else { return }
        wholeCounter = try RowCounter(on: keeper, [source.compiled.count])
    }

    private func takeCounts() throws {
        try wholeCounter?.advance()
        if let count = wholeCounter?.counts.first {
            wholeCounter = nil
            wholeCount = count
            observer.counted(count)
        }
        guard counter != nil else { return }
        do {
            try counter?.advance()
        } catch {
            counter = nil
            if format.needsRowNumbers { throw error }
            return
        }
        guard let counter else { return }
        counts = counter.counts
        if counter.isDone {
            self.counter = nil
            if countsOnKeeper {
                countsOnKeeper = false
                try countWhole()
            }
            observer.part(.counted(counts))
        }
    }

    // MARK: Workers

    private func beginWhatMay() throws {
        while let next = waiting.first, !format.needsRowNumbers || next < counts.count,
            case let running = parts.count(where: { $0.pid > 0 }), running == 0 || running < observer.workers
        {
            if Clock.monotonicMilliseconds >= connectAt {
                waiting.removeFirst()
                try fork(next)
            } else {
                guard running == 0, !isKeeperBusy else { return }
                waiting.removeFirst()
                // What was made is passed on before the next one.
                return try make(next)
            }
        }
    }

    /// Makes a part in this process, on the keeper's connection.
    private func make(_ index: Int) throws {
        let output = try stream.open(index)
        let rowsOutput = try rowsStream?.open(index)
        tellBeginning(of: index)
        let worker = worker(index)
        var result = try worker.run(on: keeper, output: output, rowsOutput: rowsOutput) { rows in
            self.progress[index] = rows
            self.observer.progress(self.rowsSoFar)
        }
        result.file = publish(worker, result, output: output)
        take(result, of: index)
    }

    private func worker(_ index: Int) -> PartWorker {
        PartWorker(
            source: source, format: format, snapshot: snapshot, index: index, range: parts[index].range,
            rows: rows(of: index), isFirst: isFirst(index))
    }

    private func tellBeginning(of index: Int) {
        parts[index].attempts += 1
        guard !parts[index].isTold else { return }
        parts[index].isTold = true
        observer.part(.started(index + 1))
    }

    private func take(_ result: PartWorker.Result, of index: Int) {
        parts[index].result = result
        observer.part(.ready(index + 1, rows: result.rows, file: result.file))
    }

    /// The rows of a part, by their numbers in the whole.
    private func rows(of index: Int) -> Range<Int> {
        guard index < counts.count else { return 0..<0 }
        let first = Int(counts[..<index].reduce(0, +))
        return first..<first + Int(counts[index])
    }

    /// Whether what stands before the first row is this part's. Where rows have numbers it is with row 0, in one piece,
    /// even if ranges before it turned out to be empty; the last part's when all are.
    private func isFirst(_ index: Int) -> Bool {
        guard format.needsRowNumbers else { return index == 0 }
        return rows(of: index).lowerBound == 0 && (counts[index] > 0 || index == parts.count - 1)
    }

    private func fork(_ index: Int) throws {
        let output = try stream.open(index)
        let rowsOutput = try rowsStream?.open(index)
        progress[index] = 0
        beats[index] = Clock.monotonicMilliseconds
        let pipe = try Pipe()
        let answer = pipe.writeEnd.raw
        let worker = worker(index)
        parts[index].pid = try ChildProcess.fork(
            name: "pst-part", keeping: [output, answer] + (rowsOutput.map { [$0] } ?? [])
        ) {
            ignoreWriteSignals()
            let live = { (rows: Int64) in
                self.progress[index] = rows
                self.beats[index] = Clock.monotonicMilliseconds
            }
            let message: [UInt8]
            do {
                var result = try worker.run(output: output, rowsOutput: rowsOutput, progress: live)
                result.file = self.publish(worker, result, output: output)
                message = result.message
            } catch {
                message = ExportFailure(error).json.serialized
            }
            let told: ()? = try? message.withUnsafeBytes { try FileDescriptor(owning: answer).writeAll($0) }
            _exit(told == nil ? 1 : 0)
        }
        parts[index].pipe = pipe.takeReadEnd()
        tellBeginning(of: index)
    }

    /// In the worker: gives its part a file of its own where the rest will take long enough. A part without one is as good.
    private func publish(_ worker: PartWorker, _ result: PartWorker.Result, output: Int32) -> JobPart.File? {
        guard let publication = settings.publication else { return nil }
        let done = max(rowsSoFar, 1)
        let total = max(counts.count == parts.count ? counts.reduce(0, +) : Int64(estimatedRows), done)
        let elapsed = Clock.monotonicMilliseconds - began
        guard elapsed * (total - done) / done >= publication.patienceMilliseconds else { return nil }
        let bytes = (try? FileDescriptor.size(of: output)) ?? 0
        return try? publication.publish(
            worker.index, output: output, format, firstRow: worker.rows.lowerBound,
            remainingBytes: bytes * Int64(parts.count))
    }

    private func endStalled() {
        let now = Clock.monotonicMilliseconds
        for index in parts.indices where parts[index].pid > 0 && now - beats[index] > Self.patienceMilliseconds {
            ChildProcess.send(.kill, to: parts[index].pid)
        }
    }

    /// Waits for answers of workers, and for counts.
    private func wait(milliseconds: Int64) throws {
        let running = parts.indices.filter { parts[$0].pid > 0 }
        var descriptors = running.map { parts[$0].pipe }
        for counter in [counter, wholeCounter] { if let counter { descriptors.append(counter.socket) } }
        let ready = try waitReadable(descriptors, milliseconds: milliseconds)
        for (index, isReady) in zip(running, ready) where isReady { try settle(index) }
    }

    /// The worker's pipe has its answer, or was closed by its death.
    private func settle(_ index: Int) throws {
        let message = try FileDescriptor(owning: parts[index].pipe).readAll(limit: Self.answerBytes)
        parts[index].pipe = -1
        var status: Int32 = 0
        let pid = parts[index].pid
        try retryingInterrupts("waitpid") { waitpid(pid, &status, 0) }
        parts[index].pid = 0
        if let result = PartWorker.Result(message) {
            // Whoever is done has a connection less.
            refusals = 0
            connectAt = 0
            return take(result, of: index)
        }
        let failure =
            (try? JSON.parse(message)).flatMap { ExportFailure($0) }
            ?? ExportFailure(
                "part_crashed", "A part of the export failed again and again", .retry,
                detail: "part \(index + 1) ended with wait status \(status)")
        switch failure.recovery {
        case .none: throw failure
        case .wait: giveBack(index)
        case .retry, .resume:
            guard parts[index].attempts < Self.attempts else { throw cause(of: failure) }
            try fork(index)
        }
    }

    /// What ended the keeper's session, where it has ended too: the server tells an idle session why, and hardly ever one
    /// that it was sending rows to.
    private func cause(of failure: ExportFailure) -> ExportFailure {
        do {
            if wholeCounter != nil {
                try wholeCounter?.advance()
            } else if countsOnKeeper {
                try counter?.advance()
            } else {
                try keeper.connection.execute("select 1", "ask the keeper")
            }
            return failure
        } catch {
            return ExportFailure(error)
        }
    }

    /// The part's worker got no connection.
    private func giveBack(_ index: Int) {
        parts[index].attempts -= 1
        waiting.insert(index, at: waiting.firstIndex { $0 > index } ?? waiting.endIndex)
        refusals += 1
        connectAt = Clock.monotonicMilliseconds + Self.connecting.pause(after: refusals)
    }
}
