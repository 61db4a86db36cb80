import JSON
import Jobs
import Posix
import Storage

/// Deletes files whose time is over.
///
/// A file that cannot be removed (its folder refuses, or it is another owner's since a restore) is tried again in the
/// next round, and holds up no other.
struct Deletion {
    private let storage: any FileStore
    private let identity: UUID
    private let heartbeat: Heartbeat
    private(set) var refused = 0
    private var firstRefusal = ""

    /// - Parameters:
    ///   - identity: the folder's, to which the database is bound.
    ///   - heartbeat: of the process that deletes.
    init(_ storage: any FileStore, _ identity: UUID, _ heartbeat: Heartbeat) {
        self.storage = storage
        self.identity = identity
        self.heartbeat = heartbeat
    }

    /// Goes through the pages of a list, and asks for the folder's identity before each.
    /// - Parameters:
    ///   - page: the files after one, or the first.
    ///   - remove: the file, and what belongs to it.
    ///   - record: that it is gone.
    /// - Throws: the errors of `page` and `record`; the deletions until then are complete.
    mutating func run(
        _ page: (Queue.DeletableFile?) throws -> [Queue.DeletableFile],
        remove: (Queue.DeletableFile) throws(StorageError) -> Void, record: (UUID) throws -> Void
    ) throws {
        var last: Queue.DeletableFile?
        while StorageBinding.fault(storage, bound: identity) == nil {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            let files = try page(last)
            guard !files.isEmpty else { return }
            last = files.last
            for file in files {
                heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
                do {
                    try remove(file)
                } catch {
                    if refused == 0 { firstRefusal = error.debugDescription }
                    refused += 1
                    continue
                }
                try? Failpoint.fileDeleted.reach()
                try record(file.job)
            }
        }
    }

    /// Says in the log how many files could not be removed.
    func report() {
        guard refused > 0 else { return }
        Log.error("files not deleted", ("count", .int(refused)), ("first", .string(firstRefusal)))
    }
}
