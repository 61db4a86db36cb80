import Jobs
import Posix
import Storage

/// Compares the files on disk with the job table, one folder after the other.
///
/// A folder may be away for a while or be seen late by this host: a disk that is unmounted, a server that fails over, a
/// network file system's cache of absences. And a database may have been set back. So the folder's identity is asked
/// for again and again, and what is wrong is only believed by the rules of `LossRecord`.
struct Sweep {
    private let storage: any FileStore
    private let identity: UUID
    private let queue: Queue
    private let heartbeat: Heartbeat

    /// The counts of one sweep.
    struct Outcome {
        /// Files deleted to which nothing leads.
        var orphans = 0
        /// Files that were lost earlier and are back, so that their jobs are ready again.
        var returned = 0
        /// Jobs that failed since their file is gone or changed.
        var lost = 0
        /// Jobs whose kept rows are gone or changed.
        var rowsLost = 0
        /// Missing or changed files and kept rows when they are too many to be believed.
        var unbelieved: Int?
        /// Files of which the database knows nothing when they are too many to be believed.
        var unknown: Int?
    }

    /// What the last sweep has found wrong.
    struct Record {
        /// By job.
        var files: LossRecord<UUID>
        /// By job.
        var keptRows: LossRecord<UUID>
        /// Files of which the database knows nothing.
        var orphans: LossRecord<StoredFileName>
        /// Files of which it knows that nothing needs them.
        var leftovers = LossRecord<StoredFileName>(mostPercent: 100)
        /// Lost files that are there with other bytes than their receipt's, by job: when each was changed last. They
        /// are read again when that is another time.
        var others: [UUID: Int64] = [:]

        /// - Parameter mostPercent: of each, how many in a hundred may be wrong.
        init(mostPercent: Int) {
            files = LossRecord(mostPercent: mostPercent)
            keptRows = LossRecord(mostPercent: mostPercent)
            orphans = LossRecord(mostPercent: mostPercent)
        }
    }

    /// The folder is not the one that the database is bound to, or not to be read.
    struct Interrupted: Error {
        let reason: String
    }

    /// - Parameters:
    ///   - identity: the folder's, to which the database is bound.
    ///   - heartbeat: of the process that sweeps, which may take long.
    init(_ storage: any FileStore, _ identity: UUID, _ queue: Queue, _ heartbeat: Heartbeat) {
        self.storage = storage
        self.identity = identity
        self.queue = queue
        self.heartbeat = heartbeat
    }

    /// - Parameters:
    ///   - age: microseconds since the Unix epoch; a file without a row that is younger is left alone.
    ///   - record: what the last sweep has found wrong.
    /// - Throws: `Interrupted`, `StorageError`, `PostgresError`; the changes until then are complete.
    func run(olderThan age: Int64, _ record: inout Record) throws -> Outcome {
        var outcome = Outcome()
        outcome.returned = try findReturned(&record.others)
        try removeOrphans(olderThan: age, &record, &outcome)
        try findLost(&record.files, &outcome)
        // Where many files are missing, kept rows are not gone either.
        if outcome.unbelieved == nil { try forgetLostRows(&record.keptRows, &outcome) }
        return outcome
    }

    /// - Throws: `Interrupted` when the folder is not there any more.
    private func checkIdentity() throws {
        if let reason = StorageBinding.fault(storage, bound: identity) { throw Interrupted(reason: reason) }
    }

    /// Many files of which the database knows nothing mean that it was set back. Many that it knows to be left over
    /// mean that kills and outages have ended many attempts; these go however many they are.
    private func removeOrphans(olderThan age: Int64, _ record: inout Record, _ outcome: inout Outcome) throws {
        outcome.orphans = try storage.removeTemporaries(olderThan: age)
        var looked = 0
        var (orphans, leftovers): (Set<StoredFileName>, Set<StoredFileName>) = ([], [])
        for shard in StorageFolder.shards {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            // The files first, the rows after them: a row is there before its first file is, and its epoch only grows.
            let files = try storage.files(inShard: shard)
            if files.isEmpty { continue }
            looked += files.count
            let jobs = Array(Set(files.map(\.name.job)))
            let rows = try queue.storedFiles(jobs)
            let wanted = files.contains { $0.name.content == .rows } ? try queue.wantedRows(jobs) : []
            for file in files where !wanted.contains(file.name.relativePath) {
                let row = rows[file.name.job]
                guard Self.isOrphan(file, row, olderThan: age) else { continue }
                if let row, file.name.epoch <= row.epoch {
                    leftovers.insert(file.name)
                } else {
                    orphans.insert(file.name)
                }
            }
        }
        try remove(record.leftovers.judge(leftovers, of: looked), &outcome)
        let verdict = record.orphans.judge(orphans, of: looked)
        if verdict == .tooMany { outcome.unknown = orphans.count }
        try remove(verdict, &outcome)
    }

