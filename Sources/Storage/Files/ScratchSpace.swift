import Glibc
import Posix

/// Room for files without names, which go with the last process that has them open.
package struct ScratchSpace: Sendable {
    private let folder: String

    /// - Parameter folder: on the file system of the result, whose room is known to matter.
    package init(folder: String) {
        self.folder = folder
    }

    /// A new, empty file, for reading and writing.
    /// - Throws: `StorageError` when there is none to be had.
    package func makeFile() throws(StorageError) -> FileDescriptor {
        try storing(folder) { () throws(PosixError) in
            if let file = try makeUnnamedFile() { return file }
            return try makeUnlinkedFile()
        }
    }

    /// Removes files that were to lose their names at once and that a process has left behind.
    /// - Parameter age: microseconds since the Unix epoch; younger ones may be in use.
    /// - Returns: how many there were.
    func removeTemporaries(olderThan age: Int64) throws(StorageError) -> Int {
        try storing(folder) { () throws(PosixError) in
            var count = 0
            for name in try File.names(in: folder) where TemporaryName.isOurs(name) {
                guard let status = try File.status("\(folder)/\(name)"), status.modified < age else { continue }
                if try File.remove("\(folder)/\(name)") { count += 1 }
            }
            return count
        }
    }

    /// nil when the file system does not say.
    var room: StorageRoom? { StorageRoom(at: folder) }

    /// A file that never has a name.
    /// - Returns: nil where the file system or the kernel has none (open(2), O_TMPFILE): NFS and most of FUSE.
    /// - Throws: `PosixError` when there is another reason.
    func makeUnnamedFile() throws(PosixError) -> FileDescriptor? {
        do {
            // O_TMPFILE is made of two other constants and not imported.
            return try FileDescriptor.open(folder, 0o20000000 | O_DIRECTORY | O_RDWR, mode: 0o640)
        } catch {
            guard [EOPNOTSUPP, EISDIR, EINVAL].contains(error.errorNumber) else { throw error }
            return nil
        }
    }

    /// A file whose name is taken away at once. Unlike one that never had a name, it cannot be given one any more.
    func makeUnlinkedFile() throws(PosixError) -> FileDescriptor {
        let path = "\(folder)/\(TemporaryName.make())"
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o640)
        try retryingInterrupts("unlink", subject: path) { unlink(path) }
        return file
    }
}
