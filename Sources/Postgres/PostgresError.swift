/// An error of PostgreSQL, or of the connection to it.
///
/// `description` is generic and may reach a client; `debugDescription` has the server's own words and is for the log
/// and the terminal only.
package struct PostgresError: Error, CustomStringConvertible, CustomDebugStringConvertible {
    package enum Code: Equatable, Sendable {
        /// No connection could be made.
        case connectionFailed
        /// The connection string, or the environment that libpq reads, holds an option that libpq does not understand;
        /// no connection was tried.
        case invalidConnectionString
        /// The connection broke; whether the statement took effect is not known.
        case connectionLost
        /// The server refused the statement, with this SQLSTATE.
        case server(String)
        /// The server answered something that this statement cannot answer.
        case unexpectedResult
        /// The server's answer does not fit into this process's memory. The connection cannot be used any more.
        case outOfMemory
    }

    package let code: Code
    /// The operation, e.g. "claim job".
    package let operation: String
    /// The server's or libpq's message: for the log.
    package let detail: String
    /// The constraint that was violated, where one was.
    package let constraint: String?
    /// With which SQLSTATE the server ended the session, where the connection broke and it still said why.
    package let farewell: String?
    /// The first sentence of the server's message, which has no part of the statement in it.
    package let message: String?
    /// Where the server says that the fault is; nil where it does not say.
    package let place: Place?

    package enum Place: Sendable {
        /// An error of the statement itself: a name in it does not exist or does not fit.
        case statement
        /// In the body of a function that the statement calls, by itself or by a view.
        case function
    }

    package init(
        _ code: Code, operation: String, detail: String, constraint: String? = nil, message: String? = nil,
        place: Place? = nil, farewell: String? = nil
    ) {
        self.farewell = farewell
        self.message = message
        self.place = place
        self.code = code
        self.operation = operation
        self.detail = detail
        self.constraint = constraint
    }

    package var sqlState: String? {
        if case .server(let state) = code { state } else { nil }
    }

    /// Whether the same call may succeed later: the connection is gone, the server is shutting down, starting or full
    /// (SQLSTATE classes 08, 53, 57), a lock was held for too long or two sessions stood in each other's way (55P03,
    /// class 40), or the server has become a standby (25006).
    package var isTransient: Bool {
        switch code {
        case .connectionFailed, .connectionLost: true
        case .unexpectedResult, .invalidConnectionString, .outOfMemory: false
        case .server(let state):
            ["08", "53", "57", "40"].contains(state.prefix(2)) || state == "55P03" || state == "25006"
        }
    }

    /// Whether the statement took longer than it may, or an administrator cancelled it: the session goes on, and the
    /// same statement would most likely take as long again.
    package var isTimeout: Bool { sqlState == "57014" }

    /// Whether the server refused the values that came with the statement (SQLSTATE classes 22 data, 23 constraints, 54
    /// limits of the program), so that others may well be taken.
    package var isOfValues: Bool { ["22", "23", "54"].contains(sqlState?.prefix(2)) }

    /// Whether a new connection is needed before anything can succeed. A standby is left for the address that the
    /// connection string finds next.
    package var endsSession: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .outOfMemory: true
        case .unexpectedResult, .invalidConnectionString: false
        case .server(let state): state.hasPrefix("08") || state.hasPrefix("57P") || state == "25006"
        }
    }

    package var description: String {
        switch code {
        case .connectionFailed: "the database cannot be reached"
        case .invalidConnectionString: "the connection string is not understood"
        case .connectionLost: "the connection to the database was lost"
        case .outOfMemory: "an answer of the database is larger than the memory for it"
        case .server, .unexpectedResult: "the database refused a statement"
        }
    }

    package var debugDescription: String {
        let state = (sqlState ?? farewell).map { " [\($0)]" } ?? ""
        return "\(operation): \(description)\(state): \(detail)"
    }
}
