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
///     file without a row that may want it, in two sweeps ─▶ deleted                (sweep: disk → table)
///     ready row without its file, or with a file of another size ─▶ failed         (sweep: table → disk)
///     job that has ended long ago, old row of the audit ─▶ forgotten                (history)
///     lost file that is back ─▶ ready                                              (sweep: table → disk)
///     ready row with a file of other bytes ─▶ failed                               (scrub, all the time, slowly)
///
/// A file is deleted only after its row says that it can no longer be downloaded, so after a crash between any two
/// steps the next round goes on.
final class Housekeeper {
    private let configuration: Configuration
    private let storage: any FileStore
    private let loop: ServiceLoop
    private var losses: Sweep.Record
    private var history: History
    /// Nil when files are not read again.
    private let scrub: Scrub?

    private static let roundMilliseconds: Int64 = 30_000
    /// Younger files may belong to an attempt that is about to be recorded.
    private static let graceMicroseconds: Int64 = 3_600_000_000

    init(_ loop: ServiceLoop, _ configuration: Configuration, keys: KeyRing) throws {
        self.configuration = configuration
        history = History(configuration, keys: keys, loop.heartbeat)
        storage = try configuration.openStorage()
        self.loop = loop
        losses = Sweep.Record(mostPercent: configuration.mostLostPercent)
        scrub = configuration.scrubBytes.map { [storage] in
            Scrub(storage, loop.heartbeat, bytesPerSecond: $0, mostPercent: configuration.mostLostPercent)
        }
    }

    func run() throws {
        var nextSweep = Clock.monotonicMilliseconds
        while true {
            do {
                // A connection a round: this process is idle for most of its life, and then holds nothing.
                let queue = try loop.heartbeat.allowing(Heartbeat.connectMilliseconds) {
                    try Queue.connectToOwnSchema(configuration.databaseURL, applicationName: "penstock housekeeper")
                }
                try expire(queue)
                try history.round(queue)
                if let identity = try boundStorage(queue) {
                    var deletion = Deletion(storage, identity, loop.heartbeat)
                    defer { deletion.report() }
                    try deleteFiles(&deletion, queue)
                    try deleteRows(&deletion, queue)
                    // It reads the whole folder, and orphans and lost files are rare.
                    if Clock.monotonicMilliseconds >= nextSweep {
                        nextSweep = Clock.monotonicMilliseconds + Int64(configuration.sweepSeconds) * 1000
                        try sweep(identity, queue)
                    }
                    try scrub?.round(identity, queue)
                }
            } catch {
                Log.error("housekeeping failed", ("error", .string(String(reflecting: error))))
            }
            let now = Clock.monotonicMilliseconds
            // A sweep that is due and could not be made waits for the next round.
            let round = now + Self.roundMilliseconds
            try wait(until: nextSweep > now ? min(round, nextSweep) : round)
            if loop.phase != .working { return }
        }
    }

    /// Waits for the next round, and reads files meanwhile.
    private func wait(until due: Int64) throws {
        while loop.phase == .working, let scrub, scrub.isDue {
            let next = Clock.monotonicMilliseconds + 1000
            scrub.step()
            _ = try loop.wait(until: min(next, due))
            if Clock.monotonicMilliseconds >= due { return }
        }
        if loop.phase == .working { _ = try loop.wait(until: due) }
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

    /// A link that was signed in the last moment is over as well by the time its file goes. The list of keys that was
    /// uploaded with an export lives as long as the file: until then a request may name it.
    private func deleteFiles(_ deletion: inout Deletion, _ queue: Queue) throws {
        let grace = configuration.linkSeconds
        try deletion.run({ try queue.deletableFiles(graceSeconds: grace, after: $0) }) { file throws(StorageError) in
            try storage.remove(relativePath: file.storedPath)
            try storage.remove(StoredFileName(filterKeysOf: file.job))
        } record: {
            try queue.recordDeletion($0)
        }
    }

    /// Kept rows go after the same time, within which no re-export can begin to want them.
    private func deleteRows(_ deletion: inout Deletion, _ queue: Queue) throws {
        let grace = max(60, configuration.linkSeconds)
        try deletion.run({ try queue.deletableRows(graceSeconds: grace, after: $0) }) { file throws(StorageError) in
            try storage.remove(relativePath: file.storedPath)
        } record: {
            try queue.recordRowsDeletion($0)
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
        if let unknown = outcome.unknown {
            Log.error(
                "too many files have no row; none is deleted before the database has been looked at",
                ("unknown", .int(unknown)), ("most_percent", .int(configuration.mostLostPercent)))
        }
        if outcome.orphans + outcome.lost + outcome.rowsLost + outcome.returned > 0 {
            Log.warning(
                "sweep", ("orphans_deleted", .int(outcome.orphans)), ("files_lost", .int(outcome.lost)),
                ("rows_lost", .int(outcome.rowsLost)), ("files_returned", .int(outcome.returned)))
        }
    }
}
