import CPostgres
import Glibc
import Posix
import SQLText

/// One connection to PostgreSQL through libpq; closed with its last owner.
///
/// Used by the one thread of one process: a connection never crosses a fork (libpq, "Behavior in Threaded Programs"
/// and `fork`), so every process opens its own, and a child closes the inherited socket without telling the server.
///
/// No call waits for ever: each statement is sent and its answer awaited in `Connection+waiting.swift`, whose limits
/// hold for all of them.
package final class Connection {
    let handle: OpaquePointer
    private let conninfo: String
    /// Statements on the server by their text. A name is never used twice.
    var prepared: [String: Prepared] = [:]
    var preparations = 0
    /// Of a database whose encoding cannot hold every text, in a session that asks for such texts
    /// (`Connection+encoding`).
    var repertoire: Repertoire?
    /// In the names of this connection's statements: behind a pooler that shares the server's sessions, no other
    /// process's statement has such a name.
    let token = String(Random.integer(), radix: 36)

    /// Milliseconds that the server may be silent while an answer is awaited; then the connection is given up. To be
    /// longer than the server's own limit (`statement_timeout`), which says why.
    package var patience: Int64 = .max
    var silence = Silence()
    /// The server is gone, or was silent for too long; the connection waits for it no longer.
    var isGivenUp = false
    /// How many statements have been answered without an error.
    package internal(set) var answers = 0

    struct Prepared {
        let name: String
        /// Of its result, once it has been run.
        var columns: [String: Int32]?
    }

    /// Connects, blocking for at most ten seconds for each address that the connection string leads to.
    ///
    /// The start-up packet holds the options that libpq reads from the connection string and from PGOPTIONS, the name,
    /// and the encoding, which poolers know; other settings of a session are made by statements, for poolers drop them
    /// from the packet.
    /// - Parameters:
    ///   - address: of a libpq connection string or URI, or another connection's.
    ///   - applicationName: the name in pg_stat_activity.
    ///   - seconds: how long an address is waited for, whatever the connection string says; at least 2 for libpq. Nil
    ///     for what the string says, or ten.
    package init(
        to address: ServerAddress, applicationName: String, within seconds: Int? = nil
    ) throws(PostgresError) {
        let conninfo = address.conninfo
        if let fault = Self.fault(in: conninfo) {
            throw PostgresError(.invalidConnectionString, operation: "connect", detail: fault)
        }
        // Parameters before dbname are defaults that the connection string may replace; those after it are ours.
        // A peer that has vanished without a word is given up after 20 s.
        let parameters: [(String, String)] =
            [
                ("connect_timeout", "10"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
                ("keepalives_count", "2"), ("tcp_user_timeout", "20000"),
                ("dbname", conninfo),
                ("application_name", applicationName), ("client_encoding", "UTF8"),
            ] + address.choice + (seconds.map { [("connect_timeout", String(max(2, $0)))] } ?? [])
        let handle = withCStrings(parameters.map(\.0)) { names in
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else {
            throw PostgresError(.connectionFailed, operation: "connect", detail: "libpq is out of memory")
        }
        // The loop that waits for the answer also sends the statement.
        if PQstatus(handle) != CONNECTION_OK || PQsetnonblocking(handle, 1) != 0 {
            let detail = Self.message(handle)
            PQfinish(handle)
            // libpq's own words for a value that no option takes, e.g. `invalid sslmode value: "of"`.
            let isFault =
                detail.hasPrefix("invalid ") || detail.hasPrefix("could not match ")
                || detail.contains("invalid integer value ") || detail.contains("invalid port number")
            throw PostgresError(
                isFault ? .invalidConnectionString : .connectionFailed, operation: "connect", detail: detail)
        }
        // Notices are for people at a terminal; a service's log has its own lines.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        self.handle = handle
        self.conninfo = conninfo
        // The server reads the first statement in this encoding already.
        guard reported("client_encoding") == "UTF8" || PQsetClientEncoding(handle, "UTF8") == 0 else {
            throw PostgresError(.connectionFailed, operation: "set client encoding", detail: message)
        }
    }

    /// As above, to the servers of a connection string.
    package convenience init(
        _ conninfo: String, applicationName: String, within seconds: Int? = nil
    ) throws(PostgresError) {
        try self.init(to: ServerAddress(conninfo), applicationName: applicationName, within: seconds)
    }

    deinit { PQfinish(handle) }

    /// Whether errors have the server's DETAIL, HINT and CONTEXT, which may hold values of rows, beside its message.
    package func tellDetails(_ tells: Bool) {
        PQsetErrorVerbosity(handle, tells ? PQERRORS_DEFAULT : PQERRORS_TERSE)
    }

    /// What is wrong with a connection string; nil when nothing is, or when the text is a database's name alone.
    private static func fault(in conninfo: String) -> String? {
        if let slip = ConnectionString.slip(conninfo) { return slip }
        guard conninfo.contains("=") || conninfo.hasPrefix("postgres://") || conninfo.hasPrefix("postgresql://")
        else { return nil }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(conninfo, &message)
        defer {
            PQconninfoFree(options)
            PQfreemem(message)
        }
        return options == nil ? message.map { line($0) } ?? "out of memory" : nil
    }

    /// The socket, to wait on together with others. Changes never while the connection lives.
    package var socket: Int32 { PQsocket(handle) }

    /// For a second connection to the same server. It is the address that this connection has found, so that no name
    /// is resolved again, and whatever else the string asks of a server was seen to hold.
    package var address: ServerAddress {
        func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        return ServerAddress(
            conninfo,
            choice: [
                ("host", text(PQhost(handle))), ("hostaddr", text(PQhostaddr(handle))), ("port", text(PQport(handle))),
                ("target_session_attrs", "any"),
            ])
    }

    /// Whether libpq still believes in the connection. A half-open one looks fine until it is used.
    package var isUsable: Bool { PQstatus(handle) == CONNECTION_OK && !isGivenUp }

    /// Whether a transaction has begun and has not failed.
    package var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Whether the server has ended the session while nothing was asked of it: it was restarted, or the session was
    /// idle for longer than the server allows. Does not wait.
    package var wasEnded: Bool {
        guard isUsable else { return true }
        // The server's last words come before its end; news of settings and notifications may come at any time.
        while (try? waitForSocket(socket, milliseconds: 0)) ?? false {
            if PQconsumeInput(handle) != 1 { return true }
            _ = PQisBusy(handle)
        }
        return false
    }

    /// The server's process for this connection: what pg_terminate_backend takes. Behind a pooler some other number.
    package var backendPID: Int32 { PQbackendPID(handle) }

    /// e.g. 150018 for 15.18
    package var serverVersion: Int32 { PQserverVersion(handle) }

    /// A parameter that the server reports, e.g. "server_encoding".
    package func reported(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    /// libpq's last message for this connection, one line.
    var message: String { Self.message(handle) }

    /// libpq's messages have several lines, indented and ended by a newline.
    static func line(_ text: UnsafePointer<CChar>) -> String {
        String(cString: text).split { $0 == "\n" || $0 == "\t" }.joined(separator: " ")
    }

    private static func message(_ handle: OpaquePointer) -> String {
        line(PQerrorMessage(handle))
    }
}
