import Audit
import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// Completes the audit: takes the lines that nginx logs for the internal location, and records how much was really
/// sent.
///
///     nginx ── datagram ──▶ socket ──▶ pending (bounded) ── a fifth of a second ──▶ report_download_transfers
///
/// The socket is the supervisor's, so messages that arrive while this process is being replaced wait in it. It holds
/// few of them (net.unix.max_dgram_qlen, often 10), and when it is full a message is lost: nginx never waits, and
/// writes of the loss to its error log. So this process waits only in its poll. Statements are sent and asked for
/// later; and since libpq can wait long for a server that does not answer, a child tries first whether a connection can
/// be had. While the database is away, or silent, the messages wait in `TransferMachine`, which decides; this type
/// acts.
final class TransferService {
    private let socket: Int32
    private let loop: ServiceLoop
    private let figures: HostFigures
    /// The storage folder, without a slash at its end.
    private let storage: String
    private let reconnection: Reconnection
    private var machine = TransferMachine()
    private var queue: Queue?
    /// With the server: the statement, and since when, in monotonic milliseconds.
    private var query: (statement: PendingQuery, since: Int64)?
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Milliseconds that a restart of the database may take when the service ends at the same time.
    private static let drainMilliseconds: Int64 = 10_000
    /// Milliseconds that are left when the service stops at once: enough when the database answers.
    private static let stopMilliseconds: Int64 = 1_000

    /// - Parameter socket: a datagram socket that does not wait; the supervisor's.
    init(_ loop: ServiceLoop, _ configuration: Configuration, socket: Int32, figures: HostFigures) throws {
        self.socket = socket
        self.figures = figures
        storage = StorageFolder(at: configuration.storage).description
        self.loop = loop
        reconnection = Reconnection(
            configuration.databaseURL, applicationName: "penstock audit", pauses: Backoff(first: 200, longest: 5_000),
            caution: .alwaysProbes, loop.heartbeat)
    }

    func run() throws {
        // What an earlier process had pending went with it.
        figures.backlog = 0
        while true {
            // One that is being replaced leaves the socket to the next process.
            let watched = [
                loop.phase == .working ? socket : -1, machine.isSent ? queue?.connection.socket ?? -1 : -1,
                reconnection.descriptor,
            ]
            let due = machine.due(at: Clock.monotonicMilliseconds, connectAt: reconnection.retryAt)
            let isWorking = loop.phase == .working
            let wake = try loop.wait(watched, until: due)
            // The last look at the socket comes when the process is told to end.
            if wake.ready[0] || isWorking && loop.phase != .working { receive() }
            for signal in wake.signals {
                let now = Clock.monotonicMilliseconds
                if signal == .terminate { machine.end(by: now + Self.drainMilliseconds) }
                if signal == .interrupt { machine.end(by: now + Self.stopMilliseconds) }
            }
            if machine.isSent { takeAnswer() }
            if perform(machine.turn(isTimeOut: wake.isTimeOut, at: Clock.monotonicMilliseconds)) { return }
            figures.backlog = machine.pending.count
        }
    }

    /// Takes everything that is waiting on the socket.
    private func receive() {
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return }
            let datagram = Array(buffer[..<count])
            guard let message = TransferMessage(datagram) else {
                tell(NginxErrorLine(datagram), bytes: count)
                continue
            }
            guard !message.isAnnouncement else { continue }
            figures.countTransfer()
            machine.received(message.json, at: Clock.monotonicMilliseconds)
        }
    }

    /// - Parameter bytes: of the datagram.
    private func tell(_ line: NginxErrorLine?, bytes: Int) {
        guard let line else {
            return Log.warning("message on the audit socket not understood", ("bytes", .int(bytes)))
        }
        let words: [(String, JSON)] = [("severity", .string(line.level)), ("message", .string(line.message))]
        guard let file = line.refusedFile(in: storage) else { return Log.write(.warning, "nginx", words) }
        figures.countUnreadable()
        Log.write(
            .error, "nginx may not read a finished file; penstock check tells why",
            [("job", .string(file.job.description)), ("file", .string(file.relativePath))] + words)
    }

    // MARK: Actions

    /// - Returns: whether the process has come to its end.
    private func perform(_ actions: [TransferMachine.Action]) -> Bool {
        for action in actions {
            switch action {
            case .connect: connect()
            case .send(let count): send(count)
            case .close: queue = nil
            case .reportLost(let count):
                figures.countLost(transfers: count)
                Log.error("transfers lost", ("count", .int(count)))
            case .end: return true
            }
        }
        return false
    }

    private func connect() {
        switch reconnection.step() {
        case .notYet: break
        case .connected(let fresh):
            queue = fresh
            machine.connected()
            // Messages are pending, or there would have been no reason to connect.
            _ = perform(machine.turn(isTimeOut: false, at: Clock.monotonicMilliseconds))
        case .failed(let reason): disconnected(reason)
        }
    }

    private func send(_ count: Int) {
        guard let queue else { return machine.disconnected() }
        let now = Clock.monotonicMilliseconds
        do {
            query = (try AuditTable(queue.connection).send(transfers: Array(machine.pending.all.prefix(count))), now)
        } catch {
            reconnection.failed(since: now)
            disconnected(String(reflecting: error))
        }
    }

    private func takeAnswer() {
        guard let queue, let query else { return }
        do {
            guard try queue.connection.result(of: query.statement) != nil else { return }
            if reconnection.failures > 0 { Log.info("transfers are recorded again") }
            reconnection.succeeded()
            machine.recorded()
        } catch {
            if error.isOfValues {
                if machine.refused() {
                    Log.error("transfer refused", ("error", .string(String(reflecting: error))))
                }
            } else {
                reconnection.failed(since: query.since)
                disconnected(String(reflecting: error))
            }
        }
    }

    /// The connection is given up; the next is tried after a pause.
    private func disconnected(_ reason: String) {
        if reconnection.failures == 1 { Log.error("transfers wait", ("error", .string(reason))) }
        queue = nil
        query = nil
        machine.disconnected()
    }
}
