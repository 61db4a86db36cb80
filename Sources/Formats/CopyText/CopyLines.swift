import Deflate
import Glibc

/// Takes rows of COPY's text format out of a stream of bytes, which come in stretches of any length.
struct CopyLines: ~Copyable {
    /// The beginning of a row whose end has not come yet.
    private var pending = OutputBuffer(capacity: 1024)

    var isBetweenLines: Bool { pending.count == 0 }

    /// - Parameter body: takes a row with its newline; the bytes are valid only inside the call.
    /// - Throws: the errors of `body`.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count, let end = memchr(base + start, 0x0A, bytes.count - start) {
            let line = UnsafeRawBufferPointer(start: base + start, count: (base + start).distance(to: end) + 1)
            start += line.count
            if pending.count == 0 {
                try body(line)
            } else {
                pending.append(line)
                try pending.withUnsafeBytes { try body($0) }
                pending.removeAll()
            }
        }
        pending.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }
}
