import Crypto
import Glibc
import Posix

/// What became of a published file.
package enum Integrity: Sendable, Equatable {
    case whole
    case missing
    /// Its size or its bytes are not those of the receipt. It must not be served.
    case damaged
}

extension StorageFolder {
    /// Whether a file is there with the size of its receipt: one system call, cheap enough for every download.
    package func glance(at file: PublishedFile) throws(StorageError) -> Integrity {
        let path = path(of: file.name)
        let status = try storing(path) { () throws(PosixError) in try File.status(path) }
        guard let status else { return .missing }
        return status.kind == .file && status.size == file.size ? .whole : .damaged
    }

    /// Reads a file and compares its digest with the receipt: for a scrub, about half a second per gigabyte.
    package func inspect(_ file: PublishedFile) throws(StorageError) -> Integrity {
        let glanced = try glance(at: file)
        guard glanced == .whole else { return glanced }
        let path = path(of: file.name)
        return try storing(path) { () throws(PosixError) in
            let descriptor = try FileDescriptor.open(path, O_RDONLY | O_NOFOLLOW)
            var digest = SHA256()
            var reader = ChunkReader(descriptor.raw)
            while let bytes = try reader.next() { digest.update(bufferPointer: bytes) }
            return Array(digest.finalize()) == file.sha256 ? .whole : .damaged
        }
    }
}
