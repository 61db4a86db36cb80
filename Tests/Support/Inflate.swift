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
    var output = [UInt8](repeating: 0, count: capacity + 1)
    let code = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            return inflate(&stream, Z_FINISH)
        }
    }
    guard code == Z_STREAM_END, stream.avail_in == 0 else { return nil }
    return Array(output.prefix(Int(stream.total_out)))
}
