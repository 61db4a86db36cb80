import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// Completes the audit: takes what nginx logs of the internal location and records what was really sent.
///
///     nginx ── datagram ──▶ socket ──▶ pending (bounded) ── a fifth of a second ──▶ report_download_transfers
///
///     nothing pending ──▶ no connection ──▶ probing (a child connects) ──▶ connected ──▶ sent ──▶ recorded
///                              ▲                  │ no                        │            │
///                              └── after a pause ─┴───────── lost, not now ───┴────────────┘
///
/// The socket is the supervisor's, so what arrives while this process is being replaced waits in it. It holds few messages
/// (net.unix.max_dgram_qlen, often 10), and what it has no room for is lost: nginx never waits, and says so in its error log.
/// So this process waits for nothing but its poll. Statements are sent and asked for later; and since libpq can wait long for
/// a server that does not answer, a child tries first whether a connection can be had. While the database is away, or
/// silent, the messages wait here; beyond `pendingLimit` the newest are given up and counted in the log.
final class TransferService {
    private let configuration: Configuration
    private let socket: Int32
    private let signals: SignalDescriptor
    private var pending: [JSON] = []
    /// Messages given up since the log last said so.
    private var lost = 0
    private var state = State.away
    /// Monotonic milliseconds before which nothing is begun.
    private var startAt: Int64 = 0
    private var failures = 0
    /// How many messages are sent at once; fewer while one of them is looked for that the database refuses.
    private var batch = TransferService.largestBatch
    /// Monotonic milliseconds at which what is still pending is given up; nil before the process was told to end.
    private var endAt: Int64?
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    private enum State {
        /// There is no connection.
        case away
        /// A child tries to connect.
        case probing(pid_t)
        case connected(Queue)
        /// The first `count` pending messages are with the server.
        case sent(Queue, PendingQuery, count: Int, since: Int64)
    }

    private static let delayMilliseconds: Int64 = 200
    private static let largestBatch = 200
    private static let pendingLimit = 20_000
    /// A connection that has had nothing to do for so long is closed.
    private static let idleMilliseconds: Int64 = 30_000
    /// After so long an answer is asked for whatever the socket says: the connection gives a silent server up.
    private static let silenceMilliseconds: Int64 = 21_000
    /// What a restart of the database may take when the service ends at the same time.
    private static let endMilliseconds: Int64 = 10_000
    /// What is left when it stops at once: enough where the database answers.
    private static let stopMilliseconds: Int64 = 1_000

    /// - Parameter socket: a datagram socket that does not wait; the supervisor's.
    init(_ configuration: Configuration, socket: Int32) throws {
        self.configuration = configuration
        self.socket = socket
        signals = try SignalDescriptor([.terminate, .interrupt, .hangUp, .child])
    }

    func run() throws {
        while true {
            // One that is being replaced leaves the socket to whoever comes.
            let ready = try waitReadable([signals.raw, endAt == nil ? socket : -1, server], milliseconds: wait())
            if ready[1] { receive() }
            if ready[0] {
                for signal in signals.pendingOfOwn() {
                    switch signal {
                    case .child: takeProbe()
                    case .terminate: end(within: Self.endMilliseconds)
                    case .interrupt: end(within: Self.stopMilliseconds)
                    case .hangUp, .kill: break
                    }
                }
            }
            if case .sent = state { takeAnswer() }
            if pending.isEmpty {
                if endAt != nil { return }
                if case .connected = state, !ready.contains(true) { state = .away }
            } else {
                if let endAt, Clock.monotonicMilliseconds >= endAt {
                    lost += pending.count
                    return tellLost()
                }
                startNext()
            }
        }
    }

    /// The last look at the socket; what is held then is given so long.
    private func end(within milliseconds: Int64) {
        if endAt == nil { receive() }
        endAt = min(endAt ?? .max, Clock.monotonicMilliseconds + milliseconds)
    }

    /// The database's socket, while an answer is awaited from it.
    private var server: Int32 {
        if case .sent(let queue, _, _, _) = state { queue.connection.socket } else { -1 }
    }

