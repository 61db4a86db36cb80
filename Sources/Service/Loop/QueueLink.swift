import JSON
import Jobs
import Posix
import Postgres

/// A process's connection to the queue, made again when it breaks.
///
///     away ──retryAt──▶ connecting ──set up, can be written, prepared──▶ there ──lost, silent, read-only──▶ away
///                           └── no: away for longer than the last time, up to 5 s
///
/// The pauses grow until a statement has worked; a connection alone proves nothing. An error is told once, and
/// again when it is another.
final class QueueLink {
    private let reconnection: Reconnection
    private let prepare: (Queue) throws -> Void
    private let heartbeat: Heartbeat
    /// Nil while the database is away.
    private(set) var queue: Queue?
    /// The error that was told last; nil while all is well.
    private var told: String?

    /// With up to a quarter more or less by chance, so that hosts do not come back in step.
    private static let pauses = Backoff(first: 100, longest: 5_000)

    /// - Parameters:
    ///   - hasThreads: whether the process has threads, and can fork nothing.
    ///   - prepare: makes a new connection ready for use.
    init(
        _ conninfo: String, applicationName: String, hasThreads: Bool = false, _ heartbeat: Heartbeat,
        prepare: @escaping (Queue) throws -> Void
    ) {
        reconnection = Reconnection(
            conninfo, applicationName: applicationName, pauses: Self.pauses,
            caution: hasThreads ? .neverProbes : .probesAfterSilence, heartbeat)
        self.prepare = prepare
        self.heartbeat = heartbeat
    }

    /// Monotonic milliseconds before which nothing is tried.
    var retryAt: Int64 { reconnection.retryAt }

    /// The descriptor that wakes a process that waits for the queue: its socket while there is a connection, else the
    /// pipe that tells whether one can be had; -1 where only time brings the next try.
    var descriptor: Int32 { queue?.connection.socket ?? reconnection.descriptor }

    /// How an attempt went.
    enum Answer {
        case done
        /// There is no queue, or it could not do it just now: the same is to be tried again, not before `retryAt`.
        case later
        /// The queue understood and refused; another try would be refused as well.
        case refused
    }

    /// Runs `body` with the queue; connects first when there is no connection and it is time to try.
    @discardableResult
    func attempt(_ body: (Queue) throws -> Void) -> Answer {
        guard let live = connected() else { return .later }
        let start = Clock.monotonicMilliseconds
        let answers = live.connection.answers
        do {
            try heartbeat.allowing(Heartbeat.statementMilliseconds) { try body(live) }
            if live.connection.answers != answers { worked() }
            return .done
        } catch let error as PostgresError {
            if live.connection.isUsable, !error.isTransient {
                Log.error("queue statement failed", ("error", .string(error.debugDescription)))
                return .refused
            }
            tell("queue statement failed", error.debugDescription)
            if live.connection.isUsable {
                // A lock that was held too long, a deadlock, a full server: the session itself is well.
                if !error.endsSession {
                    reconnection.failed(since: start)
                    return .later
                }
            }
            queue = nil
            reconnection.failed(since: start)
            return .later
        } catch {
            Log.error("queue operation failed", ("error", .string(String(reflecting: error))))
            return .refused
        }
    }

    private func connected() -> Queue? {
        if let queue { return Clock.monotonicMilliseconds >= retryAt ? queue : nil }
        let start = Clock.monotonicMilliseconds
        switch reconnection.step() {
        case .notYet: return nil
        case .failed(let reason):
            tell("queue out of reach", reason)
            return nil
        case .connected(let fresh):
            do {
                if let obstacle = fresh.obstacle {
                    tell("queue cannot be written", obstacle)
                } else {
                    try heartbeat.allowing(Heartbeat.statementMilliseconds) { try prepare(fresh) }
                    queue = fresh
                    return fresh
                }
            } catch {
                tell("queue out of reach", String(reflecting: error))
            }
            reconnection.failed(since: start)
            return nil
        }
    }

    /// Closes the connection; the next attempt makes a new one.
    func close() { queue = nil }

    private func worked() {
        if told != nil { Log.info("queue reached again") }
        told = nil
        reconnection.succeeded()
    }

    private func tell(_ event: String, _ error: String) {
        guard told != error else { return }
        told = error
        Log.error(event, ("error", .string(error)))
    }
}
