import Configuration
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// Expires jobs, deletes their files, and looks in both directions for rows without files and files without rows, which
/// a crash may have left.
///
///     ready ─expires_at─▶ expired ─ link lifetime later ─▶ file deleted, deletion recorded
///     kept rows, at the end of their own time and of jobs that still read them ─▶ deleted, deletion recorded
///     file without a row that may want it, older than the grace ─▶ deleted        (sweep: disk → table)
///     ready row without its file, or with a file of another size ─▶ failed         (sweep: table → disk)
///     lost file that is back ─▶ ready                                              (sweep: table → disk)
///
/// A file is deleted only after its row says that it can no longer be downloaded, so after a crash between any two
/// steps the next round goes on.
final class Housekeeper {
    private let configuration: Configuration
    private let storage: StorageFolder
    private let loop: ServiceLoop
    private var losses: LossRecord

    private static let roundMilliseconds: Int64 = 30_000
    /// Younger files may belong to an attempt that is about to be recorded.
    private static let graceMicroseconds: Int64 = 3_600_000_000

    init(_ loop: ServiceLoop, _ configuration: Configuration) throws {
        self.configuration = configuration
        storage = try StorageFolder(root: configuration.storage)
        self.loop = loop
        losses = LossRecord(mostPercent: configuration.mostLostPercent)
    }

    func run() throws {
        var nextSweep = Clock.monotonicMilliseconds
        while true {
            do {
                // A connection a round: this process is idle for most of its life, and then holds nothing.
                let queue = try loop.heartbeat.allowing(Heartbeat.connectMilliseconds) {
                    try Queue.connect(configuration.databaseURL, applicationName: "penstock housekeeper")
                }
                try expire(queue)
                if let identity = try boundStorage(queue) {
                    try deleteExpired(queue)
                    try deleteExpiredRows(queue)
                    // It reads the whole folder, and orphans and lost files are rare.
                    if Clock.monotonicMilliseconds >= nextSweep {
                        nextSweep = Clock.monotonicMilliseconds + Int64(configuration.sweepSeconds) * 1000
                        try sweep(identity, queue)
                    }
                }
            } catch {
                Log.error("housekeeping failed", ("error", .string(String(reflecting: error))))
            }
            let now = Clock.monotonicMilliseconds
            // A sweep that is due and could not be made waits for the next round.
            let round = now + Self.roundMilliseconds
            _ = try loop.wait(until: nextSweep > now ? min(round, nextSweep) : round)
            if loop.phase != .working { return }
        }
    }

    private func expire(_ queue: Queue) throws {
        while true {
            loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            let expired = try queue.expire()
            if expired.isEmpty { return }
            Log.info("jobs expired", ("count", .int(expired.count)))
        }
    }

    /// Nothing is deleted in a folder that belongs to another database, or that is not mounted: every file in the one
    /// would have no row here, every row would have no file in the other.
    /// - Returns: the folder's identity; nil when it is not this database's.
    private func boundStorage(_ queue: Queue) throws -> UUID? {
        loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
        switch try StorageBinding(storage, queue).establish() {
        case .bound(let identity): return identity
        case .fault(let reason):
            Log.error("storage is not ready", ("reason", .string(reason)))
            return nil
        }
    }

    /// A link that was signed in the last moment is over as well by the time its file goes. A file that cannot be
    /// removed is tried again in the next round and holds up no other.
    private func deleteExpired(_ queue: Queue) throws {
        try delete({ try queue.deletableFiles(graceSeconds: configuration.linkSeconds) }, queue.recordDeletion)
    }

    /// Kept rows go after the same time, within which no re-export can begin to want them.
    private func deleteExpiredRows(_ queue: Queue) throws {
        try delete(
            { try queue.deletableRows(graceSeconds: max(60, configuration.linkSeconds)) }, queue.recordRowsDeletion)
    }

    private func delete(
        _ page: () throws -> [(job: UUID, storedPath: String)], _ record: (UUID) throws -> Void
    ) throws {
        while true {
            loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            var deleted = 0
            for (job, path) in try page() {
                loop.heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                do {
                    try storage.remove(relativePath: path)
                    try storage.remove(StoredFileName(filterKeysOf: job))
                } catch {
                    Log.error("file not deleted", ("error", .string(error.debugDescription)))
                    continue
                }
                try record(job)
                deleted += 1
            }
            if deleted == 0 { return }
        }
    }

    private func sweep(_ identity: UUID, _ queue: Queue) throws {
        let outcome: Sweep.Outcome
        do {
            outcome = try Sweep(storage, identity, queue, loop.heartbeat).run(
                olderThan: Clock.wallMicroseconds - Self.graceMicroseconds, &losses)
        } catch let error as Sweep.Interrupted {
            Log.error("sweep interrupted", ("reason", .string(error.reason)))
            return
        }
        if let missing = outcome.unbelieved {
            Log.error(
                "too many files are missing; no export fails by it before the storage has been looked at",
                ("missing", .int(missing)), ("most_percent", .int(configuration.mostLostPercent)))
        }
        if outcome.orphans + outcome.lost + outcome.returned > 0 {
            Log.warning(
                "sweep", ("orphans_deleted", .int(outcome.orphans)), ("files_lost", .int(outcome.lost)),
                ("files_returned", .int(outcome.returned)))
        }
    }
}
