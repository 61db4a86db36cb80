import Glibc
import Posix

/// A range of an open file, read piece by piece.
struct FileRange {
    private let descriptor: Int32
    private let (offset, count): (Int64, Int64)

    init(_ descriptor: Int32, _ offset: Int64, _ count: Int64) {
        self.descriptor = descriptor
        self.offset = offset
        self.count = count
    }

    /// - Throws: `ObjectError` when the file cannot be read, or is shorter.
    func forEach(_ body: (UnsafeRawBufferPointer) -> Void) throws(ObjectError) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 4096)
        defer { piece.deallocate() }
        var done: Int64 = 0
        while done < count {
            let want = Int(min(Int64(piece.count), count - done))
            let got = pread(descriptor, piece.baseAddress, want, off_t(offset + done))
            guard got > 0 else { throw ObjectError(.other, "read", String(cString: strerror(errno))) }
            body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece)[..<got]))
            done += Int64(got)
        }
    }
}
