import CPostgres
import Glibc
import Posix

/// One connection to PostgreSQL through libpq; closed with its last owner.
///
/// Used by the one thread of one process: a connection never crosses a fork (libpq, "Behavior in Threaded Programs"
/// and `fork`), so every process opens its own, and a child closes the inherited socket without telling the server.
package final class Connection {
    let handle: OpaquePointer
    /// Statements on the server by their text. A name is never used twice.
    private var prepared: [String: Prepared] = [:]
    private var preparations = 0

    private struct Prepared {
        let name: String
        /// Of its result, once it has been run.
        var columns: [String: Int32]?
    }

    /// Connects, blocking for at most ten seconds.
    /// - Parameters:
    ///   - conninfo: a libpq connection string or URI.
    ///   - applicationName: what pg_stat_activity shows.
    ///   - settings: run-time parameters sent with the start-up packet, so that they cost no round trip.
    package init(
        _ conninfo: String, applicationName: String, settings: [(String, String)] = []
    ) throws(PostgresError) {
        // Values of `options` escape spaces and backslashes with a backslash (libpq, "options").
        let options = settings.map { name, value in
            "-c \(name)=" + value.replacing(#"\"#, with: #"\\"#).replacing(" ", with: #"\ "#)
        }.joined(separator: " ")
        // What stands before dbname is a default that the connection string may replace; what stands after it is ours. A
        // peer that has vanished without a word is given up after 20 s, whatever was being waited for.
        let parameters: [(String, String)] = [
            ("connect_timeout", "10"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "2"), ("tcp_user_timeout", "20000"),
            ("dbname", conninfo),
            ("application_name", applicationName), ("client_encoding", "UTF8"), ("options", options),
        ]
        let handle = withCStrings(parameters.map(\.0)) { names in
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else {
            throw PostgresError(.connectionFailed, operation: "connect", detail: "libpq is out of memory")
        }
        if PQstatus(handle) != CONNECTION_OK {
            let detail = Self.message(handle)
            PQfinish(handle)
            throw PostgresError(.connectionFailed, operation: "connect", detail: detail)
        }
        // Notices are for people at a terminal; a service's log has its own lines.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        self.handle = handle
    }

    deinit { PQfinish(handle) }

    /// The socket, to wait on together with others. Changes never while the connection lives.
    package var socket: Int32 { PQsocket(handle) }

    /// Whether libpq still believes in the connection. A half-open one looks fine until it is used.
    package var isUsable: Bool { PQstatus(handle) == CONNECTION_OK }

    /// The server's process for this connection: what pg_terminate_backend takes.
    package var backendPID: Int32 { PQbackendPID(handle) }

    /// e.g. 150018 for 15.18
    package var serverVersion: Int32 { PQserverVersion(handle) }

    /// A parameter that the server reports, e.g. "server_encoding".
    package func reported(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    /// Runs one statement with its values as binds.
    /// - Parameters:
    ///   - operation: what is being done, for errors.
    ///   - preparing: keep the parsed statement on the server for the next call with the same text.
    @discardableResult
    package func query(
        _ sql: SQL, _ operation: String = "query", preparing: Bool = false
    ) throws(PostgresError) -> Rows {
        let (text, binds) = sql.parameterized
        if preparing {
            do {
                let statement = try preparedStatement(text, count: binds.count, operation)
                let result = withCStrings(binds) {
                    PQexecPrepared(handle, statement.name, Int32(binds.count), $0, nil, nil, 0)
                }
                let rows = try rows(result, operation, columns: statement.columns)
                if statement.columns == nil { prepared[text]?.columns = rows.columns }
                return rows
            } catch  where error.sqlState == "0A000" || error.sqlState == "26000" {
                // The table has been migrated since (cached plan must not change result type), or a pooler has given us
                // another session: nothing was run, and the next call prepares it anew.
                prepared[text] = nil
            }
        }
        return try rows(
            withCStrings(binds) { PQexecParams(handle, text, Int32(binds.count), nil, $0, nil, nil, 0) }, operation)
    }

    /// Runs text that may hold several statements and takes no values: migrations, BEGIN, SET.
    package func execute(_ text: String, _ operation: String = "execute") throws(PostgresError) {
        _ = try rows(PQexec(handle, text), operation)
    }

    /// Runs several statements in one round trip, with values as literals.
    /// - Returns: the last one's result; the first that fails ends the run.
    @discardableResult
    package func run(_ sql: SQL, _ operation: String) throws(PostgresError) -> Rows {
        try rows(PQexec(handle, try literalText(sql)), operation)
    }

    /// The statement as one text, values as literals escaped by libpq for this connection's encoding.
    package func literalText(_ sql: SQL) throws(PostgresError) -> String {
        try sql.rendered { value throws(PostgresError) in
            guard let value else { return "NULL" }
            let length = value.utf8.count
            guard let escaped = PQescapeLiteral(handle, value, length) else {
                throw PostgresError(.unexpectedResult, operation: "escape", detail: message)
            }
            defer { PQfreemem(escaped) }
            return String(cString: escaped)
        }
    }

    /// Runs `body` in a transaction that commits when it returns and rolls back when it throws.
    package func transaction<Value>(
        _ begin: String = "BEGIN", _ body: () throws -> Value
    ) throws -> Value {
        try execute(begin)
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            if isUsable { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// libpq's last message for this connection, one line.
    var message: String { Self.message(handle) }

    /// - Parameter columns: of the result, where they are known.
    func rows(
        _ result: OpaquePointer?, _ operation: String, columns: [String: Int32]? = nil
    ) throws(PostgresError) -> Rows {
        guard let result else {
            throw PostgresError(.connectionLost, operation: operation, detail: message)
        }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_COPY_OUT, PGRES_COPY_IN, PGRES_EMPTY_QUERY:
            return Rows(owning: result, columns: columns)
        default:
            defer { PQclear(result) }
            throw failure(result, operation)
        }
    }

    private func failure(_ result: OpaquePointer, _ operation: String) -> PostgresError {
        func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        let detail = Self.line(PQresultErrorMessage(result))
        // What has no SQLSTATE was said by libpq and not by the server: the connection is gone, even where PQstatus has not
        // noticed yet ("server closed the connection unexpectedly" while a statement was being sent).
        guard isUsable, let state = field(Int32(UInt8(ascii: "C"))) else {
            return PostgresError(.connectionLost, operation: operation, detail: detail)
        }
        return PostgresError(
            .server(state), operation: operation, detail: detail, constraint: field(Int32(UInt8(ascii: "n"))))
    }

    private func preparedStatement(
        _ text: String, count: Int, _ operation: String
    ) throws(PostgresError) -> Prepared {
        if let statement = prepared[text] { return statement }
        preparations += 1
        let statement = Prepared(name: "p\(preparations)")
        _ = try rows(PQprepare(handle, statement.name, text, Int32(count), nil), operation)
        prepared[text] = statement
        return statement
    }

    /// libpq's messages have several lines, indented and ended by a newline.
    private static func line(_ text: UnsafePointer<CChar>) -> String {
        String(cString: text).split { $0 == "\n" || $0 == "\t" }.joined(separator: " ")
    }

    private static func message(_ handle: OpaquePointer) -> String {
        line(PQerrorMessage(handle))
    }
}

/// Calls `body` with a NULL-ended array of C strings, valid only inside the call; nil becomes NULL.
func withCStrings<Value>(
    _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    var pointers: [UnsafePointer<CChar>?] = strings.map { $0.map { UnsafePointer(strdup($0)) } }
    pointers.append(nil)
    defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}
