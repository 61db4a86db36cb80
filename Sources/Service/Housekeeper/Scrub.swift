import JSON
import Jobs
import Posix
import Storage

/// Reads all ready files, slowly, and compares their bytes with the receipts: a disk may give back other bytes than
/// were written, and says nothing.
///
///     page of files ─▶ read piece by piece, so many bytes a second ─▶ right ─────────▶ next file
///           ▲                                                        └ wrong ─▶ read again ─▶ wrong ─▶ noted
///           └── the next round: wrong ones fail their exports, the place is stored
///
/// The place is stored after each round, so the pass goes on there when the process has ended; a file that was half
/// read is read from its beginning. Wrong files beyond a few in a hundred are told and not believed, as with
/// `LossRecord`.
final class Scrub {
    private let storage: any FileStore
    private let heartbeat: Heartbeat
    private let bytesPerSecond: Int
    private let mostPercent: Int
    private let id = UUID.version4()

    private var files: [Queue.DigestedFile] = []
    private var reading: FileReading?
    private var isSecondLook = false
    /// The last job whose file was read.
    private var done: UUID?
    /// Jobs whose files are wrong, not told yet.
    private var wrong: [UUID] = []
    /// Files of this process's passes, and how many of them were wrong.
    private var (looked, found) = (0, 0)
    /// Files of this round that the storage did not give, and the first error.
    private var (unread, firstError) = (0, "")

    private static let pageFiles = 200
    /// Three rounds of the housekeeper.
    private static let leaseSeconds = 90
    /// From the end of a pass to the next one.
    private static let pauseSeconds = 86_400

    /// - Parameters:
    ///   - heartbeat: of the process that reads.
    ///   - mostPercent: of the files that were read, how many in a hundred may be wrong.
    init(_ storage: any FileStore, _ heartbeat: Heartbeat, bytesPerSecond: Int, mostPercent: Int) {
        self.storage = storage
        self.heartbeat = heartbeat
        self.bytesPerSecond = bytesPerSecond
        self.mostPercent = mostPercent
    }

    /// Whether there is something to read.
    var isDue: Bool { !files.isEmpty }

    /// Tells what was found, stores the place, and takes the next files when it has none.
    /// - Parameter identity: of the folder to which the database is bound.
    /// - Throws: `PostgresError`; what was not told yet is told in the next round.
    func round(_ identity: UUID, _ queue: Queue, pauseSeconds: Int = Scrub.pauseSeconds) throws {
        if unread > 0 { Log.error("files not read", ("count", .int(unread)), ("first", .string(firstError))) }
        unread = 0
        while let job = wrong.last {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            guard StorageBinding.fault(storage, bound: identity) == nil else { return }
            if found > max(3, looked * mostPercent / 100) {
                Log.error(
                    "too many files have other bytes than were written; no export fails by it before the storage has been "
                        + "looked at", ("wrong", .int(found)), ("most_percent", .int(mostPercent)))
                wrong = []
            } else {
                if try queue.recordLoss(
                    job, code: "file_damaged", summary: "The file was changed on the storage")
                {
                    Log.error("file has other bytes than were written", ("job", .string(job.description)))
                }
                wrong.removeLast()
            }
        }
        let next = try queue.takeScrub(
            id, leaseSeconds: Self.leaseSeconds, done: done, atMost: files.isEmpty ? Self.pageFiles : 0,
            pauseSeconds: pauseSeconds)
        if files.isEmpty { files = next.reversed() }
    }

    /// Reads for a second's worth of bytes, or until a second is over.
    func step() {
        let until = Clock.monotonicMilliseconds + 1000
        var left = bytesPerSecond
        while left > 0, Clock.monotonicMilliseconds < until, let file = files.last {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            do throws(StorageError) {
                left -= try advance(file)
            } catch {
                // One that is missing, or of another size, is the sweep's.
                if error.code != .missing {
                    if unread == 0 { firstError = error.debugDescription }
                    unread += 1
                }
                end(file)
            }
        }
    }

    /// Reads the next piece of a file.
    /// - Returns: how much it counts, in bytes: a small file is as much work as a piece.
    private func advance(_ file: Queue.DigestedFile) throws(StorageError) -> Int {
        if reading == nil {
            guard let name = StoredFileName(relativePath: file.storedPath),
                try storage.glance(at: PublishedFile(name: name, size: file.size, sha256: [])) == .whole
            else {
                end(file)
                return 4096
            }
            reading = try storage.reading(name)
        }
        let count = try reading?.advance() ?? 0
        guard count == 0, let whole = reading.take() else { return count }
        if whole.finish() == file.sha256 {
            end(file)
        } else if isSecondLook {
            found += 1
            wrong.append(file.job)
            end(file)
        } else {
            isSecondLook = true
        }
        return 4096
    }

    private func end(_ file: Queue.DigestedFile) {
        looked += 1
        done = file.job
        reading = nil
        isSecondLook = false
        files.removeLast()
    }
}
