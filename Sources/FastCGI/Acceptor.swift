import CFastCGI
import Glibc
import Posix

/// One responder's accept loop over libfcgi, one request at a time.
///
///     poll(listening socket, signals) ──signal──▶ the caller decides
///              │ readable
///              ▼
///     FCGX_Accept_r ── -EAGAIN: another responder was faster ──▶ poll again
///              │ 0
///              ▼
///     FCGX_GetError(in) ≠ 0: the parameters were cut short (the peer closed, the read failed), and libfcgi says
///     success all the same; such a request must never run, because its identity may be missing ──▶ drop
///              ▼
///     Exchange: parameters copied, body read and its length checked ──▶ answer ──▶ FCGX_Finish_r
///
/// Signals stay blocked from poll to finish: libfcgi has no EINTR handling, so an interrupted read would look like
/// such a cut. A request that has begun is therefore always finished before a signal is seen.
package final class Acceptor {
    private let request: UnsafeMutablePointer<FCGX_Request>
    private let socket: Int32
    /// How many requests may still be taken without a look at the signals.
    private var unwatched = 0
    private static let mostUnwatched = 16

    /// FCGI_RESPONDER. An authorizer's or filter's request (sections 6.3 and 6.4) would otherwise run like any other.
    private static let responderRole: Int32 = 1

    /// Initialises libfcgi in this process. FCGX_Init installs handlers for SIGPIPE, SIGUSR1 and SIGTERM; of these
    /// SIGTERM stays blocked, and SIGPIPE is put back to be ignored.
    /// - Throws: `PosixError` when libfcgi cannot be initialised.
    package init(listeningOn socket: Int32) throws(PosixError) {
        self.socket = socket
        request = .allocate(capacity: 1)
        request.initialize(to: FCGX_Request())
        let status = FCGX_Init()
        guard status == 0 else { throw PosixError("FCGX_Init", errorNumber: status) }
        ignoreWriteSignals()
        guard FCGX_InitRequest(request, socket, 0) == 0 else {
            throw PosixError("FCGX_InitRequest", errorNumber: EINVAL)
        }
    }

    deinit {
        FCGX_Free(request, 1)
        request.deallocate()
    }

    /// The next event of the loop.
    package enum Event {
        case exchange(Exchange)
        /// The wait has ended for another reason, and no request is waiting in this process.
        case woken
        /// The socket was closed, and everything that had connected before has been accepted.
        case closed
    }

    /// Waits for the next request.
    /// - Parameters:
    ///   - wait: waits until the socket that it is given is readable; returns false when it has ended for another
    ///     reason.
    ///   - busy: called with true before libfcgi reads from a connection, which may take for ever when the peer sends
    ///     half
    ///     a record, and with false when that came to nothing.
    /// - Throws: `PosixError` of `wait`, or when the socket cannot be asked.
    package func next(
        wait: (Int32) throws(PosixError) -> Bool, busy: (Bool) -> Void
    ) throws(PosixError) -> Event {
        while true {
            if unwatched == 0 {
                guard try wait(socket) else { return .woken }
                unwatched = Self.mostUnwatched
            }
            // Under load the next one is there already, and asking whether it is would cost as much as taking it.
            unwatched -= 1
            busy(true)
            let status = FCGX_Accept_r(request)
            if status == 0, FCGX_GetError(request.pointee.in) == 0, request.pointee.role == Self.responderRole {
                return .exchange(Exchange(request))
            }
            unwatched = 0
            busy(false)
            if status == -EAGAIN, try isHungUp(socket) { return .closed }
            if status == 0 {
                FCGX_Free(request, 1)
            } else if status != -EAGAIN && status != -ECONNABORTED && status != -EINTR {
                // Out of descriptors or memory, or a peer that speaks no FastCGI: this connection is lost, the next one
                // may be well. Without a pause a full descriptor table would make this a busy loop.
                if status == -EMFILE || status == -ENFILE || status == -ENOMEM { usleep(20_000) }
                FCGX_Free(request, 1)
            }
        }
    }
}
