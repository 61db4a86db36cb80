import Coding
import Crypto
import Glibc
import Posix

/// A published file that is read from the disk piece by piece, for its digest.
///
/// The kernel's copy of it is dropped before and after: what counts is what the disk has, and the files that are
/// downloaded should keep their place in memory.
package struct FileReading: ~Copyable {
    private let file: FileDescriptor
    private let path: String
    private var chunks: ChunkReader
    private var digest = SHA256()
    /// When it was changed last, in microseconds since the Unix epoch (st_ctim, which no program can set).
    package let changed: Int64

    fileprivate init(path: String) throws(StorageError) {
        self.path = path
        let file = try storing(path) { () throws(PosixError) in
            try FileDescriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
        let descriptor = file.raw
        changed = try storing(path) { () throws(PosixError) in try FileDescriptor.changeTime(of: descriptor) }
        chunks = ChunkReader(descriptor)
        file.dropCache()
        self.file = file
    }

    /// Reads the next piece, of at most 256 KiB.
    /// - Returns: its bytes; 0 at the end.
    package mutating func advance() throws(StorageError) -> Int {
        do {
            guard let chunk = try chunks.next() else { return 0 }
            digest.update(bufferPointer: chunk)
            return chunk.count
        } catch {
            throw StorageError(error, path: path)
        }
    }

    /// The SHA-256 of what was read, in lower-case hexadecimal.
    package consuming func finish() -> String {
        file.dropCache()
        return Array(digest.finalize()).hexadecimal
    }
}

extension StorageFolder {
    /// Begins to read a file.
    /// - Throws: `StorageError` when it is not there, or not to be read.
    package func reading(_ name: StoredFileName) throws(StorageError) -> FileReading {
        try FileReading(path: path(of: name))
    }

    /// Reads a whole file.
    /// - Parameters:
    ///   - known: when the file was changed last at an earlier look; it is read again only when it was changed since.
    ///   - beat: called after each piece.
    /// - Returns: when the file was changed last, and its SHA-256; nil for a file that was not read.
    /// - Throws: `StorageError` when it is not there, or not to be read.
    package func digest(
        of name: StoredFileName, unlessChanged known: Int64?, _ beat: () -> Void
    ) throws(StorageError) -> (changed: Int64, sha256: String?) {
        var file = try reading(name)
        let changed = file.changed
        if changed == known { return (changed, nil) }
        while try file.advance() > 0 { beat() }
        return (changed, file.finish())
    }
}
