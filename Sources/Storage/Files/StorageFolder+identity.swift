import Glibc
import Posix

/// Whose folder this is. The file `instance` holds an id, made once, which the database of the jobs knows as well; so
/// neither a folder of another database nor the empty place of a disk that is not mounted is taken for ours.
extension StorageFolder {
    private var identityPath: String { "\(root)/instance" }

    /// The folder's id, nil when it has none. Two system calls; asked before every claim.
    package func identity() throws(StorageError) -> UUID? {
        guard try storing(identityPath, { () throws(PosixError) in try File.status(identityPath) }) != nil else {
            return nil
        }
        let bytes = try storing(identityPath) { () throws(PosixError) in try File.bytes(at: identityPath, limit: 64) }
        guard let id = UUID(String(decoding: bytes.prefix(36), as: UTF8.self)) else {
            throw StorageError(.refused, operation: "read", path: identityPath)
        }
        return id
    }

    /// Gives the folder an id, durably.
    /// - Returns: the id that the folder has now; another one when it had one already, or another process was faster.
    package func makeIdentity(_ id: UUID) throws(StorageError) -> UUID {
        if let id = try identity() { return id }
        let path = identityPath
        let fresh = "\(root)/\(TemporaryName.make())"
        let text = Array("\(id)\n".utf8)
        try storing(path) { () throws(PosixError) in
            let file = try FileDescriptor.open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o640)
            defer { unlink(fresh) }
            try file.writeAll(text)
            try file.synchronizeData()
            // Unlike rename, link never replaces: the second process reads the first one's.
            if link(fresh, path) != 0, errno != EEXIST { throw PosixError("link", subject: path) }
            try FileDescriptor.open(root, O_RDONLY | O_DIRECTORY).synchronize()
        }
        return try identity() ?? id
    }

    /// Whether any file of ours lies in the folder.
    package func holdsFiles() throws(StorageError) -> Bool {
        for shard in Self.shards where try !files(inShard: shard).isEmpty { return true }
        return false
    }

    /// Whether the folder can be written as far as the mount and its mode tell; `probe` tries it.
    package var looksWritable: Bool { access("\(root)/\(StoredFileName.folder)", W_OK) == 0 }
}
