import CSystem
import Catalog
import Glibc
import Posix
import Postgres

/// Makes an export in parts: forks a worker for each range, at most `workers` at a time, and joins what they write into
/// one file while they write it.
///
///     this process  keeps the snapshot ── forks ──▶ worker 0 ─▶ file 0 ─┐
///     (the job's    (its transaction                worker 1 ─▶ file 1 ─┤ in order, as they grow
///      own child)    stays open)                    …                   ▼
///                   ◀──────────────── reads ──────────────────────  the export's sink
///
/// The files have no names (O_TMPFILE), so nothing is left behind whoever dies. A worker that dies is forked again onto the
/// same snapshot, its file emptied; what has been joined of that file already is what it writes again, since rows and
/// order are the snapshot's. The workers die with this process.
final class Conductor {
    private let export: CopyExport
    private let snapshot: String
    private let folder: String
    private let workers: Int
    private let progress: SharedCounters
    private var parts: [Part]
    private var nextToFork = 0
    private var nextToJoin = 0
    private var joined: Int64 = 0
    private let chunk: UnsafeMutableRawBufferPointer

    private struct Part {
        let range: KeyRange
        /// Without a name; this process reads it, its worker writes it.
        var file: Int32 = -1
        var pid: pid_t = 0
        var pipe: Int32 = -1
        var attempts = 0
        var result: PartWorker.Result?
    }

    private static let attempts = 3
    private static let chunkBytes = 256 * 1024
    /// How long to wait for more of the part that is being joined.
    private static let tickMilliseconds: Int64 = 20

    /// - Parameter folder: where the parts lie; on the file system of the result, for its room is known to matter.
    init(_ export: CopyExport, _ plan: PartPlan, snapshot: String, folder: String, workers: Int) throws(PosixError) {
        self.export = export
        self.snapshot = snapshot
        self.folder = folder
        self.workers = workers
        progress = try SharedCounters(count: plan.ranges.count)
        parts = plan.ranges.map { Part(range: $0) }
        chunk = .allocate(byteCount: Self.chunkBytes, alignment: 4096)
    }

    deinit {
        for part in parts {
            if part.pid > 0 { ChildProcess.send(.kill, to: part.pid) }
            if part.file >= 0 { close(part.file) }
            if part.pipe >= 0 { close(part.pipe) }
        }
        chunk.deallocate()
    }

    /// Runs until the last byte has gone to the sink.
    /// - Parameter look: called at least every 250 ms with the rows so far.
    func run(
        look: (Int64) throws -> Void, sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> PartWorker.Result {
        var lookAt = Clock.monotonicMilliseconds
        while nextToJoin < parts.count {
            while nextToFork < parts.count, parts.count(where: { $0.pid > 0 }) < workers {
                try fork(nextToFork)
                nextToFork += 1
            }
            let moved = try join(sink)
            let running = parts.indices.filter { parts[$0].pid > 0 }
            if !running.isEmpty {
                let ready = try waitReadable(
                    running.map { parts[$0].pipe }, milliseconds: moved ? 0 : Self.tickMilliseconds)
                for (index, isReady) in zip(running, ready) where isReady { try settle(index) }
            }
            if Clock.monotonicMilliseconds >= lookAt {
                lookAt = Clock.monotonicMilliseconds + 250
                try look((0..<parts.count).reduce(0) { $0 + progress[$1] })
            }
        }
        let results = parts.compactMap(\.result)
        return PartWorker.Result(
            rows: results.reduce(0) { $0 + $1.rows },
            formulasNeutralised: results.reduce(0) { $0 + $1.formulasNeutralised })
    }

    private func fork(_ index: Int) throws {
        if parts[index].file < 0 {
            parts[index].file = try FileDescriptor.open(folder, unnamedFileFlags, mode: 0o600).release()
        } else {
            try retryingInterrupts("ftruncate") { ftruncate(parts[index].file, 0) }
            lseek(parts[index].file, 0, SEEK_SET)
        }
        parts[index].attempts += 1
        progress[index] = 0
        let pipe = try Pipe()
        let (output, answer) = (parts[index].file, pipe.writeEnd.raw)
        let worker = PartWorker(export: export, snapshot: snapshot, range: parts[index].range, isFirst: index == 0)
        parts[index].pid = try ChildProcess.fork(name: "pst-part", keeping: [output, answer]) {
            ignoreWriteSignals()
            // Whatever went wrong here may go well in another attempt; the conductor counts them.
            guard let result = try? worker.run(output: output, progress: { self.progress[index] = $0 }) else {
                _exit(1)
            }
            let told: ()? = try? result.message.withUnsafeBytes { try FileDescriptor(owning: answer).writeAll($0) }
            _exit(told == nil ? 1 : 0)
        }
        parts[index].pipe = pipe.takeReadEnd()
    }

    /// The worker's pipe has its answer, or was closed by its death.
    private func settle(_ index: Int) throws {
        let message = try FileDescriptor(owning: parts[index].pipe).readAll(limit: 4096)
        parts[index].pipe = -1
        var status: Int32 = 0
        let pid = parts[index].pid
        try retryingInterrupts("waitpid") { waitpid(pid, &status, 0) }
        parts[index].pid = 0
        if let result = PartWorker.Result(message) {
            parts[index].result = result
        } else if parts[index].attempts < Self.attempts {
            try fork(index)
        } else {
            throw ExportFailure("part_crashed", "A part of the export failed again and again", mayRetry: true)
        }
    }

    /// Passes on what there is of the next part in order.
    /// - Returns: whether there was anything.
    private func join(_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        let part = parts[nextToJoin]
        guard part.file >= 0 else { return false }
        let count = try retryingInterrupts("pread") { pread(part.file, chunk.baseAddress, chunk.count, off_t(joined)) }
        if count > 0 {
            try sink(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk)[..<count]))
            joined += Int64(count)
            return true
        }
        // The answer comes after the last byte, so an end that is seen after it is the end.
        if part.result != nil {
            close(part.file)
            parts[nextToJoin].file = -1
            nextToJoin += 1
            joined = 0
            return true
        }
        return false
    }
}

/// A new file without a name in a folder (open(2), O_TMPFILE: its constant is made of two others and not imported).
private let unnamedFileFlags: Int32 = 0o20000000 | O_DIRECTORY | O_RDWR
