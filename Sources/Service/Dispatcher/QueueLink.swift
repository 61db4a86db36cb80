import JSON
import Jobs
import Posix
import Postgres

/// A process's connection to the queue, made again when it breaks.
///
///     away ──retryAt──▶ connecting ──session set up, can be written, prepared──▶ there ──lost, silent, read-only──▶ away
///                           └── no: away for longer than the last time, up to 5 s
///
/// The pauses grow until a statement has worked; a connection alone proves nothing. What is wrong is told once, and
/// again when it is something else.
final class QueueLink {
    private let conninfo: String
    private let applicationName: String
    private let prepare: (Queue) throws -> Bool
    /// Nil while the database is away.
    private(set) var queue: Queue?
    /// Monotonic milliseconds before which no new connection is tried.
    private(set) var retryAt: Int64 = 0
    private var failures = 0
    /// What was told last, while it is wrong.
    private var told: String?

    /// - Parameter prepare: what a new connection needs before it is used; false when it cannot be had just now.
    init(_ conninfo: String, applicationName: String, prepare: @escaping (Queue) throws -> Bool) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.prepare = prepare
    }

    /// A dispatcher's: it holds the dispatcher's number and hears of the jobs.
    convenience init(_ conninfo: String, worker: Int64) {
        self.init(conninfo, applicationName: "penstock dispatcher") { queue in
            // The server may not have noticed yet that the old session is gone; until it has, this is not us.
            guard try queue.holdWorker(worker) else { return false }
            try queue.listen()
            return true
        }
    }

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
        guard Clock.monotonicMilliseconds >= retryAt, let queue = connected() else { return .later }
        let answers = queue.connection.answers
        do {
            try body(queue)
            if queue.connection.answers != answers { worked() }
            return .done
        } catch let error as PostgresError {
            if queue.connection.isUsable, !error.isTransient {
                Log.error("queue statement failed", ("error", .string(error.debugDescription)))
                return .refused
            }
            tell("queue statement failed", error.debugDescription)
            if queue.connection.isUsable {
                // A lock that was held too long, a deadlock, a full server: the session itself is well.
                if !error.endsSession {
                    pause()
                    return .later
                }
            }
            drop()
            return .later
        } catch {
            Log.error("queue operation failed", ("error", .string(String(reflecting: error))))
            return .refused
        }
    }

    private func connected() -> Queue? {
        if let queue { return queue }
        do {
            let queue = try Queue.connect(conninfo, applicationName: applicationName)
            if let obstacle = queue.obstacle {
                tell("queue cannot be written", obstacle)
            } else if try prepare(queue) {
                self.queue = queue
                return queue
            }
        } catch {
            tell("queue out of reach", String(reflecting: error))
        }
        drop()
        return nil
    }

    /// Closes the connection; the next attempt makes a new one.
    func close() { queue = nil }

    private func worked() {
        if told != nil { Log.info("queue reached again") }
        told = nil
        failures = 0
    }

    private func tell(_ event: String, _ error: String) {
        guard told != error else { return }
        told = error
        Log.error(event, ("error", .string(error)))
    }

    private func drop() {
        queue = nil
        pause()
    }

    /// 0.1, 0.2 … 5 s, with up to a quarter more by chance so that hosts do not come back in step.
    private func pause() {
        let delay: Int64 = min(5_000, Int64(100) << Int64(min(failures, 6)))
        let spread = Int64(Random.integer() % UInt64(delay / 4 + 1))
        failures += 1
        retryAt = Clock.monotonicMilliseconds + delay + spread
    }
}

/// A notification on the job table's channel.
struct JobChange {
    let id: UUID
    let tenant: String
    let state: JobState
    /// The change's number.
    let number: Int64

    init?(_ payload: String) {
        guard let object = try? JSON.parse(Array(payload.utf8)).object,
            let id = object["id"]?.string.flatMap({ UUID($0) }), let tenant = object["tenant_id"]?.string,
            let state = object["state"]?.string.flatMap(JobState.init(rawValue:)), let number = object["change"]?.int
        else { return nil }
        self.id = id
        self.tenant = tenant
        self.state = state
        self.number = Int64(number)
    }
}
