import Posix

/// How one process shows its supervisor that it does not hang: a store into shared memory each time it has waited.
///
/// It beats several times within the limit, idle or not. A call that may rightly block for longer is announced:
/// connecting through libpq (ten seconds an address, and the resolver's time), and a statement to the queue (20 s of
/// silence). An export is made by children of the dispatcher, which have a watch of their own (STALL_SECONDS), and a
/// responder that answers a request is watched by REQUEST_SECONDS instead.
struct Heartbeat {
    private let board: Scoreboard?
    private let seat: Int?
    /// Milliseconds after which a process that waits wakes to beat.
    let interval: Int64

    /// Of the supervisor, which no other process watches.
    static var none: Heartbeat { Heartbeat(nil, seat: nil, limit: .max) }

    /// - Parameters:
    ///   - seat: nil when the process is not watched.
    ///   - limit: milliseconds after which a silent process is ended.
    init(_ board: Scoreboard?, seat: Int?, limit: Int64) {
        self.board = board
        self.seat = seat
        interval = limit / 4
    }

    /// - Parameter milliseconds: for which the process may block now, beyond the limit.
    func beat(ahead milliseconds: Int64 = 0) { board?.beat(seat: seat, ahead: milliseconds) }

    /// Runs a call that may block for so many milliseconds beyond the limit.
    /// - Throws: the errors of `body`.
    func allowing<Value, Failure: Error>(
        _ milliseconds: Int64, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        beat(ahead: milliseconds)
        defer { beat() }
        return try body()
    }

    /// For connecting: a name that three servers do not resolve, then nine addresses that do not answer.
    static let connectMilliseconds: Int64 = 120_000
    /// For one statement: longer than `Queue` waits for a server that says nothing.
    static let statementMilliseconds: Int64 = 25_000
}
