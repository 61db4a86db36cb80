import JSON
import Jobs
import Posix
import Storage

/// Whether jobs may be claimed for this host's storage. One that is gone, read-only or another database's would cost
/// each job its attempts; jobs wait instead.
struct StorageWatch {
    /// The storage folder's id, once it is known to be this database's.
    private var bound: UUID?
    /// The last error that was found; it is logged once.
    private var fault: String?

    mutating func isReady(_ storage: StorageFolder, _ link: QueueLink) -> Bool {
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
}