    private func wait() -> Int64 {
        let now = Clock.monotonicMilliseconds
        let due: Int64 =
            switch state {
            case .probing: now + Self.idleMilliseconds
            case .sent(_, _, _, let since): since + Self.silenceMilliseconds
            case .away, .connected: pending.isEmpty ? now + Self.idleMilliseconds : startAt
            }
        return max(0, min(due, endAt ?? due) - now)
    }

    /// Takes everything that is waiting on the socket.
    private func receive() {
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return }
            let datagram = Array(buffer[..<count])
            guard let message = TransferMessage(datagram) else {
                if let line = NginxErrorLine(datagram) {
                    Log.warning("nginx", ("level", .string(line.level)), ("message", .string(line.message)))
                } else {
                    Log.warning("message on the audit socket not understood", ("bytes", .int(count)))
                }
                continue
            }
            if message.isAnnouncement { continue }
            guard pending.count < Self.pendingLimit else {
                lost += 1
                continue
            }
            if pending.isEmpty, failures == 0 { startAt = Clock.monotonicMilliseconds + Self.delayMilliseconds }
            pending.append(message.json)
        }
    }

    // MARK: The way into the database

    /// Begins what is due: a probe where there is no connection, else the next messages.
    private func startNext() {
        guard Clock.monotonicMilliseconds >= startAt else { return }
        switch state {
        case .away: startProbe()
        case .connected(let queue): send(queue)
        case .probing, .sent: break
        }
    }

    private func startProbe() {
        do {
            state = .probing(
                try ChildProcess.fork(name: "pst-audit-probe", keeping: []) { [configuration, failures] in
                    do {
                        _ = try Self.connect(configuration)
                        _exit(0)
                    } catch {
                        if failures == 0 { Self.tellWaiting(error) }
                        _exit(1)
                    }
                })
        } catch {
            pause(error)
        }
    }

    private func takeProbe() {
        for exit in ChildProcess.reap() {
            guard case .probing(exit.pid) = state else { continue }
            state = .away
            guard exit.how == .exited(0) else {
                pause(nil)
                continue
            }
            do {
                state = .connected(try Self.connect(configuration))
            } catch {
                pause(error)
            }
        }
    }

    private static func connect(_ configuration: Configuration) throws -> Queue {
        try Queue.connect(configuration.databaseURL, applicationName: "penstock audit")
    }

    private func send(_ queue: Queue) {
        let count = min(batch, pending.count)
        do {
            let query = try queue.send(transfers: Array(pending.prefix(count)))
            state = .sent(queue, query, count: count, since: Clock.monotonicMilliseconds)
        } catch {
            pause(error)
        }
    }

    private func takeAnswer() {
        guard case .sent(let queue, let query, let count, _) = state else { return }
        do {
            guard try queue.connection.result(of: query) != nil else { return }
            if failures > 0 { Log.info("transfers are recorded again") }
            failures = 0
            batch = min(Self.largestBatch, batch * 2)
            pending.removeFirst(count)
            state = .connected(queue)
            tellLost()
        } catch {
            if error.isOfValues {
                state = .connected(queue)
                refused(count, error)
            } else {
                batch = max(1, count / 2)
                pause(error)
            }
        }
    }

    /// A batch with a message that no table takes: the half of it is tried, until it is that message alone.
    private func refused(_ count: Int, _ error: any Error) {
        batch = max(1, count / 2)
        guard count == 1 else { return }
        pending.removeFirst()
        lost += 1
        Log.error("transfer refused", ("error", .string(String(reflecting: error))))
        tellLost()
    }

    /// Gives the connection up; the next is tried after 0.2, 0.4 … 5 s.
    /// - Parameter error: nil when it has been told.
    private func pause(_ error: (any Error)?) {
        if failures == 0, let error { Self.tellWaiting(error) }
        state = .away
        startAt = Clock.monotonicMilliseconds + min(5_000, Int64(200) << Int64(min(failures, 5)))
        failures += 1
        tellLost()
    }

    private static func tellWaiting(_ error: any Error) {
        Log.error("transfers wait", ("error", .string(String(reflecting: error))))
    }

    private func tellLost() {
        guard lost > 0 else { return }
        Log.error("transfers lost", ("count", .int(lost)))
        lost = 0
    }
}
