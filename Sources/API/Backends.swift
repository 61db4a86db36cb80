import Configuration
import Generation
import Jobs
import Posix
import Postgres

/// A responder's connections: one to the queue, one to the data, made when first needed and again when they break.
package final class Backends {
    private let configuration: Configuration
    private var openQueue: Queue?
    private var openSource: SourceSession?
    private var zones: Set<String>?
    /// Monotonic milliseconds before which a database that was out of reach is not tried again, so that a request
    /// costs no time-out while it is away.
    private var queueRetryAt: Int64 = 0
    private var sourceRetryAt: Int64 = 0

    private static let pauseMilliseconds: Int64 = 500

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    package func queue() throws(PostgresError) -> Queue {
        if let openQueue, openQueue.connection.isUsable { return openQueue }
        openQueue = nil
        let connection = try connect(&queueRetryAt) { () throws(PostgresError) in
            try Connection(
                configuration.databaseURL, applicationName: "penstock responder", settings: Queue.settings)
        }
        openQueue = Queue(connection)
        return Queue(connection)
    }

    /// The data's session for as long as `body` runs; closed when `body` throws, since it may be in the middle of
    /// something.
    /// - Parameter keeping: whether the session is as good as new afterwards.
    package func withSource<Value>(
        keeping: Bool = true, _ body: (SourceSession) throws -> Value
    ) throws -> Value {
        let session: SourceSession
        if let openSource, openSource.connection.isUsable {
            session = openSource
        } else {
            session = try connect(&sourceRetryAt) { () throws(PostgresError) in
                try SourceSession(configuration.sourceURL, purpose: "penstock preview")
            }
        }
        openSource = nil
        let value = try body(session)
        if keeping { openSource = session }
        return value
    }

    /// Whether the data's server knows a time zone. The list is read once; it changes with the server's version.
    package func knows(timeZone name: String) throws -> Bool {
        if name == "UTC" { return true }
        if zones == nil {
            zones = try withSource { session in
                Set(
                    try session.connection.query("select name from pg_timezone_names", "list time zones").all
                        .compactMap { $0.string(at: 0) })
            }
        }
        return zones?.contains(name) ?? false
    }

    /// Forgets both connections; the next use makes new ones.
    package func reset() {
        openQueue = nil
        openSource = nil
    }

    private func connect<Value>(
        _ retryAt: inout Int64, _ body: () throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        guard Clock.monotonicMilliseconds >= retryAt else {
            throw PostgresError(.connectionFailed, operation: "connect", detail: "out of reach a moment ago")
        }
        do {
            return try body()
        } catch {
            retryAt = Clock.monotonicMilliseconds + Self.pauseMilliseconds
            throw error
        }
    }
}
