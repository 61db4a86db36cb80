import CPostgres
import Posix

/// COPY … TO STDOUT, row by row.
///
///     send COPY → wait for COPY_OUT → (row | nothing yet → poll)* → end → COMMAND_OK with the server's count
///
/// The wait is a poll with a time-out, never a blocking read: the process that runs the copy can show that it is alive,
/// and notice that it should stop, while the server sorts for minutes before its first row.
extension Connection {
    /// - Parameters:
    ///   - statement: the whole COPY statement, values already literals.
    ///   - tick: called after each `milliseconds` without a row; may throw to give up.
    ///   - row: one line of COPY text format with its newline; the bytes are valid only inside the call.
    /// - Returns: the number of rows that the server says it sent.
    /// - Throws: `PostgresError`, or the error of `tick` or `row`. The connection is then in the middle of a copy and
    ///   good for nothing but being closed.
    package func copyOut(
        _ statement: String, tickEvery milliseconds: Int64 = 1000, tick: () throws -> Void,
        row: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int64 {
        if PQsendQuery(handle, statement) != 1 { throw lost("copy") }
        silence = Silence(at: Clock.monotonicMilliseconds)
        while PQisBusy(handle) == 1 { try awaitRows(milliseconds, tick) }
        _ = try rows(wholeAnswer("copy"), "copy")
        var line = CopyOutLine()
        var hadRows = false
        while true {
            switch try line.next(of: handle) {
            case .whole:
                try row(line.bytes)
                hadRows = true
            case .none:
                // The time that the rows took here is not the server's silence.
                if hadRows { silence = Silence(at: Clock.monotonicMilliseconds) }
                hadRows = false
                try awaitRows(milliseconds, tick)
            case .end:
                // libpq gives up here, too, when it has no memory for a row.
                if PQstatus(handle) == CONNECTION_BAD { throw lost("copy") }
                while PQisBusy(handle) == 1 { try awaitRows(milliseconds, tick) }
                return try rows(wholeAnswer("copy"), "copy").affected
            }
        }
    }

    private func awaitRows(_ milliseconds: Int64, _ tick: () throws -> Void) throws {
        let tickAt = Clock.monotonicMilliseconds + milliseconds
        while true {
            let rest = max(0, tickAt - Clock.monotonicMilliseconds)
            if try awaitInput("copy", milliseconds: rest) { return }
            if Clock.monotonicMilliseconds >= tickAt { return try tick() }
        }
    }
}
