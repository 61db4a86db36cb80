import API
import FastCGI
import Glibc
import JSON
import Jobs
import Posix

/// One open event stream: the FastCGI connection that a responder has handed over.
///
/// Writing never waits. A client that does not take its events loses the stream, and comes back with the id of the last
/// one it has seen; so a slow client costs a socket's buffer and nothing else.
final class EventStream {
    let tenant: String
    let descriptor: FileDescriptor
    /// The last change this client was told of.
    private(set) var position: Int64
    private let request: UInt16
    private let endsAt: Int64
    private var nextBeat: Int64

    /// A stream ends after this; the client's next request is authenticated anew.
    private static let lifetimeMilliseconds: Int64 = 3_600_000
    /// A comment this often keeps proxies from closing a quiet stream, and finds clients that are gone.
    static let beatMilliseconds: Int64 = 15_000

    init(_ descriptor: consuming FileDescriptor, _ handover: StreamHandover) throws(PosixError) {
        try descriptor.setNonblocking()
        self.descriptor = descriptor
        tenant = handover.subscription.tenant
        position = handover.subscription.after ?? 0
        request = handover.requestID
        let now = Clock.monotonicMilliseconds
        endsAt = now + Self.lifetimeMilliseconds
        nextBeat = now + Self.beatMilliseconds
    }

    /// - Returns: false when the stream is over; so do all of these.
    func open() -> Bool { write("retry: 2000\n\n") }

    /// Begins with what comes after this change.
    func begin(after number: Int64) { position = max(position, number) }

    /// A change of state, with its number as the event's id.
    func send(change job: Job) -> Bool {
        position = max(position, job.changeNumber)
        return write("id: \(job.changeNumber)\nevent: job\ndata: \(job.exportsJSON().text)\n\n")
    }

    /// Progress has no id: a client that was away needs none of what it missed.
    func send(progress job: Job) -> Bool { write("event: progress\ndata: \(job.exportsJSON().text)\n\n") }

    func beat(at now: Int64) -> Bool {
        if now >= endsAt { return false }
        if now < nextBeat { return true }
        return write(": still here\n\n")
    }

    func end() {
        Record.end(request: request).withUnsafeBytes { _ = Glibc.write(descriptor.raw, $0.baseAddress, $0.count) }
    }

    private func write(_ text: String) -> Bool {
        nextBeat = Clock.monotonicMilliseconds + Self.beatMilliseconds
        let record = Record.output(Array(text.utf8), request: request)
        return record.withUnsafeBytes { Glibc.write(descriptor.raw, $0.baseAddress, $0.count) == $0.count }
    }
}
