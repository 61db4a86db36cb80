import JSON
import Jobs
import Posix
import Storage

/// Whether jobs may be claimed for this host's storage. One that is gone, read-only, another database's or nearly full
/// would cost each job its attempts; jobs wait instead.
struct StorageWatch {
    /// The room below which nothing is claimed, in bytes; nil for the default.
    private let reserve: Int?
    /// The storage folder's id, once it is known to be this database's.
    private var bound: UUID?
    /// The last error that was found; it is logged once.
    private var fault: String?
    private var isFull = false

    /// How long a job is held for which there is no room; room that is found ends it at once.
    private static let holdSeconds = 30

    init(reserve: Int?) {
        self.reserve = reserve
    }

    mutating func isReady(_ storage: any FileStore, _ link: QueueLink) -> Bool {
        isBound(storage, link) && hasRoom(storage, link)
    }

    private mutating func isBound(_ storage: any FileStore, _ link: QueueLink) -> Bool {
        var found: String?
        if let bound {
            found = StorageBinding.fault(storage, bound: bound)
        } else {
            var state: StorageBinding.State?
            // Without a queue there is nothing to claim either.
            guard link.attempt({ state = try StorageBinding(storage, $0).establish() }) != .later else { return true }
            switch state {
            case .bound(let id): bound = id
            case .fault(let reason): found = reason
            case nil: found = "it could not be bound to the database"
            }
        }
        if let found, found != fault { Log.error("storage is not ready", ("reason", .string(found))) }
        if found == nil, fault != nil { Log.info("storage is ready again") }
        fault = found
        return found == nil
    }

    /// Jobs for which there is no room say so, and are due again when there is.
    private mutating func hasRoom(_ storage: any FileStore, _ link: QueueLink) -> Bool {
        guard let room = storage.room else { return true }
        let least = room.reserve(reserve)
        let wasFull = isFull
        isFull = room.free < least
        if isFull {
            if !wasFull {
                Log.error(
                    "storage has too little room; exports wait", ("free_bytes", .int(room.free)),
                    ("reserve_bytes", .int(least)))
            }
            link.attempt {
                try $0.holdJobs(
                    seconds: Self.holdSeconds, code: "storage_full", summary: "There is no room for more files")
            }
        } else if wasFull {
            Log.info("storage has room again", ("free_bytes", .int(room.free)))
            link.attempt { _ = try $0.resumeWaiting() }
        }
        return !isFull
    }
}
