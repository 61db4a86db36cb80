import Jobs
import Posix
import Storage

/// Compares the files on disk with the job table, one folder after the other.
struct Sweep {
    private let storage: StorageFolder
    private let queue: Queue
    private let heartbeat: Heartbeat

    /// - Parameter heartbeat: of the process that sweeps, which may take long.
    init(_ storage: StorageFolder, _ queue: Queue, _ heartbeat: Heartbeat) {
        self.storage = storage
        self.queue = queue
        self.heartbeat = heartbeat
    }

    /// - Parameter age: microseconds since the Unix epoch; a file without a row that is younger is left alone.
    /// - Returns: how many files that nothing leads to were deleted, and how many ready rows had no whole file.
    func run(olderThan age: Int64) throws -> (orphans: Int, lost: Int) {
        var orphans = 0
        for shard in StorageFolder.shards {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            // The files first, the rows after them: a row is there before its first file is, and its epoch only grows.
            let files = try storage.files(inShard: shard)
            if files.isEmpty { continue }
            let jobs = Array(Set(files.map(\.name.job)))
            let rows = try queue.storedFiles(jobs)
            let wanted = files.contains { $0.name.content == .rows } ? try queue.wantedRows(jobs) : []
            for file in files where !wanted.contains(file.name.relativePath) {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                guard Self.isOrphan(file, rows[file.name.job], olderThan: age) else { continue }
                if try storage.remove(file.name) { orphans += 1 }
            }
        }
        try forgetLostRows()
        return (orphans, try findLost())
    }

    /// Whether a file that is not some job's kept rows may go.
    ///
    /// A file may stay while its row names it, or while its attempt runs: nothing else can ever lead to it. Where the
    /// row rules it out, that is certain at once. Without a row, or ahead of it, somebody may have restored an older
    /// database, and only the file's age speaks against it.
    static func isOrphan(_ file: StoredFile, _ row: Queue.StoredFile?, olderThan age: Int64) -> Bool {
        guard let row, file.name.epoch <= row.epoch else { return file.modified < age }
        if file.name == StoredFileName(filterKeysOf: file.name.job) {
            // Every attempt reads it, and a later export may be made with it, until the job has expired or will run no
            // more.
            return !row.state.holdsFilter && (row.deleted || !row.state.holdsFile)
        }
        if row.state == .processing { return file.name.epoch != row.epoch }
        return !row.state.holdsFile || file.name.relativePath != row.storedPath || row.deleted
    }

    /// A report whose kept rows have gone can be exported again from the data only.
    private func forgetLostRows() throws {
        var after: UUID?
        while case let page = try queue.keptRows(after: after), let last = page.last {
            after = last.job
            for (job, path, size) in page {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                guard let name = StoredFileName(relativePath: path) else { continue }
                if try storage.glance(at: PublishedFile(name: name, size: size, sha256: [])) == .whole { continue }
                try queue.recordRowsDeletion(job)
                try storage.remove(name)
            }
        }
    }

    private func findLost() throws -> Int {
        var lost = 0
        var after: UUID?
        while true {
            let page = try queue.readyFiles(after: after)
            guard let last = page.last else { return lost }
            after = last.job
            for (job, path, size) in page {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                guard let name = StoredFileName(relativePath: path) else { continue }
                let state = try storage.glance(at: PublishedFile(name: name, size: size, sha256: []))
                if state == .whole { continue }
                let gone = state == .missing
                if try queue.recordLoss(
                    job, code: gone ? "file_missing" : "file_damaged",
                    summary: gone ? "The file has disappeared from the storage" : "The file was changed on the storage")
                {
                    lost += 1
                    try storage.remove(name)
                }
            }
        }
    }
}
