import Glibc
import Posix

/// What the service needs of the file system, tried before it is needed.
extension StorageFolder {
    /// Whether files can be written, made durable, renamed and linked here right now.
    /// - Throws: `StorageError` with the first operation that the file system refuses.
    package func probe() throws(StorageError) -> String? {
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
            if try scratch.makeUnnamedFile() != nil { return nil }
            _ = try scratch.makeUnlinkedFile()
            return "it has no O_TMPFILE, named files that are unlinked take its place"
        }
    }

    /// Removes files that were to exist for a moment and that a process has left behind.
    /// - Parameter age: microseconds since the Unix epoch; younger ones may be in use.
    /// - Returns: how many there were.
    package func removeTemporaries(olderThan age: Int64) throws(StorageError) -> Int {
        try scratch.removeTemporaries(olderThan: age)
            + ScratchSpace(folder: "\(root)/\(StoredFileName.folder)").removeTemporaries(olderThan: age)
    }
}

/// What nginx is to read, for a look as nginx's user.
extension StorageFolder {
    /// The folder of the finished files.
    package var filesPath: String { "\(root)/\(StoredFileName.folder)" }

    /// The path of a finished file, the last of the folder that was changed last; nil without one.
    package func recentFile() throws(StorageError) -> String? {
        var recent: (shard: String, modified: Int64)?
        for shard in Self.shards {
            let path = "\(filesPath)/\(shard)"
            let status = try storing(path) { () throws(PosixError) in try File.status(path) }
            guard let status, status.modified > recent?.modified ?? .min else { continue }
            recent = (shard, status.modified)
        }
        guard let shard = recent?.shard else { return nil }
        return try files(inShard: shard).filter { !$0.name.isUnfinished && $0.name.content != .filterKeys }
            .max { $0.modified < $1.modified }.map { path(of: $0.name) }
    }

    /// Makes a file as an export's is made, which the caller removes. One that is left behind goes with the sweep.
    /// - Returns: its path.
    package func makeSample() throws(StorageError) -> String {
        let path = "\(filesPath)/\(TemporaryName.make())"
        try storing(path) { () throws(PosixError) in
            try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o640).close()
        }
        return path
    }
}
