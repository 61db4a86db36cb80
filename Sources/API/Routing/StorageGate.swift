import Posix

/// A responder's way to the storage, which may hang: a call to a network file system whose server is away cannot be
/// given up, it only ends with its process.
///
/// Everything that a request wants of the storage passes here. The process that runs the responders counts those that
/// are in it, ends the ones that do not come back, and lets no other in before the storage answers again.
package struct StorageGate {
    package enum Answer: Equatable, Sendable {
        case enter
        /// Others are in it; there may be a place at any moment.
        case wait
        /// The storage does not answer.
        case refuse
    }

    /// - Parameter milliseconds: for which the call may last.
    let enter: (_ milliseconds: Int64) -> Answer
    let leave: () -> Void

    package init(enter: @escaping (_ milliseconds: Int64) -> Answer, leave: @escaping () -> Void) {
        self.enter = enter
        self.leave = leave
    }

    /// For a look at a file.
    static let lookMilliseconds: Int64 = 3_000
    /// For what writes, and may have to wait for the disk.
    static let writeMilliseconds: Int64 = 30_000
    /// How long a request waits while too many others are in the storage. When it answers, they are for microseconds.
    private static let patienceMilliseconds: Int64 = 250

    /// Runs calls to the storage.
    /// - Throws: 503 when the storage does not answer; the errors of `body`.
    func pass<Value>(for milliseconds: Int64 = lookMilliseconds, _ body: () throws -> Value) throws -> Value {
        let end = Clock.monotonicMilliseconds + Self.patienceMilliseconds
        var answer = enter(milliseconds)
        while answer == .wait, Clock.monotonicMilliseconds < end {
            _ = try? waitReadable([], milliseconds: 5)
            answer = enter(milliseconds)
        }
        guard answer == .enter else { throw APIError.storageUnavailable }
        defer { leave() }
        return try body()
    }
}

extension APIError {
    /// The storage does not answer; a client that comes back may find that it does.
    static let storageUnavailable = APIError(
        503, "storage_unavailable", "The storage does not answer", headers: [("Retry-After", "5")])
}
