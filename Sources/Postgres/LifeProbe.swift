import CPostgres
import Posix

/// Asks the server of a connection on which nothing is heard whether it is alive: a second connection to the same
/// address, and one cheap statement. A server that sorts for an hour says nothing meanwhile, but it answers others.
///
///     connecting ──▶ asked ──answer──▶ alive, or idle: the session waits for a statement, so ours was lost on its way
///         │ refused with words of the server's: alive (it has no room, or does not know us)
///         └ no answer within ten seconds, no listener: silent
///
/// Never waits: libpq connects without blocking, the address is the other connection's own, so that no name is
/// resolved.
final class LifeProbe {
    enum Verdict { case undecided, alive, idle, silent }

    private let handle: OpaquePointer?
    private let session: Int32
    private let deadline: Int64
    private var next = PGRES_POLLING_WRITING
    private var isAsked = false

    private static let limitMilliseconds: Int64 = 10_000

    /// - Parameters:
    ///   - address: of the server alone (`Connection.address`).
    ///   - session: the server's number of the process that is to answer. Poolers give numbers of their own, for which
    ///     the server has no row.
    ///   - now: monotonic milliseconds.
    init(_ address: ServerAddress, session: Int32, at now: Int64) {
        self.session = session
        let parameters =
            [("dbname", address.conninfo)] + address.choice + [("application_name", "penstock probe")]
        handle = withCStrings(parameters.map(\.0)) { names in
            withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(names, values, 1) }
        }
        deadline = now + Self.limitMilliseconds
        if let handle { PQsetNoticeProcessor(handle, { _, _ in }, nil) }
    }

    deinit { PQfinish(handle) }

    /// Does the next step, if the socket is ready for it.
    /// - Parameter now: monotonic milliseconds.
    func verdict(at now: Int64) -> Verdict {
        guard let handle else { return .silent }
        if PQstatus(handle) == CONNECTION_BAD { return refusal(handle) }
        let socket = PQsocket(handle)
        while let ready = try? waitForSocket(socket, writing: next == PGRES_POLLING_WRITING, milliseconds: 0), ready {
            if isAsked {
                // Any answer counts, also an error.
                guard PQconsumeInput(handle) == 1 else { return refusal(handle) }
                if PQisBusy(handle) == 0 { return answered(handle) }
                continue
            }
            next = PQconnectPoll(handle)
            switch next {
            case PGRES_POLLING_OK:
                guard PQsendQuery(handle, question) == 1 else { return .silent }
                isAsked = true
                next = PGRES_POLLING_READING
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING: break
            default: return refusal(handle)
            }
        }
        return now >= deadline ? .silent : .undecided
    }

    /// Has a row when the session has had nothing to do for as long as nothing is heard from it, or nearly.
    private var question: String {
        """
        select 1 from pg_catalog.pg_stat_activity where pid operator(pg_catalog.=) \(session)
            and state operator(pg_catalog.~) '^idle' and pg_catalog.clock_timestamp() operator(pg_catalog.-) state_change
                operator(pg_catalog.>) '10 s'::pg_catalog.interval
        """
    }

    private func answered(_ handle: OpaquePointer) -> Verdict {
        let result = PQgetResult(handle)
        defer { PQclear(result) }
        return PQntuples(result) > 0 ? .idle : .alive
    }

    /// The server's words carry its severity; those of libpq and of the kernel do not.
    private func refusal(_ handle: OpaquePointer) -> Verdict {
        String(cString: PQerrorMessage(handle)).contains("FATAL") ? .alive : .silent
    }
}
