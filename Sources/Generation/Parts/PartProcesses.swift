import Glibc
import JSON
import Posix

/// The worker processes of an export's parts: forks them, takes their answers, and kills those that show no life. They
/// die with this value, and with this process.
final class PartProcesses {
    private struct Worker {
        let pid: pid_t
        /// Takes one answer; it is at its end too when the worker has died.
        let pipe: Int32
    }

    /// By the part that they make.
    private var workers: [Int: Worker] = [:]
    /// The rows that each part has so far.
    private let progress: SharedCounters
    /// Monotonic milliseconds of each worker's last sign of life; it gives one several times a second, also while it
    /// waits.
    private let beats: SharedCounters

    /// A worker that shows no life for so long is killed.
    private static let patienceMilliseconds: Int64 = 30_000
    /// The most bytes of an answer: it holds two sort keys, which may be long texts, and little else.
    private static let answerBytes = 256 << 20

    /// - Throws: `PosixError` when there is no memory to share.
    init(parts: Int) throws(PosixError) {
        progress = try SharedCounters(count: parts)
        beats = try SharedCounters(count: parts)
    }

    deinit {
        for worker in workers.values {
            ChildProcess.send(.kill, to: worker.pid)
            close(worker.pipe)
        }
    }

    /// The rows of all parts so far.
    var rows: Int64 { (0..<progress.count).reduce(0) { $0 + progress[$1] } }

    /// A sign of life of a part, and its rows so far.
    func show(_ rows: Int64, of index: Int) {
        progress[index] = rows
        beats[index] = Clock.monotonicMilliseconds
    }

    /// Forks the worker of a part.
    /// - Parameters:
    ///   - outputs: the descriptors that it writes to.
    ///   - work: runs in the worker.
    /// - Throws: `PosixError` when there is no pipe or no process to be had.
    func fork(_ index: Int, keeping outputs: [Int32], _ work: () throws -> PartWorker.Result) throws(PosixError) {
        show(0, of: index)
        let pipe = try Pipe()
        let answer = pipe.writeEnd.raw
        let pid = try ChildProcess.fork(name: "pst-part", keeping: outputs + [answer]) {
            ignoreWriteSignals()
            let message: [UInt8]
            do {
                message = try work().message
            } catch {
                message = ExportFailure(error).json.serialized
            }
            let told: ()? = try? message.withUnsafeBytes { try FileDescriptor(owning: answer).writeAll($0) }
            _exit(told == nil ? 1 : 0)
        }
        workers[index] = Worker(pid: pid, pipe: pipe.takeReadEnd())
    }

    /// Waits until a worker has answered or died, or another descriptor can be read.
    /// - Returns: the parts whose workers have ended, in the parts' order.
    /// - Throws: `PosixError`.
    func ended(within milliseconds: Int64, or others: [Int32]) throws(PosixError) -> [Int] {
        let running = workers.keys.sorted()
        let descriptors = running.compactMap { workers[$0]?.pipe } + others
        let ready = try waitReadable(descriptors, milliseconds: milliseconds)
        return zip(running, ready).filter(\.1).map(\.0)
    }

    /// Takes the answer of a worker that has ended.
    /// - Returns: its result, or why it has none; a worker that died is a failure that may be retried.
    /// - Throws: `PosixError`.
    func answer(of index: Int) throws(PosixError) -> Swift.Result<PartWorker.Result, ExportFailure>? {
        guard let worker = workers.removeValue(forKey: index) else { return nil }
        let message: [UInt8]
        do {
            message = try FileDescriptor(owning: worker.pipe).readAll(limit: Self.answerBytes)
        } catch {
            ChildProcess.send(.kill, to: worker.pid)
            throw error
        }
        var status: Int32 = 0
        try retryingInterrupts("waitpid") { waitpid(worker.pid, &status, 0) }
        if let result = PartWorker.Result(message) { return .success(result) }
        return .failure(
            (try? JSON.parse(message)).flatMap { ExportFailure($0) }
                ?? ExportFailure(
                    "part_crashed", "A part of the export failed again and again", .retry,
                    detail: "part \(index + 1) ended with wait status \(status)"))
    }

    /// Kills the workers that hang. Their deaths are answers like others.
    func killSilent() {
        let now = Clock.monotonicMilliseconds
        for (index, worker) in workers where now - beats[index] > Self.patienceMilliseconds {
            ChildProcess.send(.kill, to: worker.pid)
        }
    }
}
