import CZlib

/// The container of a deflate stream, as inflateInit2 is told it.
package enum DeflateContainer: Int32 {
    case gzip = 31
    case raw = -15
}

/// Inflates a stream by zlib to its very end, which must be that of the input too.
/// - Parameter capacity: the most that may come out.
/// - Returns: nil when it is damaged, cut off or longer.
package func inflated(_ bytes: [UInt8], _ container: DeflateContainer, capacity: Int) -> [UInt8]? {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, container.rawValue, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = bytes
    var code = Z_OK
    // Not zeroed first: of what may come out, little is touched.
    let output = [UInt8](unsafeUninitializedCapacity: capacity + 1) { target, filled in
        input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            code = inflate(&stream, Z_FINISH)
        }
        filled = Int(stream.total_out)
    }
    return code == Z_STREAM_END && stream.avail_in == 0 ? output : nil
}
