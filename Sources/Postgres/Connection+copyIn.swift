import CPostgres
import Posix

/// COPY … FROM STDIN.
extension Connection {
    /// - Parameters:
    ///   - statement: the whole COPY statement.
    ///   - rows: hands COPY text to the closure that it is given, cut anywhere. When it throws, the server drops the
    ///     rows.
    /// - Returns: the number of rows that the server took.
    package func copyIn(
        _ statement: String, rows send: ((UnsafeRawBufferPointer) throws(PostgresError) -> Void) throws -> Void
    ) throws -> Int64 {
        let operation = "copy in"
        _ = try rows(answer(PQsendQuery(handle, statement), operation), operation)
        do {
            try send { bytes throws(PostgresError) in
                guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
                silence = Silence(at: Clock.monotonicMilliseconds)
                try put(operation) {
                    PQputCopyData(handle, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
                }
            }
            silence = Silence(at: Clock.monotonicMilliseconds)
            try put(operation) { PQputCopyEnd(handle, nil) }
        } catch {
            if isUsable, (try? put(operation, { PQputCopyEnd(handle, "given up") })) != nil {
                _ = try? rows(wholeAnswer(operation), operation)
            }
            throw error
        }
        return try rows(wholeAnswer(operation), operation).affected
    }

    /// Repeats a call of libpq's that answers 0 while there is no room, and sends the bytes that libpq has taken.
    private func put(_ operation: String, _ call: () -> Int32) throws(PostgresError) {
        while true {
            let taken = call()
            if taken < 0 { throw lost(operation) }
            while true {
                let unsent = PQflush(handle)
                if unsent < 0 { throw lost(operation) }
                if unsent == 0 { break }
                _ = try awaitInput(operation, milliseconds: .max)
            }
            if taken == 1 { return }
        }
    }
}
