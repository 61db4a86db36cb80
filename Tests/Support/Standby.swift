import Glibc

/// A streaming standby of a stage's PostgreSQL: a source that can be away while the queue is there.
package final class Standby {
    private let server: PostgresServer

    /// Makes it from a base backup and waits until it answers queries.
    /// - Parameter settings: of the server, as `name=value`.
    package init(of stage: Stage, port: String = "5433", _ settings: [String] = []) throws {
        server = try PostgresServer(beside: stage, port: port, settings)
        try server.copy(asStandby: true)
        try start()
    }

    /// Starts it (again) and waits until it answers queries.
    package func start() throws {
        try server.start()
        guard try server.rows("select pg_is_in_recovery()") == [["t"]] else { throw Unmet("it is no standby") }
    }

    /// The standby's address, from the primary's.
    package func url(_ primary: String) -> String { server.url(primary) }

    /// - Parameter signal: INT ends its sessions with a word, QUIT like a power cut.
    package func stop(_ signal: Int32 = SIGINT) { server.stop(signal) }
}
