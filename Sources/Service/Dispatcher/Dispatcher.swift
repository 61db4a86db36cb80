import Catalog
import Configuration
import Generation
import Glibc
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// Claims jobs and forks one child for each. `DispatcherMachine` decides; this type acts.
///
/// One thread, one connection to the queue. By that it renews its lease every few seconds: a dispatcher whose lease is
/// over, or whose process a neighbour sees to be gone, has lost its jobs to the others. When it comes back, its claims'
/// tokens tell which of its attempts still count.
///
///     wait (socket, signals, pipes, tick) → reap children → settle their outcomes → claim into free slots → fork
///
/// A child never touches the queue. It writes its progress into shared memory, and the events of its parts and its
/// outcome into a pipe (`ChildMessage`). The dispatcher stores all of it, so that the process that handles a tenant's
/// rows has no credential for the queue. When the queue is away for a moment, no finished file is lost: settlements are
/// kept and tried again.
final class Dispatcher {
    private let configuration: Configuration
    private let catalogs: CatalogSet
    private let storage: any FileStore
    private let board: ProgressBoard
    private let loop: ServiceLoop
    private let link: QueueLink
    private let worker: Worker
    private var machine: DispatcherMachine
    private var pipes: [pid_t: ChildPipe] = [:]
    private var spare: SpareChild?
    private var storageWatch: StorageWatch
    private let figures: HostFigures

    init(_ loop: ServiceLoop, _ configuration: Configuration, catalogs: CatalogSet, figures: HostFigures) throws {
        self.figures = figures
        self.configuration = configuration
        self.catalogs = catalogs
        storage = try configuration.openStorage()
        storageWatch = StorageWatch(reserve: configuration.reserveBytes)
        board = try ProgressBoard(slots: configuration.workers)
        self.loop = loop
        machine = DispatcherMachine(
            slots: configuration.workers, stallSeconds: configuration.stallSeconds,
            spareSeconds: configuration.spareSeconds ?? 0)
        let worker = Worker(
            id: Int64(Random.integer() >> 1), version: Release.version, workers: configuration.workers)
        self.worker = worker
        link = QueueLink(configuration.databaseURL, applicationName: "penstock dispatcher", loop.heartbeat) { queue in
            try queue.renewLease(of: worker)
            try queue.listen()
        }
    }

    func run() throws {
        while true {
            // Before each wait as well: a notification that came together with the answer to a statement has been read
            // from the socket already, which then does not become readable for it.
            takeNotifications()
            try wait()
            reap()
            settle()
            claim()
            if machine.isOver(hasQueue: link.queue != nil) {
                // Without a queue the next dispatcher of this host sees that the process is gone.
                link.attempt { queue in try queue.endLease(of: worker.id) }
                return
            }
            keepSpare()
            storeProgress()
        }
    }

    // MARK: Events

    private func wait() throws {
        let open = pipes.filter { $0.value.raw >= 0 }
        let due = machine.due(retryAt: link.retryAt, hasQueue: link.queue != nil)
        let wake = try loop.wait(open.map(\.value.raw), queue: link, until: due)
        for (pipe, isReady) in zip(open, wake.ready) where isReady { listen(to: pipe.key) }
        perform(machine.entered(loop.phase))
        if wake.queue { takeNotifications() }
        if link.queue == nil, link.attempt({ _ in }) == .done { machine.connected() }
        renew()
        if machine.isPollDue(at: Clock.monotonicMilliseconds) { recover() }
    }

    private func renew() {
        let now = Clock.monotonicMilliseconds
        guard machine.isRenewalDue(at: now) else { return }
        var lease: LeaseAnswer?
        guard link.attempt({ queue in lease = try queue.renewLease(of: worker) }) != .later else { return }
        if let lease, lease.isDraining != machine.isDraining {
            Log.info(lease.isDraining ? "host drains: it takes no more exports" : "host takes exports again")
        }
        machine.renewed(at: now, lease)
    }

    private func takeNotifications() {
        guard link.queue != nil else { return }
        link.attempt { queue in
            for notification in try queue.connection.notifications() {
                if let change = JobChange(notification.payload) { perform(machine.notified(change)) }
            }
        }
    }

