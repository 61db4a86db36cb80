import Coding
import Crypto
import Glibc
import Posix

/// A published file that is read from its home piece by piece, for its digest.
///
/// On a disk, the kernel's copy of it is dropped before and after: what counts is what the disk has, and the files
/// that are downloaded should keep their place in memory.
package struct FileReading: ~Copyable {
    private let file: FileDescriptor?
    private let path: String
    /// Of the open file; nil for an object.
    private var chunks: ChunkReader?
    private var object: ObjectReading?
    private var digest = SHA256()
    /// When it was changed last, in microseconds since the Unix epoch (st_ctim, which no program can set); of an
    /// object a number that is another one when it has changed.
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
        self.file = consume file
        object = nil
    }

    init(_ object: ObjectReading) {
        path = ""
        file = nil
        chunks = nil
        changed = object.changed
        self.object = object
    }

    /// Reads the next piece, of at most 1 MiB.
    /// - Returns: its bytes; 0 at the end.
    package mutating func advance() throws(StorageError) -> Int {
        if let bytes = try object?.next() {
            digest.update(data: bytes)
            return bytes.count
        }
        do {
            guard let chunk = try chunks?.next() else { return 0 }
            digest.update(bufferPointer: chunk)
            return chunk.count
        } catch {
            throw StorageError(error, path: path)
        }
    }

    /// As `advance`, with the bytes.
    /// - Returns: none at the end.
    package mutating func next() throws(StorageError) -> [UInt8] {
        if let bytes = try object?.next() {
            digest.update(data: bytes)
            return bytes
        }
        do {
            guard let chunk = try chunks?.next() else { return [] }
            digest.update(bufferPointer: chunk)
            return Array(chunk)
        } catch {
            throw StorageError(error, path: path)
        }
    }

    /// The SHA-256 of what was read, in lower-case hexadecimal.
    package consuming func finish() -> String {
        file?.dropCache()
        return Array(digest.finalize()).hexadecimal
    }
}

extension StorageFolder {
    /// Begins to read a file.
    /// - Throws: `StorageError` when it is not there, or not to be read.
    package func reading(_ name: StoredFileName) throws(StorageError) -> FileReading {
        try FileReading(path: path(of: name))
    }
}
