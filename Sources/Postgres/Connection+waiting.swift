import CPostgres
import Posix

/// Waiting for the server, which may have died, hang, or only be busy.
///
///     send ──▶ wait for the socket ──input──▶ libpq has the whole answer? ──▶ results
///                  ▲       │ silence                │ not yet
///                  └───────┼────────────────────────┘
///                          ├ longer than `patience` ─▶ given up: connectionLost
///                          └ 20 s, and again every 20 s ─▶ `LifeProbe`: a server that answers a second connection
///                                                          is alive; one that twice does not is given up, or one
///                                                          that twice says that this session has nothing to do
///
/// Keepalives and tcp_user_timeout find a peer that has vanished. They cannot find one whose kernel still acknowledges
/// while its processes are stopped, or a pooler that forwards nothing.
extension Connection {
    /// The time since the server was last heard, and the probes since then.
    struct Silence {
        /// Monotonic milliseconds: when something was last sent or came.
        var since: Int64 = 0
        var probe: LifeProbe?
        /// Monotonic milliseconds before which no probe begins.
        var probeAt: Int64 = 0
        /// Probes in a row that got no answer, or by which the session waits for a statement.
        var unanswered = 0

        init() {}

        init(at now: Int64) {
            since = now
            probeAt = now + Self.probeMilliseconds
        }

        static let probeMilliseconds: Int64 = 20_000
        static let mostUnanswered = 2
        /// How often a probe that is under way is looked at.
        static let lookMilliseconds: Int64 = 100
    }

    /// Takes the whole answer to a statement.
    /// - Parameter sent: libpq's result for the call that sent the statement; 1 when it was taken.
    /// - Returns: the last result, or the first that is a failure. One that begins a COPY ends the waiting: the rows
    ///   follow.
    func answer(_ sent: Int32, _ operation: String) throws(PostgresError) -> OpaquePointer? {
        guard sent == 1 else { throw lost(operation) }
        silence = Silence(at: Clock.monotonicMilliseconds)
        return try wholeAnswer(operation)
    }

    /// As `answer`, for a statement that was sent earlier.
    func wholeAnswer(_ operation: String) throws(PostgresError) -> OpaquePointer? {
        var last: OpaquePointer?
        do {
            while true {
                while PQisBusy(handle) == 1 { _ = try awaitInput(operation, milliseconds: .max) }
                guard let next = PQgetResult(handle) else { return last }
                if let current = last {
                    if PQresultStatus(current) == PGRES_FATAL_ERROR {
                        PQclear(next)
                        continue
                    }
                    PQclear(current)
                }
                last = next
                if [PGRES_COPY_IN, PGRES_COPY_OUT].contains(PQresultStatus(next)) { return next }
            }
        } catch {
            // A server that ends a session says why before it closes the connection.
            if let last, PQresultStatus(last) == PGRES_FATAL_ERROR { return last }
            PQclear(last)
            throw error
        }
    }

    /// Sends unsent bytes, and waits until something comes from the server, or has been sent.
    /// - Parameter milliseconds: the longest wait.
    /// - Returns: whether bytes were received or sent.
    /// - Throws: when the server is gone or has been silent for too long.
    func awaitInput(_ operation: String, milliseconds: Int64) throws(PostgresError) -> Bool {
        let unsent = PQflush(handle)
        if unsent < 0 { throw lost(operation) }
        let now = Clock.monotonicMilliseconds
        var wait = min(milliseconds, max(0, silence.probeAt - now), patience - min(patience, now - silence.since))
        if silence.probe != nil { wait = min(milliseconds, Silence.lookMilliseconds) }
        let isReady: Bool
        do {
            isReady = try waitForSocket(socket, writing: unsent == 1, milliseconds: wait)
        } catch {
            throw PostgresError(.connectionLost, operation: operation, detail: error.debugDescription)
        }
        guard isReady else {
            try judgeSilence(operation)
            return false
        }
        silence = Silence(at: Clock.monotonicMilliseconds)
        if PQconsumeInput(handle) != 1 { throw lost(operation) }
        // A TLS record may be larger than the room that libpq had for it; its rest is in the TLS library, and the
        // socket does not become readable for it.
        if PQsslInUse(handle) == 1 || PQgssEncInUse(handle) == 1, PQconsumeInput(handle) != 1 { throw lost(operation) }
        return true
    }

    private func judgeSilence(_ operation: String) throws(PostgresError) {
        let now = Clock.monotonicMilliseconds
        if now - silence.since >= patience { throw giveUp(operation, "no answer", now) }
        guard now >= silence.probeAt else { return }
        let probe = silence.probe ?? LifeProbe(address, session: PQbackendPID(handle), at: now)
        silence.probe = probe
        let verdict = probe.verdict(at: now)
        switch verdict {
        case .undecided: return
        case .alive:
            silence.unanswered = 0
            silence.probeAt = now + Silence.probeMilliseconds
        case .idle, .silent:
            silence.unanswered += 1
            if silence.unanswered >= Silence.mostUnanswered {
                let reason =
                    verdict == .idle
                    ? "no answer, and the server has no statement of this session"
                    : "no answer, nor does a second connection get one"
                throw giveUp(operation, reason, now)
            }
            silence.probeAt = verdict == .idle ? now + Silence.probeMilliseconds : now
        }
        silence.probe = nil
    }

    private func giveUp(_ operation: String, _ reason: String, _ now: Int64) -> PostgresError {
        isGivenUp = true
        silence.probe = nil
        return PostgresError(
            .connectionLost, operation: operation, detail: "\(reason) for \((now - silence.since) / 1000) s")
    }

    /// libpq gives the connection up when it has no memory for a message. It says so in words alone, which are English,
    /// for no locale is set here: "out of memory" for the copy of a row that it hands out, and for its input buffer,
    /// too, that it "lost synchronization with server" (fe-protocol3.c, handleSyncLoss).
    func lost(_ operation: String) -> PostgresError {
        let message = message
        let isMemory = ["out of memory", "cannot allocate memory", "lost synchronization"].contains {
            message.contains($0)
        }
        return PostgresError(isMemory ? .outOfMemory : .connectionLost, operation: operation, detail: message)
    }
}
