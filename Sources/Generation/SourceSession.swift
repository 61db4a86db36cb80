import Catalog
import Glibc
import JSON
import Posix
import Postgres

/// A connection to the users' data, and the transactions on it.
///
/// Read-only by the session's default as well as by each transaction. One transaction serves one tenant: its id is in
/// `app.tenant` for the transaction's length, for tables with row-level security.
package struct SourceSession {
    package let connection: Connection

    /// - Parameter purpose: what pg_stat_activity shows, e.g. "penstock export".
    package init(_ conninfo: String, purpose: String) throws(PostgresError) {
        connection = try Connection(
            conninfo, applicationName: purpose,
            settings: [
                ("default_transaction_read_only", "on"), ("DateStyle", "ISO,YMD"), ("IntervalStyle", "postgres"),
                ("bytea_output", "hex"), ("extra_float_digits", "1"), ("lock_timeout", "30s"),
                ("idle_in_transaction_session_timeout", "60s"), ("search_path", "\"$user\",public"),
                // A worker that was killed leaves its query running until the server looks (PostgreSQL 14 and later).
                ("client_connection_check_interval", "2s"),
            ])
    }

    /// What `begin` found out with its one round trip.
    package struct Snapshot: Sendable {
        /// When it was taken, RFC 3339 in UTC with milliseconds.
        package let takenAt: String
        /// By which another connection can share it while this transaction is open.
        package let exportedID: String?
    }

    /// Opens a REPEATABLE READ, READ ONLY transaction and takes its snapshot.
    /// - Parameters:
    ///   - zone: the IANA zone in which timestamps are written; dates carry none and never shift.
    ///   - seconds: how long one statement may take.
    ///   - exporting: whether other connections shall be able to share the snapshot.
    package func begin(
        tenant: String, zone: String, seconds: Int, exporting: Bool = false
    ) throws(PostgresError) -> Snapshot {
        // Whoever shares the snapshot needs this transaction open, and nothing is said on it meanwhile.
        let idleSeconds = exporting ? seconds : 60
        let export: SQL = exporting ? "pg_export_snapshot()" : "null"
        let rows = try connection.run(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            select set_config('app.tenant', \(bind: tenant), true), set_config('TimeZone', \(bind: zone), true),
                set_config('statement_timeout', \(bind: "\(seconds)s"), true),
                set_config('idle_in_transaction_session_timeout', \(bind: "\(idleSeconds)s"), true),
                \(export) as snapshot,
                to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as taken_at
            """, "begin export")
        return Snapshot(takenAt: rows.first?.string("taken_at") ?? "", exportedID: rows.first?.string("snapshot"))
    }

    /// Joins a transaction's snapshot from another connection.
    package func begin(
        tenant: String, zone: String, seconds: Int, sharing snapshot: String
    ) throws(PostgresError) {
        try connection.run(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET TRANSACTION SNAPSHOT \(bind: snapshot);
            select set_config('app.tenant', \(bind: tenant), true), set_config('TimeZone', \(bind: zone), true),
                set_config('statement_timeout', \(bind: "\(seconds)s"), true)
            """, "begin count")
    }

    /// What an export's rows come to, on this transaction's snapshot.
    /// - Parameter look: called several times a second, since the server may have to read all of them.
    func summary(_ compiled: CompiledExport, look: (Int64) -> Void) throws -> RowSummary {
        let pending = try connection.send(compiled.summary, "summarise rows")
        while true {
            if let answer = try connection.result(of: pending) {
                guard let summary = RowSummary(answer, of: compiled.columns) else {
                    throw ExportFailure("internal_error", "The rows could not be summarised")
                }
                return summary
            }
            look(0)
            _ = try waitReadable([connection.socket], milliseconds: 250)
        }
    }

    /// The export with what the types of its result say. No row is read.
    func typed(_ compiled: CompiledExport) throws(PostgresError) -> CompiledExport {
        guard compiled.asksForTypes else { return compiled }
        return compiled.knowing(
            types: try connection.query(compiled.preview(limit: 0), "look up types").columnTypes)
    }

    /// How many rows the planner expects; costs no look at them.
    func estimatedRows(_ compiled: CompiledExport) throws(PostgresError) -> Int? {
        // EXPLAIN takes parameters in a plan of its own only; literals make it a plain statement.
        let text = try connection.literalText(compiled.partition.estimate)
        guard let plan = try connection.query(SQL(unsafeText: text), "estimate rows").first?.string(at: 0),
            let nodes = try? JSON.parse(Array(plan.utf8), limits: .stored).array
        else { return nil }
        return nodes.first?.object?["Plan"]?.object?["Plan Rows"]?.int
    }

    /// Ends the transaction; nothing was written, so how does not matter.
    package func end() throws(PostgresError) {
        try connection.execute("ROLLBACK", "end")
    }
}
