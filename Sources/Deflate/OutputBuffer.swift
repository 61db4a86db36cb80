import Glibc

/// Bytes on their way to a file: grows when it must, is emptied by a flush, and keeps its memory for the
/// next round, so that a million rows cost one allocation.
///
/// A writer reserves the largest number of bytes that it may write, writes through the pointer, and then advances by
/// the number that it wrote. The pointer from `reserve` is valid until the next call of a mutating function.
package struct OutputBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes written since the buffer was last emptied.
    package private(set) var count = 0

    package init(capacity: Int = 256 * 1024) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// Room for at least `bytes` more; the pointer is to the first free byte.
    package mutating func reserve(_ bytes: Int) -> UnsafeMutablePointer<UInt8> {
        if bytes > capacity - count { grow(to: count + bytes) }
        return base + count
    }

    /// Counts bytes that were written through the pointer of the last `reserve`, which asked for at least as many.
    package mutating func advance(_ bytes: Int) {
        precondition(bytes >= 0 && bytes <= capacity - count, "wrote past what was reserved")
        count += bytes
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        memcpy(reserve(bytes.count), source, bytes.count)
        count += bytes.count
    }

    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Forgets the bytes and keeps the memory.
    package mutating func removeAll() { count = 0 }

    /// The bytes written so far; the pointer dies with the closure.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    private static let large = 1 << 20

    private mutating func grow(to needed: Int) {
        // A large buffer grows by little: its user has reckoned with that size.
        let larger = needed > Self.large ? needed + needed / 8 : max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
