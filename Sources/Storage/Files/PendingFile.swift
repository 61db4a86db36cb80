import Crypto
import Glibc
import Posix

/// A file being written. It appears under its final name only when it is whole and durable, or not at all.
///
/// The order of publishing (each step was shown to be needed by cutting the power of an ext4 image):
///
///     open …​.part  O_CREAT O_EXCL O_NOFOLLOW   a new file, no link
///     write         digest alongside
///     writeback     started every 8 MiB: the last sync then finds little to do (5 ms instead of 45 for 115 MB)
///     fdatasync     bytes and size are on the disk
///     close         checked: some file systems report a lost write only here
///     rename        to the attempt's own name, in the same folder
///     fsync         of the folder: without it the old name can come back after a power cut
///
/// In a bucket the same is done by `PendingObject`: an object appears when its upload is completed. Only then may the
/// job's row say `ready`. Whichever step fails, the unfinished file is removed when the value goes; nothing is retried
/// on the same file.
package struct PendingFile: ~Copyable {
    package let name: StoredFileName
    /// Bytes written so far.
    package private(set) var size: Int64 = 0

    private var file: FileDescriptor?
    /// Bytes whose way to the disk has been started.
    private var started: Int64 = 0
    private var digest = SHA256()
    private static let writebackBytes: Int64 = 8 << 20
    /// Empty in a bucket.
    private let folder: String
    /// nil in a folder.
    private let pendingObject: PendingObject?
    /// The path to remove if this value goes now: the unfinished file's, or the published one's before its folder was
    /// synced.
    private var leftover: String?

    init(name: StoredFileName, object: PendingObject) {
        self.name = name
        folder = ""
        pendingObject = object
    }

    init(name: StoredFileName, folder: String) throws(StorageError) {
        self.name = name
        pendingObject = nil
        self.folder = folder
        let final = "\(folder)/\(name)"
        if try storing(final, { () throws(PosixError) in try File.status(final) }) != nil {
            throw StorageError(.exists, operation: "create", path: final)
        }
        let unfinished = "\(folder)/\(name.unfinished)"
        file = try storing(unfinished) { () throws(PosixError) in
            try FileDescriptor.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o640)
        }
        leftover = unfinished
    }

    deinit {
        if let leftover { unlink(leftover) }
    }

    /// Appends bytes. After it has thrown, the file can only be given up.
    /// - Throws: `StorageError`: the disk is full or failing.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        if let pendingObject {
            try pendingObject.append(bytes)
            digest.update(bufferPointer: bytes)
            size += Int64(bytes.count)
            return
        }
        guard file != nil else { throw StorageError(.io, operation: "write", path: path) }
        do {
            try file?.writeAll(bytes)
        } catch {
            try giveUp(error)
        }
        digest.update(bufferPointer: bytes)
        size += Int64(bytes.count)
        if size - started >= Self.writebackBytes {
            file?.startWriteback(from: started, count: size - started)
            started = size
        }
    }

    /// Publishes the file: when this returns, it is under its final name and would survive a power cut. The job's row
    /// may name it from then on, and has to be given its size and digest.
    package mutating func finish() throws(StorageError) -> PublishedFile {
        if let pendingObject {
            try pendingObject.finish()
            return PublishedFile(name: name, size: size, sha256: Array(digest.finalize()))
        }
        guard let open = file.take() else { throw StorageError(.io, operation: "publish", path: path) }
        do {
            try open.synchronizeData()
            try open.close()
            try Failpoint.fileSynced.reach()
        } catch {
            try giveUp(error)
        }
        let final = "\(folder)/\(name)"
        let unfinished = path
        _ = try storing(final) { () throws(PosixError) in
            try retryingInterrupts("rename") { rename(unfinished, final) }
        }
        leftover = final
        try storing(folder) { () throws(PosixError) in
            try Failpoint.fileRenamed.reach()
            try FileDescriptor.open(folder, O_RDONLY | O_DIRECTORY).synchronize()
        }
        leftover = nil
        return PublishedFile(name: name, size: size, sha256: Array(digest.finalize()))
    }

    /// The bytes that have been written, until the file is published.
    package var object: StoredObject { pendingObject?.object ?? StoredObject(path: path) }

    private var path: String { "\(folder)/\(name.unfinished)" }

    /// Closes at once, so that the disk's room is free again before the next export begins, and reports the cause.
    private mutating func giveUp(_ cause: PosixError) throws(StorageError) -> Never {
        let unfinished = path
        file = nil
        if let leftover { unlink(leftover) }
        leftover = nil
        throw StorageError(cause, path: unfinished)
    }
}