    private func listen(to pid: pid_t) {
        guard let pipe = pipes[pid] else { return }
        perform(machine.heard(pipe.read(), from: pid))
    }

    private func reap() {
        for exit in ChildProcess.reap() {
            listen(to: exit.pid)
            pipes[exit.pid] = nil
            if machine.spare.pid == exit.pid {
                spare = nil
                machine.spareFailed()
            }
            perform(machine.exited(exit, at: Clock.monotonicMilliseconds))
            board.running = machine.children.count
        }
    }

    // MARK: Actions

    private func perform(_ actions: [DispatcherMachine.Action]) {
        for action in actions {
            switch action {
            case .kill(let pid): ChildProcess.send(.kill, to: pid)
            case .reportStalled(let job, let pid):
                Log.error("export stalled", ("job", .string(job.description)), ("child", .int(pid)))
            case .reportSourceAway(let cause): Log.error("source out of reach", ("cause", .string(cause)))
            case .resumeWaiting:
                Log.info("source reached again")
                var waiting: Int64 = 0
                // Jobs that cannot be told now go on by themselves, at the end of their pause.
                link.attempt { queue in waiting = try queue.resumeWaiting() }
                if waiting > 0 { Log.info("jobs resumed", ("jobs", .int(waiting))) }
            }
        }
    }

    /// Takes back the jobs of dispatchers that are gone, with the files that their attempts left on the disk. Gives
    /// back the jobs that this one has claimed without learning of it, because the answer was lost with the connection.
    private func recover() {
        link.attempt { queue in
            for neighbour in try queue.neighbours(of: worker) where ProcessIdentity.isGone(neighbour.process) {
                try queue.endLease(of: neighbour.worker)
                Log.warning("dispatcher gone", ("process", .string(neighbour.process)))
            }
            for id in try queue.releaseUnknown(worker: worker.id, known: machine.tokens) {
                Log.warning("unknown claim released", ("job", .string(id.description)))
            }
            let claims = try queue.recover()
            if !claims.isEmpty { try? Failpoint.recovered.reach() }
            for lost in claims {
                storage.discard(StoredAttempt(job: lost.job, epoch: lost.epoch, token: lost.token))
                figures.countRecovered()
                Log.warning("job recovered", ("job", .string(lost.job.description)), ("epoch", .int(lost.epoch)))
            }
        }
    }

    /// Tells the queue how attempts ended, in order; settlements that cannot be told now stay for the next turn.
    private func settle() {
        while let settlement = machine.settlements.first {
            try? Failpoint.settling.reach()
            let answer = link.attempt { queue in
                try settlement.perform(queue, storage, keepSeconds: configuration.retentionDays * 86_400)
            }
            if answer == .done { figures.count(settlement) }
            machine.settled(answer, at: Clock.monotonicMilliseconds)
            if answer == .later { return }
        }
    }

    private func claim() {
        while machine.claims(at: Clock.monotonicMilliseconds) {
            guard storageWatch.isReady(storage, link) else {
                return machine.pauseClaiming(at: Clock.monotonicMilliseconds)
            }
            var claims: [Claim] = []
            let answer = link.attempt { queue in
                claims = try queue.claim(
                    worker: worker.id,
                    tenantLimit: configuration.tenantRunning ?? max(configuration.workers, machine.fleet),
                    atMost: machine.room)
            }
            guard !claims.isEmpty else {
                if answer != .later { machine.foundNoWork() }
                return
            }
            try? Failpoint.claimed.reach()
            for claim in claims { fork(claim, slot: machine.takeSlot()) }
            // The exports are under way by now.
            link.attempt { queue in try queue.tell(claims) }
        }
    }

    private func fork(_ claim: Claim, slot: Int) {
        board.reset(slot: slot)
        board.running = machine.children.count + 1
        do throws(PosixError) {
            let handed = handOver(claim, slot: slot)
            let (pid, pipe) = if let handed { handed } else { try forkChild(claim, slot: slot) }
            try? Failpoint.forked.reach()
            pipes[pid] = pipe
            perform(machine.forked(claim, slot: slot, pid: pid, at: Clock.monotonicMilliseconds))
        } catch {
            Log.error("fork failed", ("error", .string(error.debugDescription)))
            machine.forkFailed(claim, slot: slot, at: Clock.monotonicMilliseconds)
        }
    }

