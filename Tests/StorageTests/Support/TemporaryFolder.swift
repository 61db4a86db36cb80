import Crypto
import Formats
import Glibc
import Posix
import Storage

/// A folder that goes with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/penstock-storage-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw PosixError("mkdtemp") }
        path = String(cString: made)
    }

    deinit { Self.remove(path) }

    func storage() throws -> StorageFolder { try StorageFolder(root: path) }

    /// Every path below, with folders, relative and sorted.
    func listing() throws -> [String] { try Self.listing(path, prefix: "") }

    private static func listing(_ folder: String, prefix: String) throws -> [String] {
        try File.names(in: folder).flatMap { name in
            let isFolder = try File.status("\(folder)/\(name)")?.kind == .folder
            return [prefix + name] + (isFolder ? try listing("\(folder)/\(name)", prefix: "\(prefix)\(name)/") : [])
        }
    }

    private static func remove(_ path: String) {
        if (try? File.status(path))??.kind == .folder {
            for name in (try? File.names(in: path)) ?? [] { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}

/// One job's id, fixed.
let someJob = UUID(high: 0x0197_7a3c_9a52_7bd1, low: 0x8f6e_0b6d_8f1c_21e5)

/// An attempt at a job.
func attempt(_ epoch: Int, of job: UUID = someJob, token: String = "9f03b1c7-0ad4-4f7c-8a55-3d5c6a1e9b20")
    -> StoredAttempt
{
    StoredAttempt(job: job, epoch: epoch, token: token)
}

extension StorageFolder {
    /// Writes a file of one job in one go.
    func publish(_ text: String, _ attempt: StoredAttempt = attempt(1)) throws -> PublishedFile {
        var file = try create(StoredFileName(attempt, .csv))
        try file.write(text)
        return try file.finish()
    }

    /// Reads a file and compares its bytes with the digest of its receipt.
    func inspect(_ file: PublishedFile) throws -> Integrity {
        let glanced = try glance(at: file)
        guard glanced == .whole else { return glanced }
        let descriptor = try object(file.name).open()
        var digest = SHA256()
        var reader = ChunkReader(descriptor.raw)
        while let bytes = try reader.next() { digest.update(bufferPointer: bytes) }
        return Array(digest.finalize()) == file.sha256 ? .whole : .damaged
    }
}

extension PendingFile {
    mutating func write(_ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try write($0) }
    }
}

extension StoredFileName.Content {
    static let csv = StoredFileName.Content(FileKind(ending: "csv", mediaType: "text/csv; charset=utf-8"))
    static let csvGzip = StoredFileName.Content(FileKind(ending: "csv.gz", mediaType: "application/gzip"))
}
