import Jobs
import Posix
import Storage

/// Compares the files on disk with the job table, one folder after the other.
struct Sweep {
    private let storage: StorageFolder
    private let queue: Queue

    init(_ storage: StorageFolder, _ queue: Queue) {
        self.storage = storage
        self.queue = queue
    }

    /// - Parameter age: microseconds since the Unix epoch; younger files are left alone.
    /// - Returns: how many files without a row were deleted, and how many ready rows had no whole file.
    func run(olderThan age: Int64) throws -> (orphans: Int, lost: Int) {
        var orphans = 0
        for shard in StorageFolder.shards {
            let files = try storage.files(inShard: shard).filter { $0.modified < age }
            if files.isEmpty { continue }
            let rows = try queue.storedFiles(Array(Set(files.map(\.name.job))))
            for file in files where Self.isOrphan(file, rows[file.name.job]) {
                if try storage.remove(file.name) { orphans += 1 }
            }
        }
        return (orphans, try findLost())
    }

    /// A file may stay while its row names it, or while its attempt runs: nothing else can ever lead to it.
    static func isOrphan(_ file: StoredFile, _ row: Queue.StoredFile?) -> Bool {
        guard let row else { return true }
        switch row.state {
        case .processing: return file.name.epoch != row.epoch
        case .ready, .expired: return file.name.relativePath != row.storedPath
        case .pending, .failed, .cancelled: return true
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
                guard let name = StoredFileName(relativePath: path) else { continue }
                let state = try storage.glance(at: PublishedFile(name: name, size: size, sha256: []))
                if state == .whole { continue }
                let gone = state == .missing
                if try queue.recordLoss(
                    job, code: gone ? "file_missing" : "file_damaged",
                    summary: gone ? "The file has disappeared from the storage" : "The file was changed on the storage")
                {
                    lost += 1
                }
            }
        }
    }
}
