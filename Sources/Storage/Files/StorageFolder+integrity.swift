import Posix

/// The state of a published file on disk.
package enum Integrity: Sendable, Equatable {
    case whole
    case missing
    /// Its size or its bytes are not those of the receipt. It must not be served.
    case damaged
}

extension StorageFolder {
    /// One system call, cheap enough for every download.
    package func look(at file: PublishedFile) throws(StorageError) -> FileLook {
        let path = path(of: file.name)
        let status = try storing(path) { () throws(PosixError) in try File.status(path) }
        guard let status else { return FileLook(.missing) }
        return FileLook(status.kind == .file && status.size == file.size ? .whole : .damaged)
    }
}
