import Coding
import Formats
import Glibc
import Jobs
import Posix
import Storage

/// Gives finished parts names under which they can be downloaded while the rest of their export runs.
///
/// A part of a CSV file is a file as it is. For a part of a compressed file or of a worksheet, a file of its own is
/// made, whose rows have the numbers that they have in the whole; that compresses the chunks at its ends once more. So
/// a part gets a file only when the rest is expected to take long enough for someone to download it.
package struct PartPublication {
    private let storage: any FileStore
    private let attempt: StoredAttempt
    private let content: StoredFileName.Content
    /// How long the rest of the export has to be expected to take.
    private let patienceMilliseconds: Int64

    package init(
        storage: any FileStore, attempt: StoredAttempt, content: StoredFileName.Content, patienceMilliseconds: Int64
    ) {
        self.storage = storage
        self.attempt = attempt
        self.content = content
        self.patienceMilliseconds = patienceMilliseconds
    }

    /// Whether the rest of an export is expected to take long enough.
    /// - Parameters:
    ///   - done: the rows so far, of all parts.
    ///   - total: the rows of the whole, counted or estimated.
    ///   - milliseconds: since the export began.
    func isWorthwhile(done: Int64, of total: Int64, after milliseconds: Int64) -> Bool {
        let done = max(done, 1)
        // A planner's estimate can be any number.
        let (rest, isEndless) = milliseconds.multipliedReportingOverflow(by: max(total, done) - done)
        return isEndless || rest / done >= patienceMilliseconds
    }

    /// Called by the part's own process, when its output is whole. It makes no file when the disk has less room than
    /// the rest of the export is likely to need.
    /// - Parameters:
    ///   - count: how many parts there are.
    ///   - output: the part's file, which has no name so far.
    ///   - firstRow: of the part.
    /// - Returns: nil when the room is left to the export.
    /// - Throws: `StorageError`, `PosixError`, or an error of the format's.
    func publish(
        _ index: Int, of count: Int, output: Int32, _ format: any PartFormat, firstRow: Int
    ) throws -> JobPart.File? {
        let bytes = (try? FileDescriptor.size(of: output)) ?? 0
        guard storage.room?.free ?? 0 > bytes * Int64(count) else { return nil }
        let name = StoredFileName(attempt, content, number: index + 1)
        if format.partsAreFiles { return JobPart.File(try storage.publishPart(output, as: name)) }
        let own = try storage.scratch.makeFile()
        let descriptor = own.raw
        let joiner = try format.joiner(firstRow: firstRow) { try writeAll($0, to: descriptor) }
        var reader = ChunkReader(output)
        while let bytes = try reader.next() { try joiner.append(bytes) }
        _ = try joiner.end(FileTally())
        return JobPart.File(try storage.publishPart(descriptor, as: name))
    }
}

extension JobPart.File {
    fileprivate init(_ published: PublishedFile) {
        self.init(storedPath: published.relativePath, size: published.size, sha256: published.sha256.hexadecimal)
    }
}
