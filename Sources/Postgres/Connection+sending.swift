import CPostgres

/// A statement that was sent and whose result is asked for without waiting.
package struct PendingQuery {
    let operation: String
}

extension Connection {
    /// Sends a statement and returns at once. Nothing else may be run on the connection until its result was taken.
    package func send(_ sql: SQL, _ operation: String) throws(PostgresError) -> PendingQuery {
        let (text, binds) = sql.parameterized
        let sent = withCStrings(binds) { PQsendQueryParams(handle, text, Int32(binds.count), nil, $0, nil, nil, 0) }
        if sent != 1 { throw PostgresError(.connectionLost, operation: operation, detail: message) }
        return PendingQuery(operation: operation)
    }

    /// The result of what was sent, or nil while the server is still at it. Does not wait.
    package func result(of query: PendingQuery) throws(PostgresError) -> Rows? {
        if PQconsumeInput(handle) != 1 {
            throw PostgresError(.connectionLost, operation: query.operation, detail: message)
        }
        if PQisBusy(handle) == 1 { return nil }
        let rows = try rows(PQgetResult(handle), query.operation)
        while let extra = PQgetResult(handle) { PQclear(extra) }
        return rows
    }
}
