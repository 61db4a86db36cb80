import JSON

/// The decisions of the process that completes the audit, without its socket, its connection and its clock.
///
///     nothing pending ──▶ away ──▶ connecting ──▶ connected ──▶ sent ──▶ recorded ──▶ connected
///                          ▲           │ no           │ idle      │ lost, not now
///                          └───────────┴──────────────┴───────────┘
///
/// Messages wait here in the order of their coming, the sent ones too, until the database has them. Beyond `limit` the
/// newest are given up and counted.
struct TransferMachine {
    enum Action: Equatable {
        /// Do the next thing on the way to a connection.
        case connect
        /// Send so many of the first pending messages.
        case send(count: Int)
        /// Close the connection.
        case close
        /// Say in the log how many messages are lost.
        case reportLost(Int)
        case end
    }

    private enum State: Equatable {
        case away
        case connected
        /// The first `count` pending messages are with the server since then.
        case sent(count: Int, since: Int64)
    }

    private(set) var pending = Backlog<JSON>()
    private var state = State.away
    /// Messages given up since the log last said so.
    private var lost = 0
    /// Whether the log is to say so now: it does when something has come to its end, and not for each message.
    private var isReportDue = false
    /// Monotonic milliseconds before which nothing is begun, so that messages that come together go together.
    private var startAt: Int64 = 0
    /// How many messages are sent at once; fewer while one of them is looked for that the database refuses.
    private var batch = TransferMachine.largestBatch
    /// Monotonic milliseconds at which messages that are still pending are given up; nil before the process was told to
    /// end.
    private(set) var endAt: Int64?

    static let limit = 20_000
    private static let delayMilliseconds: Int64 = 200
    private static let largestBatch = 200
    /// A connection that has had nothing to do for so long is closed.
    private static let idleMilliseconds: Int64 = 30_000
    /// After so many milliseconds the answer is asked for although the socket is not readable: the connection then
    /// gives a silent server up.
    private static let silenceMilliseconds: Int64 = 21_000

    /// Whether an answer of the database is awaited.
    var isSent: Bool { if case .sent = state { true } else { false } }

    /// When something is due, in monotonic milliseconds.
    /// - Parameter connectAt: before which no connection is tried.
    func due(at now: Int64, connectAt: Int64) -> Int64 {
        let due: Int64 =
            switch state {
            case .sent(_, let since): since + Self.silenceMilliseconds
            case .away where !pending.isEmpty: max(startAt, connectAt)
            case .away, .connected: pending.isEmpty ? now + Self.idleMilliseconds : startAt
            }
        return min(due, endAt ?? due)
    }

    mutating func received(_ message: JSON, at now: Int64) {
        guard pending.count < Self.limit else {
            lost += 1
            return
        }
        if pending.isEmpty { startAt = now + Self.delayMilliseconds }
        pending.append(message)
    }

    /// The process is to end by this time, even when messages are still pending. Of two such times the earlier counts.
    mutating func end(by time: Int64) { endAt = min(endAt ?? .max, time) }

    /// The actions that are due now. Called after all events of the turn.
    /// - Parameter isTimeOut: whether no event has come since the last turn.
    mutating func turn(isTimeOut: Bool, at now: Int64) -> [Action] {
        if let endAt, pending.isEmpty || now >= endAt {
            lost += pending.count
            isReportDue = true
            return reportLost() + [.end]
        }
        return reportLost() + next(isTimeOut: isTimeOut, at: now)
    }

    private mutating func next(isTimeOut: Bool, at now: Int64) -> [Action] {
        switch state {
        case .connected where pending.isEmpty && isTimeOut:
            state = .away
            return [.close]
        case .sent: return []
        case _ where pending.isEmpty || now < startAt: return []
        case .away: return [.connect]
        case .connected:
            let count = min(batch, pending.count)
            state = .sent(count: count, since: now)
            return [.send(count: count)]
        }
    }

    mutating func connected() { state = .connected }

    /// The sent messages are in the database.
    mutating func recorded() {
        guard case .sent(let count, _) = state else { return }
        batch = min(Self.largestBatch, batch * 2)
        pending.removeFirst(count)
        state = .connected
        isReportDue = true
    }

    /// The database does not take one of the sent messages: the half of them is tried, until it is that message alone,
    /// which is given up.
    /// - Returns: whether one was given up.
    mutating func refused() -> Bool {
        guard case .sent(let count, _) = state else { return false }
        state = .connected
        batch = max(1, count / 2)
        guard count == 1 else { return false }
        pending.removeFirst()
        lost += 1
        isReportDue = true
        return true
    }

    /// There is no connection any more, or it could not be had.
    mutating func disconnected() {
        if case .sent(let count, _) = state { batch = max(1, count / 2) }
        state = .away
        isReportDue = true
    }

    private mutating func reportLost() -> [Action] {
        defer { isReportDue = false }
        guard lost > 0, isReportDue else { return [] }
        defer { lost = 0 }
        return [.reportLost(lost)]
    }
}
