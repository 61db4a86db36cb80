import Jobs
import Posix
import Storage

/// The tie between a storage folder and the database whose jobs' files lie in it.
///
///     folder's id   database's   meaning                                          answer
///     a             a            ours                                             bound
///     none          none         first start                                      bound, both are written
///     a             none         first start that was cut short, or a new         bound when the folder is empty
///                                database over an old folder
///     none          a            the disk is not mounted, or another folder       fault; bound by `adopt` alone
///     a             b            the folder of another database                   fault
///
/// On a fault nothing is deleted, no row is judged by its file, and no job is claimed.
struct StorageBinding {
    enum State: Equatable {
        case bound(UUID)
        /// The error and its remedy, for the operator.
        case fault(String)
    }

    private let storage: any FileStore
    private let queue: Queue

    init(_ storage: any FileStore, _ queue: Queue) {
        self.storage = storage
        self.queue = queue
    }

    /// The two ids. The database's is read first: a host that binds this folder meanwhile gives the folder its id
    /// before the database.
    private func ids() throws -> (bound: UUID?, folder: UUID?) {
        let bound = try queue.boundStorage()
        return (bound, try storage.identity())
    }

    /// Why the two do not belong together; nil when they do or could. Changes nothing.
    /// - Throws: `StorageError`, `PostgresError`.
    func refusal() throws -> String? { try refusal(try ids()) }

    private func refusal(_ ids: (bound: UUID?, folder: UUID?)) throws -> String? {
        switch ids {
        case (let bound?, let folder?) where folder != bound:
            return "\(storage) belongs to another database; set another PENSTOCK_STORAGE, or remove "
                + "\(storage)/instance and run 'penstock check --adopt-storage' to take this folder"
        case (nil, _?) where try storage.holdsFiles():
            return "\(storage) holds the files of another database; set another PENSTOCK_STORAGE, or remove "
                + "\(storage)/instance to give the folder to this database"
        case (_?, nil):
            return "\(storage) is not the folder that this database is bound to (it has no file 'instance'); mount "
                + "that one, or run 'penstock check --adopt-storage' to take this folder in its place"
        default: return nil
        }
    }

    /// Writes the missing id of a folder or a database that may be bound.
    /// - Throws: `StorageError`, `PostgresError`.
    func establish() throws -> State {
        let ids = try ids()
        if let refusal = try refusal(ids) { return .fault(refusal) }
        // Never an id that another host has bound since: this folder would take it for its own.
        let id = try storage.makeIdentity(ids.folder ?? .version4())
        guard try queue.bindStorage(id) == id else {
            return .fault("another folder than \(storage) was bound to the database at the same moment")
        }
        return .bound(id)
    }

    /// Gives a folder without an id the one that the database is bound to, because the operator says so.
    /// - Throws: `StorageError`, `PostgresError`.
    func adopt() throws -> State {
        guard let bound = try queue.boundStorage() else { return try establish() }
        _ = try storage.makeIdentity(bound)
        return try establish()
    }

    /// The error of a folder that was found bound earlier and has since been unmounted or become read-only; nil when it
    /// is still good.
    static func fault(_ storage: any FileStore, bound id: UUID) -> String? {
        do {
            guard try storage.identity() == id else {
                return "\(storage) is not the bound storage folder any more"
            }
        } catch {
            return error.debugDescription
        }
        return storage.looksWritable ? nil : "\(storage) cannot be written"
    }
}
