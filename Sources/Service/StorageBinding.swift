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
///     none          a            the disk is not mounted, or another folder       bound when no file is wanted
///     a             b            the folder of another database                   fault
///
/// On a fault nothing is deleted, no row is judged by its file, and no job is claimed.
struct StorageBinding {
    enum State: Equatable {
        case bound(UUID)
        /// The error and its remedy, for the operator.
        case fault(String)
    }

    private let storage: StorageFolder
    private let queue: Queue

    init(_ storage: StorageFolder, _ queue: Queue) {
        self.storage = storage
        self.queue = queue
    }

    /// Why the two do not belong together; nil when they do or could. Changes nothing.
    /// - Throws: `StorageError`, `PostgresError`.
    func refusal() throws -> String? {
        let folder = try storage.identity()
        let (bound, inUse) = try queue.boundStorage()
        switch (folder, bound) {
        case (let folder?, let bound?) where folder != bound:
            return "\(storage) belongs to another database; set another PENSTOCK_STORAGE, or both remove "
                + "\(storage)/instance and delete the row of penstock_storage to take this folder"
        case (_?, nil) where try storage.holdsFiles():
            return "\(storage) holds the files of another database; set another PENSTOCK_STORAGE, or remove "
                + "\(storage)/instance to give the folder to this database"
        case (nil, _?) where inUse:
            return "\(storage) is not the folder that this database's files are in (it has no file 'instance'); "
                + "mount it, or delete the row of penstock_storage to take this folder"
        default: return nil
        }
    }

    /// Writes the missing id of a folder or a database that may be bound.
    /// - Throws: `StorageError`, `PostgresError`.
    func establish() throws -> State {
        if let refusal = try refusal() { return .fault(refusal) }
        let id = try storage.makeIdentity(try queue.boundStorage().id ?? .version4())
        guard try queue.bindStorage(id) == id else {
            return .fault("\(storage) was bound to another database at the same moment")
        }
        return .bound(id)
    }

    /// The error of a folder that was found bound earlier and has since been unmounted or become read-only; nil when it
    /// is still good.
    static func fault(_ storage: StorageFolder, bound id: UUID) -> String? {
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
