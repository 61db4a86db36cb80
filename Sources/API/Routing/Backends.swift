import Catalog
import Configuration
import Generation
import Jobs
import Posix
import Postgres

/// A responder's connections: one to the queue, one to the data, made when first needed and again when they break. That
/// to the data is closed when it has been idle for some seconds: a role may have few of them, and exports need them.
package final class Backends {
    private let configuration: Configuration
    private var openQueue: Queue?
    private var idleSource: (session: SourceSession, closeAt: Int64)?
    /// Those that the data's server has known.
    private var zones: Set<String> = []
    /// A database that was out of reach is not tried again at once, so that a request costs no time-out while it is
    /// away.
    private var queueTimer = RetryTimer(Backends.pauses)
    private var sourceTimer = RetryTimer(Backends.pauses)

    private static let pauses = Backoff(first: 500, longest: 500)
    /// A user who tries filters one after the other is served by one connection.
    private static let idleMilliseconds: Int64 = 5_000
    /// Milliseconds that a server of the data may say nothing outside a transaction.
    private static let patienceMilliseconds: Int64 = 15_000

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    package func queue() throws(PostgresError) -> Queue {
        if let openQueue, openQueue.connection.isUsable { return openQueue }
        openQueue = nil
        let queue = try connect(&queueTimer) { () throws(PostgresError) in
            try Queue.connectToOwnSchema(configuration.databaseURL, applicationName: "penstock responder")
        }
        openQueue = queue
        return queue
    }

    /// The data's session for as long as `body` runs; closed when `body` throws, since it may be in the middle of
    /// something. A session that was idle may have been ended by the server meanwhile: `body` then runs once more, with
    /// a new one.
    /// - Throws: `PostgresError` when the data's server is out of reach; the errors of `body`.
    package func withSource<Value>(_ body: (SourceSession) throws -> Value) throws -> Value {
        if let idle = idleSource?.session {
            idleSource = nil
            if !idle.connection.wasEnded {
                do {
                    return try keeping(idle, body)
                } catch  where idle.connection.wasEnded {}
            }
        }
        let session = try connect(&sourceTimer) { () throws(PostgresError) in
            try SourceSession(
                configuration.sourceURL, purpose: "penstock preview", within: configuration.previewSeconds)
        }
        session.connection.patience = Self.patienceMilliseconds
        return try keeping(session, body)
    }

    private func keeping<Value>(_ session: SourceSession, _ body: (SourceSession) throws -> Value) throws -> Value {
        let value = try body(session)
        idleSource = (session, Clock.monotonicMilliseconds + Self.idleMilliseconds)
        return value
    }

    /// Closes the data's session when it has been idle for long enough.
    /// - Returns: the milliseconds after which it is to be asked for again; nil when there is no such session.
    package func closeIdle() -> Int64? {
        guard let closeAt = idleSource?.closeAt else { return nil }
        let rest = closeAt - Clock.monotonicMilliseconds
        if rest > 0 { return rest }
        idleSource = nil
        return nil
    }

    /// Whether the data's server knows a time zone now. While it is out of reach, a zone that it has known counts as
    /// known: an export waits for the server anyway.
    /// - Throws: `PostgresError` when the server is out of reach and has not known the zone before.
    package func knows(timeZone name: String) throws -> Bool {
        if name == "UTC" { return true }
        do {
            let isKnown = try withSource { try TimeZoneName.isKnown(name, to: $0.connection) }
            if isKnown { zones.insert(name) } else { zones.remove(name) }
            return isKnown
        } catch let error as PostgresError where error.code == .connectionFailed && zones.contains(name) {
            return true
        }
    }

    /// Forgets both connections; the next use makes new ones.
    package func reset() {
        openQueue = nil
        idleSource = nil
    }

    private func connect<Value>(
        _ timer: inout RetryTimer, _ body: () throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        guard Clock.monotonicMilliseconds >= timer.retryAt else {
            throw PostgresError(.connectionFailed, operation: "connect", detail: "out of reach a moment ago")
        }
        do {
            return try body()
        } catch {
            timer.failed(at: Clock.monotonicMilliseconds)
            throw error
        }
    }
}
