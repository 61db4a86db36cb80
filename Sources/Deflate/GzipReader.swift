import CZlib

/// Reads gzip members that stand end to end (RFC 1952), given in pieces of any size.
///
/// Memory: zlib's state and one buffer, about 100 KiB, for any input.
package struct GzipReader: ~Copyable {
    /// On the heap because zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private let plain: UnsafeMutableRawBufferPointer
    /// Whether the bytes so far are whole members; a file that ends elsewhere was cut off.
    package private(set) var isBetweenMembers = true

    private static let plainBytes = 64 * 1024

    package init() throws(InflateError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window; 16 more ask for gzip's header and trailer, whose checksum is compared.
        let code = penstock_inflate_init(stream, 31)
        guard code == Z_OK else {
            stream.deallocate()
            throw InflateError(code: code)
        }
        plain = .allocate(byteCount: Self.plainBytes, alignment: 16)
        // Last, because from here on deinit runs.
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        plain.deallocate()
    }

    /// - Parameter body: takes the inflated bytes, in order and in pieces; they are valid only inside the call.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        precondition(bytes.count <= UInt32.max, "avail_in is 32 bits wide")
        // zlib reads through this pointer and never writes, but declares it without const.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        var isFull = false
        while stream.pointee.avail_in > 0 || isFull {
            if isBetweenMembers {
                inflateReset(stream)
                isBetweenMembers = false
            }
            stream.pointee.next_out = plain.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(plain.count)
            let code = inflate(stream, Z_NO_FLUSH)
            // Z_BUF_ERROR: it was full to the brim, and there was nothing more.
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw InflateError(code: code) }
            let count = plain.count - Int(stream.pointee.avail_out)
            if count > 0 { try body(UnsafeRawBufferPointer(rebasing: plain[..<count])) }
            isBetweenMembers = code == Z_STREAM_END
            isFull = stream.pointee.avail_out == 0 && !isBetweenMembers
        }
    }
}

/// The bytes are no gzip of ours, or zlib got no memory.
package struct InflateError: Error, Equatable, CustomStringConvertible {
    /// zlib's return code, for the log: -3 is damaged data, -4 out of memory.
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package var description: String { "compressed bytes are damaged" }
}
