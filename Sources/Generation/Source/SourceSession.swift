import Catalog
import Glibc
import Jobs
import Posix
import Postgres
import SQLText

/// A connection to the users' data, and the transactions on it.
///
/// Everything that an export relies on is set by the round trip that begins its transaction, for the transaction's
/// length, and read back there. So it holds against other settings of the role, the database or the connection string,
/// and behind poolers that drop settings of the start-up packet, or give each transaction another session of the
/// server; and no setting stays in such a session. Other settings of the connection string's `options`, of PGOPTIONS or
/// of the role stay in force.
///
/// One transaction serves one tenant: its id is in `app.tenant` for the transaction's length, for tables with row-level
/// security.
package struct SourceSession {
    package let connection: Connection
    /// The name in pg_stat_activity from the first transaction on, when it is another one than before.
    private var name: String?

    /// - Parameters:
    ///   - purpose: the name in pg_stat_activity, e.g. "penstock export".
    ///   - seconds: as `Connection` takes them.
    /// - Throws: `PostgresError` when the server is out of reach.
    package init(_ conninfo: String, purpose: String, within seconds: Int? = nil) throws(PostgresError) {
        try self.init(to: ServerAddress(conninfo), purpose: purpose, within: seconds)
    }

    /// - Throws: as above.
    init(to address: ServerAddress, purpose: String, within seconds: Int? = nil) throws(PostgresError) {
        connection = try Connection(to: address, applicationName: purpose, within: seconds)
        connection.takesForeignValuesAsNull()
    }

    /// The same session with another name.
    package func renamed(_ purpose: String) -> SourceSession {
        var session = self
        session.name = purpose
        return session
    }

    /// Whether all that the server sends is UTF-8. A server in SQL_ASCII promises no encoding: asked for UTF-8 it fails
    /// at the first invalid byte (22021), so it is asked for its bytes as they are.
    var sendsUTF8: Bool { connection.reported("server_encoding") != "SQL_ASCII" }

    /// The facts that `begin` reads in its one round trip.
    package struct Snapshot: Sendable {
        /// When it was taken, RFC 3339 in UTC with milliseconds.
        package let takenAt: String
        /// By which another connection can share it while this transaction is open.
        package let exportedID: String?
    }

    /// The rights of a transaction.
    package enum Access: Sendable {
        case readOnly
        /// Not yet read-only: a temporary table is made first, then `SET TRANSACTION READ ONLY`.
        case preparing
    }

    /// Opens a REPEATABLE READ, READ ONLY transaction and takes its snapshot.
    /// - Parameters:
    ///   - zone: the IANA zone in which timestamps are written; dates have no zone and never shift.
    ///   - seconds: how long one statement may take.
    ///   - exporting: whether other connections shall be able to share the snapshot.
    package func begin(
        tenant: String, zone: String, seconds: Int, exporting: Bool = false, access: Access = .readOnly
    ) throws(PostgresError) -> Snapshot {
        // The sessions that share the snapshot need this transaction open, and it is idle meanwhile.
        let idleSeconds = exporting ? seconds : 60
        let export: SQL = exporting ? "pg_catalog.pg_export_snapshot()" : "null"
        let row = try begin(
            tenant: tenant, zone: zone, seconds: seconds, idleSeconds: idleSeconds, access: access, after: "",
            """
            \(export) as snapshot, pg_catalog.to_char(
                pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as taken_at
            """)
        return Snapshot(takenAt: row.string("taken_at") ?? "", exportedID: row.string("snapshot"))
    }

    /// Joins a transaction's snapshot from another connection.
    package func begin(
        tenant: String, zone: String, seconds: Int, sharing snapshot: String, access: Access = .readOnly
    ) throws(PostgresError) {
        _ = try begin(
            tenant: tenant, zone: zone, seconds: seconds, idleSeconds: 60, access: access,
            after: "SET TRANSACTION SNAPSHOT \(bind: snapshot);", "null")
    }

    /// Runs `body` in a read-only transaction with the settings of an export: for looking at the tables' descriptions.
    /// - Throws: `PostgresError`; the errors of `body`.
    package func inspecting<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        _ = try begin(tenant: "", zone: "UTC", seconds: 60)
        let value = try body(connection)
        try end()
        return value
    }

    private func begin(
        tenant: String, zone: String, seconds: Int, idleSeconds: Int, access: Access, after first: SQL, _ columns: SQL
    ) throws(PostgresError) -> Rows.Row {
        // The server ends a statement that takes too long, and says so; this is for a server that says nothing.
        connection.patience = Int64(seconds) * 1000 + 10_000
        let naming: SQL = name.map { "pg_catalog.set_config('application_name', \(bind: $0), true), " } ?? ""
        let mode: SQL = access == .readOnly ? "READ ONLY" : "READ WRITE"
        let rows = try connection.run(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ \(mode);
            SET LOCAL statement_timeout = \(bind: "\(seconds)s");
            \(first)
            select \(SourceSettings.statement(idleSeconds: idleSeconds)),
                pg_catalog.set_config('app.tenant', \(bind: tenant), true),
                pg_catalog.set_config('TimeZone', \(bind: zone), true),
                \(naming)\(columns)
            """, "begin export")
        guard let row = rows.first else {
            throw PostgresError(.unexpectedResult, operation: "begin export", detail: "no row")
        }
        try SourceSettings.verify(row)
        return row
    }

    /// The counts and sums of an export's rows, on this transaction's snapshot.
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

    /// The export, completed with the types of its result. No row is read.
    /// - Throws: `PostgresError` when the statement cannot be prepared.
    func typed(_ compiled: CompiledExport) throws(PostgresError) -> CompiledExport {
        guard compiled.asksForTypes else { return compiled }
        return compiled.knowing(
            types: try connection.query(compiled.preview(limit: 0), "look up types").columnTypes)
    }

    /// How many rows the planner expects; costs no look at them.
    /// - Throws: `PostgresError` when the statement cannot be planned.
    func estimatedRows(_ compiled: CompiledExport) throws(PostgresError) -> Int? {
        try connection.expectedRows(compiled.partition.estimate).map { Int($0) }
    }

    /// Ends the transaction; nothing was written, so how does not matter.
    /// - Throws: `PostgresError` when the connection is lost.
    package func end() throws(PostgresError) {
        try connection.execute("ROLLBACK", "end")
    }
}
