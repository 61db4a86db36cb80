import CPostgres

/// COPY … FROM STDIN.
extension Connection {
    /// - Parameters:
    ///   - statement: the whole COPY statement.
    ///   - rows: hands COPY text to the closure that it is given, cut anywhere. When it throws, the server forgets what came.
    /// - Returns: the number of rows that the server took.
    package func copyIn(
        _ statement: String, rows send: ((UnsafeRawBufferPointer) throws(PostgresError) -> Void) throws -> Void
    ) throws -> Int64 {
        _ = try rows(PQexec(handle, statement), "copy in")
        do {
            try send { bytes throws(PostgresError) in
                guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
                let sent = PQputCopyData(handle, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
                if sent != 1 { throw PostgresError(.connectionLost, operation: "copy in", detail: message) }
            }
        } catch {
            PQputCopyEnd(handle, "given up")
            while let extra = PQgetResult(handle) { PQclear(extra) }
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else {
            throw PostgresError(.connectionLost, operation: "copy in", detail: message)
        }
        let end = try rows(PQgetResult(handle), "copy in")
        while let extra = PQgetResult(handle) { PQclear(extra) }
        return end.affected
    }
}