    private func forkChild(_ claim: Claim, slot: Int) throws(PosixError) -> (pid_t, ChildPipe) {
        let pipe = try Pipe()
        let output = pipe.writeEnd.raw
        try pipe.readEnd.setNonblocking()
        let pid = try ChildProcess.fork(name: "pst-export", keeping: [output]) {
            runChild(claim, slot: slot, output: output)
        }
        return (pid, ChildPipe(owning: pipe.takeReadEnd()))
    }

    /// Has the spare child work on a claim.
    /// - Returns: nil when there is no spare child that could.
    private func handOver(_ claim: Claim, slot: Int) -> (pid_t, ChildPipe)? {
        guard let spare = spare.take() else { return nil }
        machine.spareLeft()
        return spare.hand(claim, slot: slot) ? (spare.pid, spare.output) : nil
    }

    /// Forks a spare child, or has it end.
    private func keepSpare() {
        let now = Clock.monotonicMilliseconds
        if machine.endsSpare(at: now) {
            spare = nil
            machine.spareLeft()
        }
        guard machine.wantsSpare(at: now) else { return }
        do {
            let orders = try Pipe()
            let answers = try Pipe()
            let (input, output) = (orders.readEnd.raw, answers.writeEnd.raw)
            try answers.readEnd.setNonblocking()
            let pid = try ChildProcess.fork(name: "pst-spare", keeping: [input, output]) {
                runSpare(input, output: output)
            }
            machine.spareForked(pid: pid)
            spare = SpareChild(
                pid: pid, input: FileDescriptor(owning: orders.takeWriteEnd()),
                output: ChildPipe(owning: answers.takeReadEnd()))
        } catch {
            // Exports have children of their own.
            Log.warning("fork failed", ("error", .string("\(error)")))
            machine.spareFailed()
        }
    }

    /// The life of a child that waits for its claim first.
    private func runSpare(_ input: Int32, output: Int32) -> Never {
        Log.process = "export"
        let (claim, slot, session) = SpareWait.order(input, source: configuration.sourceURL)
        ChildProcess.rename("pst-export")
        runChild(claim, slot: slot, output: output, session)
    }

    /// The child's whole life. It has a copy of everything here and must not use the dispatcher's connection: the
    /// queue's socket is closed already.
    private func runChild(_ claim: Claim, slot: Int, output: Int32, _ session: SourceSession? = nil) -> Never {
        Log.process = "export"
        Log.subject = [("job", .string(claim.job.id.description))] + Log.trace(claim.job.trace)
        Log.debug("attempt begins", ("attempt", .int(claim.job.attempts)))
        Limits.preferAsVictim()
        Limits.limitGrowth(to: UInt64(configuration.workerMemoryBytes))
        Limits.fileSize(UInt64(configuration.fileLimitBytes))
        // A pipe whose dispatcher has died is not read; the job then runs again.
        func tell(_ message: ChildMessage) -> Bool {
            (try? message.line.withUnsafeBytes { try writeAll($0, to: output) }) != nil
        }
        let run = ExportRun(claim, catalogs: catalogs, configuration: configuration, session: session)
        let outcome = run.outcome(storage: storage, progress: board, slot: slot) { _ = tell($0) }
        let isTold = tell(.outcome(outcome))
        try? Failpoint.outcomeTold.reach()
        _exit(isTold ? 0 : 1)
    }

    private func storeProgress() {
        guard machine.isProgressDue(at: Clock.monotonicMilliseconds) else { return }
        perform(machine.judge(at: Clock.monotonicMilliseconds) { board.lastBeat(slot: $0) })
        let progress = machine.children.values.map {
            ClaimProgress(
                job: $0.claim.job.id, token: $0.claim.token, done: board.rows(slot: $0.slot),
                total: board.total(slot: $0.slot))
        }
        link.attempt { queue in perform(machine.held(try queue.recordProgress(progress))) }
    }
}
