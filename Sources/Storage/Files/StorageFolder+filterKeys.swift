import Glibc
import Posix

/// The lists of keys that were uploaded with exports.
extension StorageFolder {
    /// A second name for an earlier job's list, durable as a published file is: each job has a list of its own, which
    /// stays when the other's goes.
    /// - Returns: false when the earlier job's list is not there any more.
    package func linkFilterKeys(of earlier: UUID, to job: UUID) throws(StorageError) -> Bool {
        let old = path(of: StoredFileName(filterKeysOf: earlier))
        let new = StoredFileName(filterKeysOf: job)
        try makeFolder(of: new)
        return try storing(path(of: new)) { () throws(PosixError) in
            // The sweep takes a file that no row knows for an orphan by its age, and this one's row is still to come.
            if utimensat(AT_FDCWD, old, nil, AT_SYMLINK_NOFOLLOW) != 0, errno != ENOENT {
                throw PosixError("utimensat", subject: old)
            }
            if link(old, path(of: new)) != 0 {
                if errno == ENOENT { return false }
                throw PosixError("link", subject: path(of: new))
            }
            try FileDescriptor.open("\(root)/\(StoredFileName.folder)/\(new.shard)", O_RDONLY | O_DIRECTORY)
                .synchronize()
            return true
        }
    }

    /// Removes a job's list, when it had one. One that cannot be removed now is an orphan that the next sweep finds.
    package func discardFilterKeys(of job: UUID) {
        _ = try? remove(StoredFileName(filterKeysOf: job))
        _ = try? remove(StoredFileName(filterKeysOf: job).unfinished)
    }
}