    private func remove(_ verdict: LossRecord<StoredFileName>.Verdict, _ outcome: inout Outcome) throws {
        guard case .believed(let names) = verdict else { return }
        for name in names {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            try checkIdentity()
            try? Failpoint.orphanFound.reach()
            if try storage.remove(name) { outcome.orphans += 1 }
        }
    }

    /// Whether a file that is not some job's kept rows may go.
    ///
    /// A file may stay while its row names it, or while its attempt runs: no other way leads to it. Where the row
    /// excludes both, the file is an orphan at once. Where there is no row, or the file's claim is newer than the
    /// row's, an older database may have been restored; then the file is an orphan when it is old enough.
    static func isOrphan(_ file: StoredFile, _ row: Queue.StoredFile?, olderThan age: Int64) -> Bool {
        guard let row, file.name.epoch <= row.epoch else { return file.modified < age }
        if let path = row.lostPath {
            return file.name.relativePath != path && file.name != StoredFileName(filterKeysOf: file.name.job)
        }
        if file.name == StoredFileName(filterKeysOf: file.name.job) {
            // Every attempt reads it, and a later export may be made with it, until the job has expired or will run no
            // more.
            return !row.state.holdsFilter && (row.deleted || !row.state.holdsFile)
        }
        if row.state == .processing { return file.name.epoch != row.epoch }
        return !row.state.holdsFile || file.name.relativePath != row.storedPath || row.deleted
    }

    /// A report whose kept rows have gone can be exported again from the data only.
    private func forgetLostRows(_ record: inout LossRecord<UUID>, _ outcome: inout Outcome) throws {
        var looked = 0
        var missing: [UUID: StoredFileName] = [:]
        try forEach(queue.keptRows) { job, name, size in
            looked += 1
            let state = try storage.glance(at: PublishedFile(name: name, size: size, sha256: []))
            if state != .whole { missing[job] = name }
        }
        switch record.judge(Set(missing.keys), of: looked) {
        case .tooMany: outcome.unbelieved = missing.count
        case .believed(let lost):
            for job in lost {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                try checkIdentity()
                try queue.recordRowsDeletion(job)
                if let name = missing[job] { try storage.remove(name) }
                outcome.rowsLost += 1
            }
        }
    }

    /// A file is back when its bytes are those of its receipt; the size alone says nothing of a file that has rotted.
    private func findReturned(_ others: inout [UUID: Int64]) throws -> Int {
        var returned = 0
        var stillOthers: [UUID: Int64] = [:]
        var after: UUID?
        repeat {
            try checkIdentity()
            let files = try queue.lostFiles(after: after)
            after = files.last?.job
            for file in files {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                guard let name = StoredFileName(relativePath: file.storedPath),
                    try storage.glance(at: PublishedFile(name: name, size: file.size, sha256: [])) == .whole
                else { continue }
                let look = try? storage.digest(of: name, unlessChanged: others[file.job]) {
                    heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                }
                if look?.sha256 == file.sha256 {
                    if try queue.recordReturn(file.job) { returned += 1 }
                } else {
                    stillOthers[file.job] = look?.changed
                }
            }
        } while after != nil
        others = stillOthers
        return returned
    }

    private func findLost(_ record: inout LossRecord<UUID>, _ outcome: inout Outcome) throws {
        var looked = 0
        var missing: [UUID: Bool] = [:]
        try forEach(queue.readyFiles) { job, name, size in
            looked += 1
            let state = try storage.glance(at: PublishedFile(name: name, size: size, sha256: []))
            if state != .whole { missing[job] = state == .missing }
        }
        switch record.judge(Set(missing.keys), of: looked) {
        case .tooMany: outcome.unbelieved = missing.count
        case .believed(let lost):
            for job in lost {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                try checkIdentity()
                let isGone = missing[job] == true
                // The file stays, if there is one: it may be seen whole again.
                if try queue.recordLoss(
                    job, code: isGone ? "file_missing" : "file_damaged",
                    summary: isGone
                        ? "The file has disappeared from the storage" : "The file was changed on the storage")
                {
                    outcome.lost += 1
                }
            }
        }
    }

    /// Goes through the pages of a list by job, and asks for the folder's identity before each and after the last.
    private func forEach(
        _ page: (UUID?) throws -> [(job: UUID, storedPath: String, size: Int64)],
        _ body: (UUID, StoredFileName, Int64) throws -> Void
    ) throws {
        var after: UUID?
        repeat {
            try checkIdentity()
            let files = try page(after)
            after = files.last?.job
            for (job, path, size) in files {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                if let name = StoredFileName(relativePath: path) { try body(job, name, size) }
            }
        } while after != nil
    }
}
