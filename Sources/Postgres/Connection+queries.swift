import CPostgres
import SQLText

/// Statements: one with binds, several in one text, a transaction.
extension Connection {
    /// Runs one statement with its values as binds.
    /// - Parameters:
    ///   - operation: what is being done, for errors.
    ///   - preparing: keep the parsed statement on the server for the next call with the same text.
    @discardableResult
    package func query(
        _ sql: SQL, _ operation: String = "query", preparing: Bool = false
    ) throws(PostgresError) -> Rows {
        let (text, binds) = try withoutForeignValues(sql).parameterized
        if preparing {
            do {
                let statement = try preparedStatement(text, count: binds.count, operation)
                let sent = withCStrings(binds) {
                    PQsendQueryPrepared(handle, statement.name, Int32(binds.count), $0, nil, nil, 0)
                }
                let rows = try rows(answer(sent, operation), operation, columns: statement.columns)
                if statement.columns == nil { prepared[text]?.columns = rows.columns }
                return rows
            } catch  where error.sqlState == "0A000" || error.sqlState == "26000" {
                // The table has been migrated since (cached plan must not change result type), or a pooler has given us
                // another session: nothing was run, and the next call prepares it anew.
                prepared[text] = nil
            }
        }
        let sent = withCStrings(binds) { PQsendQueryParams(handle, text, Int32(binds.count), nil, $0, nil, nil, 0) }
        return try rows(answer(sent, operation), operation)
    }

    /// Runs text that may hold several statements and takes no values: migrations, BEGIN, SET.
    package func execute(_ text: String, _ operation: String = "execute") throws(PostgresError) {
        _ = try rows(answer(PQsendQuery(handle, text), operation), operation)
    }

    /// Runs several statements in one round trip, with values as literals.
    /// - Returns: the last one's result; the first that fails ends the run.
    @discardableResult
    package func run(_ sql: SQL, _ operation: String) throws(PostgresError) -> Rows {
        try rows(answer(PQsendQuery(handle, try literalText(sql)), operation), operation)
    }

    /// The statement as one text, values as literals escaped by libpq for this connection's encoding.
    package func literalText(_ sql: SQL) throws(PostgresError) -> String {
        try withoutForeignValues(sql).rendered { value throws(PostgresError) in
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

    private func preparedStatement(
        _ text: String, count: Int, _ operation: String
    ) throws(PostgresError) -> Prepared {
        if let statement = prepared[text] { return statement }
        preparations += 1
        let statement = Prepared(name: "penstock_\(token)_\(preparations)")
        let sent = PQsendPrepare(handle, statement.name, text, Int32(count), nil)
        _ = try rows(answer(sent, operation), operation)
        prepared[text] = statement
        return statement
    }
}
