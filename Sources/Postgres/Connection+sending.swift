import CPostgres
import Posix
import SQLText

/// A statement that was sent and whose result is asked for without waiting.
package struct PendingQuery {
    let operation: String
}

extension Connection {
    /// Sends a statement and returns at once; bytes for which the socket has no room are sent by `result(of:)`. Nothing
    /// else may be run on the connection until its result was taken.
    package func send(_ sql: SQL, _ operation: String) throws(PostgresError) -> PendingQuery {
        let (text, binds) = try withoutForeignValues(sql).parameterized
        let sent = withCStrings(binds) { PQsendQueryParams(handle, text, Int32(binds.count), nil, $0, nil, nil, 0) }
        if sent != 1 { throw lost(operation) }
        silence = Silence(at: Clock.monotonicMilliseconds)
        return PendingQuery(operation: operation)
    }

    /// The result of the statement; nil while the server is still working on it. Does not wait.
    /// - Throws: also when the server has been silent for too long; so it is asked for now and then, whether or not the
    ///   socket
    ///   becomes readable.
    package func result(of query: PendingQuery) throws(PostgresError) -> Rows? {
        while PQisBusy(handle) == 1 {
            if try !awaitInput(query.operation, milliseconds: 0) { return nil }
        }
        return try rows(wholeAnswer(query.operation), query.operation)
    }
}
