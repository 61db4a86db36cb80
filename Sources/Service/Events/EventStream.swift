import FastCGI
import Glibc
import Posix

/// One open event stream's descriptor: the FastCGI connection that a responder has handed over.
///
/// Writing never waits. The bytes that a client's connection has no room for are kept until it has; nothing else is
/// written before they are. So a slow client costs a socket's buffer and one event.
final class EventStream {
    enum Writing {
        /// The socket has all of it.
        case taken
        /// The rest is kept; the socket tells when it has room.
        case full
        /// The client, or nginx, is gone.
        case gone
    }

    let descriptor: FileDescriptor
    /// Its place among the open streams; nil where they are not counted.
    let seat: SharedSeats.Seat?
    private let request: UInt16
    private var rest: ArraySlice<UInt8> = []

    /// - Throws: `PosixError` when the descriptor takes no flags.
    init(_ descriptor: consuming FileDescriptor, request: UInt16, seat: SharedSeats.Seat?) throws(PosixError) {
        try descriptor.setNonblocking()
        self.seat = seat
        self.descriptor = descriptor
        self.request = request
    }

    /// Writes an event, only after all before it have been taken.
    func write(_ text: String) -> Writing {
        rest = Record.output(Array(text.utf8), request: request)[...]
        return flush()
    }

    /// Writes what is kept.
    func flush() -> Writing {
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor.raw, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return errno == EAGAIN ? .full : .gone }
            rest = rest.dropFirst(count)
        }
        rest = []
        return .taken
    }

    /// Ends the answer, where all that was written has been taken.
    func end() {
        guard rest.isEmpty else { return }
        Record.end(request: request).withUnsafeBytes { _ = Glibc.write(descriptor.raw, $0.baseAddress, $0.count) }
    }
}
