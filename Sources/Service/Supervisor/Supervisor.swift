import API
import Catalog
import Configuration
import FastCGI
import Glibc
import JSON
import Posix

/// The service's first process: it only forks, reaps and signals.
///
/// One thread, no database connection, no request ever: nothing here can hang or be corrupted by a client, and a fork
/// copies nothing that two processes must not share. What to do is decided by `ChildTable`; this type does it.
///
///     signal     meaning for the service                 what the children get
///     TERM       finish what has begun, then end         TERM, after DRAIN_SECONDS INT
///     TERM, INT  stop now; running jobs are given back   INT, after 10 s KILL
///     HUP        read catalogs and keys again            new children first, then TERM for the old ones
///
/// A reload loads the files here, has a child check them against the live database, and only when that child is
/// content the new generation is forked; otherwise everything goes on with the old files, which live in this process's
/// memory and are inherited by every fork, whatever the folder holds by then.
package final class Supervisor {
    private let configuration: Configuration
    private var files: ServiceFiles
    private let loop: ServiceLoop
    private let socket: ListeningSocket?
    private let board: Scoreboard
    /// What nginx tells of transfers waits here while no process takes it.
    private let auditSocket: AuditSocket?
    /// Over which responders hand event streams to the events process.
    private let handovers: HandoverSocket
    /// The counts of callers' requests, shared by all responders, those to come too.
    private let limits: RequestLimits
    /// The workers of nginx that have sent a file since this process began; nil where nginx does not report.
    private let workers: NginxWorkers?
    private var table: ChildTable
    /// The child that checks files which a reload wants to adopt, and the pipe in which it says what is wrong.
    private var check: (pid: pid_t, files: ServiceFiles, reason: Int32)?
    /// HUP came while a check was under way; what that check has read may be older.
    private var reloadWanted = false

    /// How often processes that hang are looked for, at least.
    private let watchMilliseconds: Int64
    private var hangs: SilenceWatch

    /// Reloads whose processes may still be busy at the same time and are all watched.
    private static let generations = 8

    /// - Parameter roles: which parts of the service run on this host.
    package init(_ configuration: Configuration, files: ServiceFiles, roles: Set<Role>) throws {
        // A log that is not read any more must not end the service; and this memory holds keys.
        ignoreWriteSignals()
        Limits.hardenProcess()
        self.configuration = configuration
        self.files = files
        loop = try ServiceLoop(obeying: .anyone, .none)
        let responders = roles.contains(.responder) ? configuration.responders : 0
        socket = responders > 0 ? try ListeningSocket.inheritedOr(configuration.socket) : nil
        auditSocket = try responders > 0 ? configuration.auditSocket.map { try AuditSocket($0) } : nil
        handovers = try HandoverSocket()
        limits = RequestLimits(
            try SharedRates(), secret: Random.bytes(32), perMinute: configuration.ratePerMinute,
            loginFailures: configuration.loginFailures)
        workers = try auditSocket.map { _ in try NginxWorkers() }
        table = ChildTable(
            [
                (.responder, responders), (.dispatcher, roles.contains(.dispatcher) ? 1 : 0),
                (.housekeeper, roles.contains(.housekeeper) ? 1 : 0),
                (.scheduler, roles.contains(.scheduler) ? 1 : 0), (.webhooks, roles.contains(.webhooks) ? 1 : 0),
                // Streams come from this host's responders.
                (.events, responders > 0 ? 1 : 0),
                // So does what nginx tells.
                (.audit, auditSocket == nil ? 0 : 1),
            ], drainSeconds: configuration.drainSeconds)
        board = try Scoreboard(seats: table.slotCount * Self.generations, waiting: responders / 2)
        hangs = SilenceWatch(limit: Int64(configuration.hangSeconds) * 1000)
        watchMilliseconds = min(5_000, hangs.limit / 2)
    }

    /// Runs the service until it ends.
    package func run() throws {
        Log.process = "supervisor"
        Log.info(
            "service started", ("responders", .int(configuration.responders)), ("workers", .int(configuration.workers)))
        while true {
            if perform(table.due(at: Clock.monotonicMilliseconds)) { break }
            let now = Clock.monotonicMilliseconds
            let due = min(table.nextDue(at: now) ?? .max, watchMilliseconds)
            for signal in try loop.wait(until: now + due).signals {
                if perform(take(signal)) {
                    Log.info("service ended")
                    return
                }
            }
            endHangingProcesses()
        }
        Log.info("service ended")
    }

    // MARK: Events

    private func take(_ signal: Signal) -> [ChildTable.Action] {
        let now = Clock.monotonicMilliseconds
        switch signal {
        case .child: return reap(at: now)
        case .hangUp:
            startReload()
            return []
        case .terminate:
            Log.info(table.phase == .running ? "draining" : "stopping")
            leaveSocket()
            return table.drain(at: now)
        case .interrupt:
            Log.info("stopping")
            leaveSocket()
            return table.stop(at: now)
        case .kill: return []
        }
    }

    /// From here on nothing can connect; nginx answers 503. What has connected already is in the socket's
    /// queue, and the responders answer it before they end.
    private func leaveSocket() {
        do {
            if try socket?.close() == true { board.isClosing = true }
        } catch {
            Log.error("cannot close the socket", ("error", .string(error.debugDescription)))
        }
    }

    private func reap(at now: Int64) -> [ChildTable.Action] {
        var actions: [ChildTable.Action] = []
        for exit in ChildProcess.reap() {
            if let check, check.pid == exit.pid {
                self.check = nil
                actions += adopt(check.files, after: exit, saying: Self.text(in: check.reason), at: now)
                if reloadWanted { startReload() }
                continue
            }
            board.leave(pid: exit.pid)
            let lost = exit.how != .exited(0)
            // Somebody's kill -9 says nothing about the next process; only a fault of its own makes it wait.
            let crashed = lost && !exit.wasKilled
            guard let (role, lived) = table.exited(pid: exit.pid, crashed: crashed, at: now) else { continue }
            if lost {
                Log.warning(
                    "child lost", ("role", .string(role?.rawValue ?? "retired")), ("child", .int(exit.pid)),
                    ("how", .string(exit.description)), ("lived_ms", .int(lived)))
            }
        }
        return actions
    }

    // MARK: Reload

    private func startReload() {
        guard table.phase == .running else { return }
        if check != nil {
            reloadWanted = true
            return
        }
        reloadWanted = false
        do {
            let files = try ServiceFiles(configuration)
            let pipe = try Pipe()
            let end = pipe.writeEnd.raw
            let pid = try ChildProcess.fork(name: "pst-check", keeping: [end]) { [configuration] in
                Log.process = "check"
                let report = ServiceCheck(configuration, files).run()
                let reason = Array(report.reason.utf8.prefix(Self.reasonBytes))
                _ = reason.withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
                _exit(report.exitStatus)
            }
            check = (pid, files, pipe.takeReadEnd())
        } catch {
            Log.error("reload refused", ("error", .string(String(describing: error))))
        }
    }

    /// Less than a pipe holds and a line of the log takes.
    private static let reasonBytes = 500

    /// What an ended child has left in its pipe, which is closed.
    private static func text(in pipe: Int32) -> String {
        defer { close(pipe) }
        var bytes = [UInt8](repeating: 0, count: reasonBytes)
        let count = (try? retryingInterrupts("read") { read(pipe, &bytes, bytes.count) }) ?? 0
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private func adopt(
        _ files: ServiceFiles, after exit: ChildExit, saying reason: String, at now: Int64
    ) -> [ChildTable.Action] {
        guard exit.how == .exited(0) else {
            Log.error(
                "reload refused; the service goes on with what it has", ("check", .string(exit.description)),
                ("reason", .string(reason)))
            return []
        }
        self.files = files
        Log.info("reloaded", ("catalogs", .int(files.catalogs.reports.count)))
        return table.reload(at: now)
    }

    // MARK: Actions

    /// - Returns: true when the service has ended.
    private func perform(_ actions: [ChildTable.Action]) -> Bool {
        for action in actions {
            switch action {
            case .fork(let slot, let role): fork(role, slot: slot)
            case .send(let signal, let pid): ChildProcess.send(signal, to: pid)
            case .end: return true
            }
        }
        return false
    }

    private func fork(_ role: Role, slot: Int) {
        let now = Clock.monotonicMilliseconds
        let keep: [Int32] =
            switch role {
            case .responder: [socket?.raw ?? -1, handovers.sendEnd]
            case .events: [handovers.receiveEnd]
            case .audit: [auditSocket?.raw ?? -1]
            case .dispatcher, .housekeeper, .scheduler, .webhooks: []
            }
        let seat = board.freeSeat()
        do {
            let pid = try ChildProcess.fork(name: role.processName, keeping: keep) { runChild(role, seat: seat) }
            table.forked(slot: slot, pid: pid, at: now)
            if let seat { board.take(seat: seat, pid: pid) }
        } catch {
            Log.error("fork failed", ("role", .string(role.rawValue)), ("error", .string(error.debugDescription)))
            table.forkFailed(slot: slot, at: now)
        }
    }

    private func runChild(_ role: Role, seat: Int?) -> Never {
        Log.process = role.rawValue
        do {
            let loop = try ServiceLoop(Heartbeat(board, seat: seat, limit: hangs.limit))
            switch role {
            case .responder:
                try Responder(
                    loop, configuration, files, socket: socket?.raw ?? -1, handovers: handovers, board: board,
                    seat: seat,
                    limits: limits, workers: workers
                ).run()
            case .dispatcher: try Dispatcher(loop, configuration, catalogs: files.catalogs).run()
            case .housekeeper: try Housekeeper(loop, configuration).run()
            case .scheduler: try Scheduler(loop, configuration, catalogs: files.catalogs).run()
            case .webhooks: try WebhookService(loop, configuration).run()
            case .events: try EventService(loop, configuration, handovers: handovers).run()
            case .audit: try TransferService(loop, configuration, socket: auditSocket?.raw ?? -1).run()
            }
            _exit(0)
        } catch {
            Log.error("process failed", ("error", .string(String(reflecting: error))))
            _exit(1)
        }
    }

    /// A process that hangs takes no signal but KILL. Its exit is an event like any other, and a new one takes its
    /// place.
    private func endHangingProcesses() {
        let now = Clock.monotonicMilliseconds
        for (pid, since) in board.stuck(for: Int64(configuration.requestSeconds) * 1000, at: now) {
            Log.error("responder stuck", ("child", .int(pid)), ("busy_ms", .int(now - since)))
            ChildProcess.send(.kill, to: pid)
        }
        for (pid, since) in board.silent(&hangs, at: now) {
            Log.error(
                "process hangs", ("role", .string(table.role(of: pid)?.rawValue ?? "retired")), ("child", .int(pid)),
                ("silent_ms", .int(now - since)))
            ChildProcess.send(.kill, to: pid)
        }
    }
}
