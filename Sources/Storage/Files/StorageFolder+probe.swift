import Glibc
import Posix

/// What the service needs of the file system, tried before it is needed.
extension StorageFolder {
    /// Whether files can be written, made durable, renamed and linked here right now.
    /// - Returns: whether the file system has files without names; a named one that is unlinked takes their place.
    /// - Throws: `StorageError` with the first operation that the file system refuses.
    package func probe() throws(StorageError) -> Bool {
        let folder = "\(root)/\(StoredFileName.folder)"
        let names = (0..<3).map { _ in "\(folder)/\(TemporaryName.make())" }
        defer { for name in names { unlink(name) } }
        try storing(names[0]) { () throws(PosixError) in
            let file = try FileDescriptor.open(names[0], O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o640)
            try withUnsafeBytes(of: UInt8(ascii: "x")) { byte throws(PosixError) in try file.writeAll(byte) }
            try file.synchronizeData()
            try file.close()
            try retryingInterrupts("rename") { rename(names[0], names[1]) }
            try retryingInterrupts("link") { link(names[1], names[2]) }
        }
        return try storing(folder) { () throws(PosixError) in
            try FileDescriptor.open(folder, O_RDONLY | O_DIRECTORY).synchronize()
            if try scratch.makeUnnamedFile() != nil { return true }
            _ = try scratch.makeUnlinkedFile()
            return false
        }
    }

    /// Removes files that were to exist for a moment and that a process has left behind.
    /// - Parameter age: microseconds since the Unix epoch; younger ones may be in use.
    /// - Returns: how many there were.
    package func removeTemporaries(olderThan age: Int64) throws(StorageError) -> Int {
        var removed = 0
        for folder in [root, "\(root)/\(StoredFileName.folder)"] {
            removed += try storing(folder) { () throws(PosixError) in
                var count = 0
                for name in try File.names(in: folder) where TemporaryName.isOurs(name) {
                    guard let status = try File.status("\(folder)/\(name)"), status.modified < age else { continue }
                    if try File.remove("\(folder)/\(name)") { count += 1 }
                }
                return count
            }
        }
        return removed
    }
}
