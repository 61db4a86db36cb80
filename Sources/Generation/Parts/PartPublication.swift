import Formats
import Glibc
import Jobs
import Posix
import Storage

/// Gives finished parts names under which they can be downloaded while the rest of their export runs.
///
/// A CSV part is what it is in the file. Of a compressed one and of a worksheet's a file of its own is made, whose rows
/// stand where they stand in the whole; that compresses the chunks at its ends once more. So a part gets a file only where
/// somebody has time to want it: when the rest is expected to take a while.
package struct PartPublication {
    private let storage: StorageFolder
    private let job: UUID
    private let epoch: Int
    private let content: StoredFileName.Content
    /// How long the rest has to be expected to take.
    let patienceMilliseconds: Int64

    package init(
        storage: StorageFolder, job: UUID, epoch: Int, content: StoredFileName.Content, patienceMilliseconds: Int64
    ) {
        self.storage = storage
        self.job = job
        self.epoch = epoch
        self.content = content
        self.patienceMilliseconds = patienceMilliseconds
    }

    /// Called by the part's own process, when its output is whole.
    /// - Parameters:
    ///   - output: the part's file, which has no name so far.
    ///   - firstRow: of the part.
    ///   - remainingBytes: about how much is still to be written of the export. A disk that has no room for that besides is
    ///     left to the export.
    func publish(
        _ index: Int, output: Int32, _ format: any PartFormat, firstRow: Int, remainingBytes: Int64
    ) throws -> JobPart.File? {
        guard storage.freeBytes > remainingBytes else { return nil }
        let name = StoredFileName(job: job, epoch: epoch, content: content, number: index + 1)
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
