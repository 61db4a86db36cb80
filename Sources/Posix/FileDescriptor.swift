import CSystem
import Glibc

/// An open file descriptor that closes itself.
///
/// Noncopyable: it has one owner, and a forgotten close is impossible. Every descriptor made here has CLOEXEC.
package struct FileDescriptor: ~Copyable {
    /// The number, valid while this value lives.
    package let raw: Int32

    /// Takes ownership of an open descriptor.
    package init(owning raw: Int32) {
        self.raw = raw
    }

    deinit {
        _ = Glibc.close(raw)
    }

    /// Opens `path` with CLOEXEC added to `flags`.
    /// - Parameter mode: permission bits for O_CREAT, cut by the umask.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(PosixError) -> FileDescriptor {
        FileDescriptor(
            owning: try retryingInterrupts("open", subject: path) {
                penstock_openat(AT_FDCWD, path, flags | O_CLOEXEC, mode)
            })
    }

    /// Closes, and reports the kernel's error: a write that was delayed may fail only here.
    package consuming func close() throws(PosixError) {
        let raw = self.raw
        discard self
        if Glibc.close(raw) != 0, errno != EINTR { throw PosixError("close") }
    }

    /// Gives the descriptor away; the caller closes it.
    package consuming func release() -> Int32 {
        let raw = self.raw
        discard self
        return raw
    }

    /// Writes all bytes, however many calls that takes.
    package borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
        try Posix.writeAll(bytes, to: raw)
    }

    /// Writes all bytes, however many calls that takes.
    package borrowing func writeAll(_ bytes: [UInt8]) throws(PosixError) {
        var failure: PosixError?
        bytes.withUnsafeBytes {
            do throws(PosixError) { try writeAll($0) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Reads until the end of the file, or until `limit` bytes.
    package borrowing func readAll(limit: Int = .max) throws(PosixError) -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while result.count < limit {
            let want = min(chunk.count, limit - result.count)
            let count = try retryingInterrupts("read") {
                chunk.withUnsafeMutableBytes { read(raw, $0.baseAddress, want) }
            }
            if count == 0 { break }
            result.append(contentsOf: chunk[..<count])
        }
        return result
    }

    /// fdatasync(2). Never retried on the same file after a failure: the kernel may have dropped the dirty pages.
    package borrowing func synchronizeData() throws(PosixError) {
        if fdatasync(raw) != 0 { throw PosixError("fdatasync") }
    }

    /// Starts writing a range to the disk and does not wait, so that little is left for the final fdatasync. A hint:
    /// whether it worked is only known, and only matters, then.
    package borrowing func startWriteback(from offset: Int64, count: Int64) {
        _ = penstock_start_writeback(raw, off_t(offset), off_t(count))
    }

    /// Gives the room of a range back; it reads as zeros then. A hint: file systems that cannot keep it.
    package borrowing func punchHole(from offset: Int64, count: Int64) {
        _ = penstock_punch_hole(raw, off_t(offset), off_t(count))
    }

    /// Lets the kernel forget what it has read of the file. A hint: unwritten pages and mapped ones stay.
    package borrowing func dropCache() {
        _ = posix_fadvise(raw, 0, 0, POSIX_FADV_DONTNEED)
    }

    /// fsync(2); on a directory it makes a rename in it durable.
    package borrowing func synchronize() throws(PosixError) {
        if fsync(raw) != 0 { throw PosixError("fsync") }
    }

    package borrowing func setNonblocking() throws(PosixError) {
        try retryingInterrupts("fcntl") { penstock_set_nonblocking(raw) }
    }
}

/// Writes all bytes to an open descriptor that stays the caller's, however many calls that takes.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(PosixError) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
        let written = try retryingInterrupts("write") { Glibc.write(descriptor, base, rest.count) }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
}

extension FileDescriptor {
    /// Bytes of the open file that a descriptor stands for.
    package static func size(of descriptor: Int32) throws(PosixError) -> Int64 {
        var info = stat()
        if fstat(descriptor, &info) != 0 { throw PosixError("fstat") }
        return Int64(info.st_size)
    }

    /// When the open file was changed last, in microseconds since the Unix epoch (st_ctim).
    package static func changeTime(of descriptor: Int32) throws(PosixError) -> Int64 {
        var info = stat()
        if fstat(descriptor, &info) != 0 { throw PosixError("fstat") }
        return Int64(info.st_ctim.tv_sec) * 1_000_000 + Int64(info.st_ctim.tv_nsec) / 1000
    }

    /// Replaces `descriptor`, one of 0 to 2, by /dev/null.
    package static func silence(_ descriptor: Int32) throws(PosixError) {
        let null = try open("/dev/null", O_RDWR)
        try retryingInterrupts("dup2") { dup2(null.raw, descriptor) }
    }
}

/// A pipe whose two ends have CLOEXEC.
package struct Pipe: ~Copyable {
    package var readEnd: FileDescriptor
    package var writeEnd: FileDescriptor

    package init() throws(PosixError) {
        var ends: (Int32, Int32) = (-1, -1)
        _ = try withUnsafeMutablePointer(to: &ends) { pointer throws(PosixError) in
            try retryingInterrupts("pipe2") {
                pointer.withMemoryRebound(to: Int32.self, capacity: 2) { penstock_pipe($0) }
            }
        }
        readEnd = FileDescriptor(owning: ends.0)
        writeEnd = FileDescriptor(owning: ends.1)
    }

    /// Keeps the reading end, as a number that the caller closes; the writing end is closed.
    package consuming func takeReadEnd() -> Int32 {
        readEnd.release()
    }

    /// Keeps the writing end likewise; the reading end is closed.
    package consuming func takeWriteEnd() -> Int32 {
        writeEnd.release()
    }
}
