import Glibc
import Posix
import Storage

/// The files that the parts of an export write, one for each part. Their bytes are passed on in order while they grow.
///
/// The files have no names (`ScratchSpace`), so no file is left behind when a process dies. A part that is made again
/// empties its file. It writes the bytes again that have been passed on already, since rows and order are the
/// snapshot's and equal rows give equal bytes.
final class PartStream {
    private let scratch: ScratchSpace
    /// -1 before a part has begun and after it has been passed on.
    private var files: [Int32]
    /// The part that is being passed on.
    private(set) var current = 0
    private var passed: Int64 = 0
    private let chunk: UnsafeMutableRawBufferPointer

    private static let chunkBytes = 256 * 1024

    init(parts: Int, scratch: ScratchSpace) {
        self.scratch = scratch
        files = Array(repeating: -1, count: parts)
        chunk = .allocate(byteCount: Self.chunkBytes, alignment: 4096)
    }

    deinit {
        for file in files where file >= 0 { close(file) }
        chunk.deallocate()
    }

    /// Whether everything has been passed on.
    var isOver: Bool { current == files.count }

    /// The file of a part, empty, at its beginning; it stays this stream's.
    /// - Throws: `StorageError` when there is no file to be had, `PosixError` when one cannot be emptied.
    func open(_ part: Int) throws -> Int32 {
        if files[part] < 0 {
            files[part] = try scratch.makeFile().release()
        } else {
            let file = files[part]
            try retryingInterrupts("ftruncate") { ftruncate(file, 0) }
            lseek(file, 0, SEEK_SET)
        }
        return files[part]
    }

    /// Passes on the next bytes, in the parts' order.
    /// - Parameter isWhole: whether a part's worker has said that it is done, which it does after the last byte; so an
    ///   end that is seen after that is the end.
    /// - Returns: whether there was anything.
    /// - Throws: `PosixError` when the file cannot be read; the errors of the sink.
    func pass(isWhole: Bool, to sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        guard current < files.count, files[current] >= 0 else { return false }
        let file = files[current]
        let offset = off_t(passed)
        let count = try retryingInterrupts("pread") { pread(file, chunk.baseAddress, chunk.count, offset) }
        if count > 0 {
            try sink(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk)[..<count]))
            passed += Int64(count)
            return true
        }
        guard isWhole else { return false }
        close(file)
        files[current] = -1
        current += 1
        passed = 0
        return true
    }
}
