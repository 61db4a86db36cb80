import SQLText

/// Whether a connection string leads to a pooler that gives a server session to several clients by turns (transaction
/// or statement mode).
///
/// When the server's process id (`pg_backend_pid`) is the one that came with the connection, there is no pooler.
/// Otherwise a second connection asks which session answers it, while the first keeps its own, if it has one:
///
///     session of its own (a pooler in session mode)    always the same, never the first one's
///     sessions by turns                                the first one's, or now one and now another
///
/// Nothing is set on either, so that nothing of it stays in a session that others get next.
package enum SharedSessions {
    /// An idle pool hands out the session that came back last, a busy one any of them.
    private static let looks = 8

    /// - Parameter connection: outside a transaction.
    /// - Returns: whether sessions are shared. That is certain where it is true; it is not false but where each of
    ///   eight
    ///   statements happened to get the same session of a busy pool.
    package static func found(behind connection: Connection) throws(PostgresError) -> Bool {
        let first = try session(connection)
        if first.pid == String(connection.backendPID) { return false }
        let other = try Connection(to: connection.address, applicationName: "penstock check")
        other.patience = connection.patience
        var last = try session(other)
        if last == first { return true }
        for _ in 0..<looks {
            let next = try session(other)
            if next == first || next.isAnother(than: last) { return true }
            last = next
        }
        return try session(connection).isAnother(than: first)
    }

    /// By its server too: behind a load balancer statements may go to several, each from a session of its own.
    private static func session(_ connection: Connection) throws(PostgresError) -> Session {
        let row = try connection.query(
            """
            select pg_catalog.pg_backend_pid() as pid,
                pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()) as server
            """, "look for a pooler"
        ).first
        return Session(pid: row?.string("pid") ?? "", server: row?.string("server") ?? "")
    }

    private struct Session: Equatable {
        let pid: String
        let server: String

        func isAnother(than session: Session) -> Bool { server == session.server && pid != session.pid }
    }
}
