import CPostgres
import Posix

/// COPY … TO STDOUT, row by row.
///
///     send COPY → wait for COPY_OUT → (row | nothing yet → poll)* → end → COMMAND_OK with the server's count
///
/// The wait is a poll with a time-out, never a blocking read: whoever runs the copy can show that it is alive, and
/// notice that it should stop, while the server sorts for minutes before its first row.
extension Connection {
    /// - Parameters:
    ///   - statement: the whole COPY statement, values already literals.
    ///   - tick: called after each `milliseconds` without a row; may throw to give up.
    ///   - row: one line of COPY text format with its newline; the bytes are valid only inside the call.
    /// - Returns: the number of rows that the server says it sent.
    /// - Throws: `PostgresError`, or what `tick` or `row` throws. The connection is then in the middle of a copy and
    ///   good for nothing but being closed.
    package func copyOut(
        _ statement: String, tickEvery milliseconds: Int64 = 1000, tick: () throws -> Void,
        row: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int64 {
        if PQsendQuery(handle, statement) != 1 { throw lost("copy") }
        let start = try rows(try awaitResult(milliseconds, tick), "copy")
        _ = start
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(handle, &buffer, 1)
            if length > 0 {
                defer { PQfreemem(buffer) }
                try row(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
            } else if length == 0 {
                try awaitInput(milliseconds, tick)
            } else if length == -1 {
                break
            } else {
                throw lost("copy")
            }
        }
        let end = try rows(try awaitResult(milliseconds, tick), "copy")
        while let extra = PQgetResult(handle) { PQclear(extra) }
        return end.affected
    }

    private func awaitResult(_ milliseconds: Int64, _ tick: () throws -> Void) throws -> OpaquePointer? {
        while PQisBusy(handle) == 1 { try awaitInput(milliseconds, tick) }
        return PQgetResult(handle)
    }

    private func awaitInput(_ milliseconds: Int64, _ tick: () throws -> Void) throws {
        if try !waitReadable([socket], milliseconds: milliseconds)[0] { try tick() }
        if PQconsumeInput(handle) != 1 { throw lost("copy") }
    }

    private func lost(_ operation: String) -> PostgresError {
        PostgresError(.connectionLost, operation: operation, detail: message)
    }
}
