import Crypto
import Glibc
import Posix

/// The files of parts, which last no longer than the attempt that they are parts of: nothing of them has to survive a
/// power cut, after which the job runs again.
extension StorageFolder {
    /// Gives a whole file without a name (`ScratchSpace`, on this folder's file system) its own; one that has lost its
    /// name is copied. A file that an earlier process of the same attempt left under it is replaced.
    /// - Parameter descriptor: readable; the caller closes it.
    package func publishPart(_ descriptor: Int32, as name: StoredFileName) throws(StorageError) -> PublishedFile {
        let path = path(of: name)
        return try storing(path) { () throws(PosixError) in
            var digest = SHA256()
            var size: Int64 = 0
            var reader = ChunkReader(descriptor)
            while let bytes = try reader.next() {
                digest.update(bufferPointer: bytes)
                size += Int64(bytes.count)
            }
            _ = try File.remove(path)
            do throws(PosixError) {
                // linkat(2): the way that needs no privilege.
                try retryingInterrupts("linkat", subject: path) {
                    linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
                }
            } catch {
                // The file has lost its name, or the file system links nothing.
                guard [ENOENT, EXDEV, EPERM, EOPNOTSUPP].contains(error.errorNumber) else { throw error }
                try Self.copy(descriptor, to: path, by: self.path(of: name.unfinished))
            }
            return PublishedFile(name: name, size: size, sha256: Array(digest.finalize()))
        }
    }

    /// - Parameter unfinished: the path while it is being written.
    private static func copy(_ descriptor: Int32, to path: String, by unfinished: String) throws(PosixError) {
        _ = try File.remove(unfinished)
        let copy = try FileDescriptor.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o640)
        defer { unlink(unfinished) }
        var reader = ChunkReader(descriptor)
        while let bytes = try reader.next() { try copy.writeAll(bytes) }
        try copy.close()
        try retryingInterrupts("rename", subject: path) { rename(unfinished, path) }
    }

    /// Removes the files of an attempt's parts. One that cannot be removed now is an orphan that the next sweep finds.
    package func discardParts(of attempt: StoredAttempt) {
        let shard = StoredFileName(attempt, .rows).shard
        guard let names = try? File.names(in: "\(root)/\(StoredFileName.folder)/\(shard)") else { return }
        let beginning = "\(attempt).p"
        for text in names where text.hasPrefix(beginning) {
            if let name = StoredFileName(text), name.number != nil { _ = try? remove(name) }
        }
    }
}
