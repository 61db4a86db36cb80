import Glibc

/// Reads an open file from its beginning to its end in large chunks, wherever the descriptor's own offset is.
package struct ChunkReader: ~Copyable {
    private let descriptor: Int32
    private var offset: Int64 = 0
    private let chunk: UnsafeMutableRawBufferPointer

    /// - Parameter descriptor: stays the caller's.
    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
        chunk = .allocate(byteCount: 256 * 1024, alignment: 4096)
    }

    deinit { chunk.deallocate() }

    /// The next bytes, valid until the next call; nil at the end.
    package mutating func next() throws(PosixError) -> UnsafeRawBufferPointer? {
        let (chunk, at) = (chunk, off_t(offset))
        let count = try retryingInterrupts("pread") { pread(descriptor, chunk.baseAddress, chunk.count, at) }
        if count == 0 { return nil }
        offset += Int64(count)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk)[..<count])
    }
}
