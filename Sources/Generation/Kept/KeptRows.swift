import Coding
import Crypto
import Deflate
import Glibc
import JSON
import Posix
import Storage

/// The rows of a finished export, as a `RowKeeper` wrote them. Read once, front to back.
final class KeptRows {
    let provenance: Provenance

    private let file: FileDescriptor
    /// Hexadecimal, as the job's row says.
    private let sha256: String
    private var gzip: GzipReader
    private var digest = SHA256()
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: KeptRows.chunkBytes, alignment: 16)
    /// The bytes that have been inflated and not been handed on: the rest of a line, or lines after the first.
    private var pending: [UInt8]

    private static let chunkBytes = 64 * 1024
    /// The first line holds labels, not rows.
    private static let mostHeadBytes = 16 << 20

    /// Opens the file and reads its first line.
    /// - Throws: `rows_missing` when it is not there, `rows_damaged` when it does not begin as one of ours.
    init(_ rows: StoredObject, sha256: String) throws {
        do {
            file = try rows.open()
        } catch {
            throw ExportFailure(
                "rows_missing", "The rows that were kept of the report have disappeared from the storage",
                detail: error.debugDescription)
        }
        self.sha256 = sha256
        gzip = try GzipReader()
        pending = []
        var head: [UInt8]?
        while head == nil {
            guard pending.count <= Self.mostHeadBytes, try KeptRows.fill(file, chunk, &digest, &gzip, &pending) else {
                break
            }
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                head = Array(pending[..<end])
                pending.removeFirst(end + 1)
            }
        }
        guard let head, let json = try? JSON.parse(head, limits: .stored),
            json["penstockRows"]?.int == RowKeeper.version, let provenance = Provenance(json)
        else { throw Self.damaged("it does not begin with a provenance") }
        self.provenance = provenance
    }

    deinit { chunk.deallocate() }

    /// Hands on each row with its newline, in order.
    /// - Throws: `rows_damaged` at the end when the bytes are not those of the receipt; a file made of them must not be
    ///   published.
    func forEach(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        repeat {
            var start = 0
            try pending.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                while start < bytes.count, let end = memchr(base + start, 0x0A, bytes.count - start) {
                    let count = (base + start).distance(to: end) + 1
                    try body(UnsafeRawBufferPointer(start: base + start, count: count))
                    start += count
                }
            }
            pending.removeFirst(start)
        } while try KeptRows.fill(file, chunk, &digest, &gzip, &pending)
        guard pending.isEmpty, gzip.isBetweenMembers else { throw Self.damaged("it was cut off") }
        guard Array(digest.finalize()).hexadecimal == sha256 else { throw Self.damaged("its SHA-256 is another") }
    }

    /// Reads and inflates some more.
    /// - Returns: false at the end of the file.
    private static func fill(
        _ file: borrowing FileDescriptor, _ chunk: UnsafeMutableRawBufferPointer, _ digest: inout SHA256,
        _ gzip: inout GzipReader, _ pending: inout [UInt8]
    ) throws -> Bool {
        let raw = file.raw
        let count = try retryingInterrupts("read") { read(raw, chunk.baseAddress, chunk.count) }
        guard count > 0 else { return false }
        let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk)[..<count])
        digest.update(bufferPointer: bytes)
        do {
            try gzip.read(bytes) { pending.append(contentsOf: $0) }
        } catch let error as InflateError {
            throw damaged("zlib says \(error.code)")
        }
        return true
    }

    private static func damaged(_ detail: String) -> ExportFailure {
        ExportFailure(
            "rows_damaged", "The rows that were kept of the report were changed on the storage", detail: detail)
    }
}
