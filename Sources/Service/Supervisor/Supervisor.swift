import Catalog
import Configuration
import Glibc
import JSON
import Posix

/// The service's first process: it only forks, reaps and signals.
///
/// It has one thread and no connection to a database, and it answers no request: so no client can make it hang or
/// corrupt it, and a fork copies nothing that two processes must not share. `ChildTable` decides; this type acts.
///
///     signal     meaning for the service                 the children get
///     TERM       finish what has begun, then end         TERM, after DRAIN_SECONDS INT
///     TERM, INT  stop now; running jobs are given back   INT, after 10 s KILL
///     HUP        read catalogs and keys again            new children first, then TERM for the old ones
///
/// A reload loads the files here and has a child check them against the live database (`ReloadCheck`). Only when that
/// child finds nothing against them, the new generation is forked. Otherwise everything goes on with the old files:
/// they are in this process's memory and every fork inherits them, also when the folder holds other files by then.
package final class Supervisor {
    private let configuration: Configuration
    private var files: ServiceFiles
    private let loop: ServiceLoop
    private let shared: SharedState
    private var board: Scoreboard { shared.board }
    private var table: ChildTable
    private var check: ReloadCheck?
    /// Whether HUP came while a check was under way, whose files may be older than the signal.
    private var reloadWanted = false

    /// Milliseconds between two looks for processes that hang, at most.
    private let watchMilliseconds: Int64
    private var hangs: SilenceWatch
    /// Whether the log says that the storage does not answer.
    private var isStorageSilent = false
    private let manager = ServiceManager()
    private var nextSign: Int64 = 0

    /// - Parameter roles: the parts of the service that run on this host.
    /// - Throws: `ListenError` or `PosixError` when a socket, signals or shared memory cannot be had.
    package init(_ configuration: Configuration, files: ServiceFiles, roles: Set<Role>) throws {
        // A log that is not read any more must not end the service; and this memory holds keys.
        ignoreWriteSignals()
        Limits.hardenProcess()
        self.configuration = configuration
        self.files = files
        loop = try ServiceLoop(obeying: .anyone, .none)
        shared = try SharedState(configuration, roles: roles)
        table = ChildTable(shared.counts, drainSeconds: configuration.drainSeconds)
        hangs = SilenceWatch(limit: Int64(configuration.hangSeconds) * 1000)
        watchMilliseconds = min(1_000, hangs.limit / 2)
    }

    /// Runs the service until it ends.
    /// - Throws: `PosixError` when the kernel cannot wait.
    package func run() throws {
        Log.process = "supervisor"
        Log.info(
            "service started", ("responders", .int(configuration.responders)), ("workers", .int(configuration.workers)))
        while true {
            if perform(table.due(at: Clock.monotonicMilliseconds)) { break }
            let now = Clock.monotonicMilliseconds
            let due = min(table.nextDue(at: now) ?? .max, watchMilliseconds, manager.watchdogMilliseconds ?? .max)
            tellManager(at: now)
            for signal in try loop.wait(until: now + due).signals {
                if perform(take(signal)) {
                    Log.info("service ended")
                    return
                }
            }
            endHangingProcesses()
            watchStorage()
        }
        Log.info("service ended")
    }

    /// The manager hears that the service is ready once its processes are there: connections wait in the socket from
    /// then on.
    private func tellManager(at now: Int64) {
        if nextSign == 0 { manager.ready(state) }
        guard now >= nextSign else { return }
        manager.alive()
        manager.status(state)
        nextSign = now + min(manager.watchdogMilliseconds ?? 10_000, 10_000)
    }

    private var state: String {
        switch table.phase {
        case .running:
            "\(table.pids.count) processes, \(shared.board.busy) requests, \(files.catalogs.reports.count) catalogs"
        case .draining: "finishing what has begun"
        case .stopping: "stopping"
        }
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
            manager.stopping()
            leaveSocket()
            return table.drain(at: now)
        case .interrupt:
            Log.info("stopping")
            manager.stopping()
            leaveSocket()
            return table.stop(at: now)
        case .kill: return []
        }
    }

    private func leaveSocket() {
        do {
            try shared.close()
        } catch {
            Log.error("cannot close the socket", ("error", .string(error.debugDescription)))
        }
    }

    private func reap(at now: Int64) -> [ChildTable.Action] {
        var actions: [ChildTable.Action] = []
        for exit in ChildProcess.reap() {
            if let check, check.pid == exit.pid {
                self.check = nil
                actions += adopt(check.files, after: exit, saying: check.takeReason(), at: now)
                if reloadWanted { startReload() }
                continue
            }
            if let seat = board.leave(pid: exit.pid) { shared.breaker.vacate(seat: seat) }
            let lost = exit.how != .exited(0)
            // A process that was killed with KILL says nothing about the next one; only a process that fails by itself
            // makes the next one wait.
            let crashed = lost && !exit.wasKilled
            guard let (role, lived) = table.exited(pid: exit.pid, crashed: crashed, at: now) else { continue }
            if lost {
                shared.figures.countLostProcess()
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
            check = try ReloadCheck(configuration)
            manager.reloading()
        } catch {
            Log.error("reload refused", ("error", .string(String(describing: error))))
        }
    }

    private func adopt(
        _ files: ServiceFiles, after exit: ChildExit, saying reason: String, at now: Int64
    ) -> [ChildTable.Action] {
        defer { manager.ready(state) }
        guard exit.how == .exited(0) else {
            Log.error(
                "reload refused; the service goes on with its present files", ("check", .string(exit.description)),
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
        let seat = board.freeSeat()
        do {
            let pid = try ChildProcess.fork(name: role.processName, keeping: shared.descriptors(of: role)) {
                shared.run(role, files, seat: seat)
            }
            table.forked(slot: slot, pid: pid, at: now)
            if let seat { board.take(seat: seat, pid: pid) }
        } catch {
            Log.error("fork failed", ("role", .string(role.rawValue)), ("error", .string(error.debugDescription)))
            table.forkFailed(slot: slot, at: now)
        }
    }

    /// A responder whose call to the storage does not come back is replaced at once: its own end may have to wait for
    /// the storage, too.
    private func watchStorage() {
        let now = Clock.monotonicMilliseconds
        for pid in shared.breaker.overdue(at: now).compactMap(board.pid(inSeat:)) {
            Log.error("responder stuck in the storage", ("child", .int(pid)))
            ChildProcess.send(.kill, to: pid)
            table.replace(pid: pid, at: now)
        }
        guard shared.breaker.isSilent != isStorageSilent else { return }
        isStorageSilent.toggle()
        if isStorageSilent {
            Log.error("storage does not answer; downloads are refused")
        } else {
            Log.info("storage answers again")
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
