import CPostgres

/// The server's answers, as rows or as an error.
extension Connection {
    /// - Parameter columns: of the result, where they are known.
    func rows(
        _ result: OpaquePointer?, _ operation: String, columns: [String: Int32]? = nil
    ) throws(PostgresError) -> Rows {
        guard let result else {
            throw PostgresError(.connectionLost, operation: operation, detail: message)
        }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_COPY_OUT, PGRES_COPY_IN, PGRES_EMPTY_QUERY:
            answers &+= 1
            return Rows(owning: result, columns: columns)
        default:
            defer { PQclear(result) }
            throw failure(result, operation)
        }
    }

    private func failure(_ result: OpaquePointer, _ operation: String) -> PostgresError {
        // Fields of an error message (PostgreSQL manual, "Error and Notice Message Fields").
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let detail = Self.line(PQresultErrorMessage(result))
        // An error without SQLSTATE is libpq's and not the server's: the connection is gone, even where PQstatus has
        // not noticed yet ("server closed the connection unexpectedly" while a statement was being sent).
        guard isUsable, let state = field("C") else {
            isGivenUp = true
            return PostgresError(.connectionLost, operation: operation, detail: detail, farewell: field("C"))
        }
        let place: PostgresError.Place? =
            field("W") != nil || field("q") != nil ? .function : field("P") != nil ? .statement : nil
        return PostgresError(
            .server(state), operation: operation, detail: detail, constraint: field("n"), message: field("M"),
            place: place)
    }
}
