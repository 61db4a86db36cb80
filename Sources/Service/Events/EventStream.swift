import FastCGI
import Glibc
import Posix

/// One open event stream's descriptor: the FastCGI connection that a responder has handed over.
///
/// Writing never waits. A client that does not take its events loses the stream, and comes back with the id of the last
/// one it has seen; so a slow client costs a socket's buffer and nothing else.
final class EventStream {
    let descriptor: FileDescriptor
    private let request: UInt16

    /// - Throws: `PosixError` when the descriptor takes no flags.
    init(_ descriptor: consuming FileDescriptor, request: UInt16) throws(PosixError) {
        try descriptor.setNonblocking()
        self.descriptor = descriptor
        self.request = request
    }

    /// - Returns: false when the client did not take all of it: the stream is over.
    func write(_ text: String) -> Bool {
        let record = Record.output(Array(text.utf8), request: request)
        return record.withUnsafeBytes { Glibc.write(descriptor.raw, $0.baseAddress, $0.count) == $0.count }
    }

    func end() {
        Record.end(request: request).withUnsafeBytes { _ = Glibc.write(descriptor.raw, $0.baseAddress, $0.count) }
    }
}
