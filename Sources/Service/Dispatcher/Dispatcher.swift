import Catalog
import Configuration
import Generation
import Glibc
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// Claims jobs and forks one child for each.
///
/// One thread, one connection to the queue, which is also its sign of life: the session holds an advisory lock with
/// this dispatcher's number, and whoever finds jobs under a number that nobody holds takes them back.
///
///     wait (socket, signals, pipes, tick) → reap children → settle what they said → claim into free slots → fork
///
/// A child never touches the queue. It writes its progress into shared memory, and what happens to its parts and its
/// outcome into a pipe (`ChildMessage`); the dispatcher stores all of it, so that the process that handles a tenant's rows has no credential for the queue, and a
/// queue that is away for a moment costs no finished file: what is not settled yet is kept and tried again.
final class Dispatcher {
    private let configuration: Configuration
    private let catalogs: CatalogSet
    private let storage: StorageFolder
    private let board: ProgressBoard
    private let signals: SignalDescriptor
    private let worker = Int64(bitPattern: Random.integer() & 0x7FFF_FFFF_FFFF_FFFF)

    private var link: QueueLink
    private var children: [pid_t: RunningExport] = [:]
    private var freeSlots: [Int]
    private var settlements: [Settlement] = []
    private var phase = Phase.claiming
    private var mayHaveWork = true
    private var source = SourceWatch()
    /// Monotonic milliseconds before which nothing is claimed: this host could not fork, or has no storage.
    private var claimAt: Int64 = 0
    /// What was last found wrong with the storage; it is logged once.
    private var storageFault: String?
    /// The storage folder's id, once it is known to be this database's.
    private var boundStorage: UUID?
    private var nextProgress: Int64 = 0
    private var nextPoll: Int64 = 0

    private enum Phase { case claiming, draining, stopping }

    /// NOTIFY wakes the dispatcher; this poll finds what a lost notification would have told, and dead workers' jobs.
    private static let pollMilliseconds: Int64 = 5_000
    private static let progressMilliseconds: Int64 = 1_000
    /// How long nothing is claimed after a fork has failed or the storage was found missing.
    private static let pauseMilliseconds: Int64 = 1_000

    init(_ configuration: Configuration, catalogs: CatalogSet) throws {
        self.configuration = configuration
        self.catalogs = catalogs
        storage = try StorageFolder(root: configuration.storage)
        board = try ProgressBoard(slots: configuration.workers)
        signals = try SignalDescriptor([.terminate, .interrupt, .child, .hangUp])
        freeSlots = Array((0..<configuration.workers).reversed())
        link = QueueLink(configuration.databaseURL, worker: worker)
    }

    func run() throws {
        while true {
            takeNotifications()
            try wait()
            reap()
            settle()
            switch phase {
            case .claiming: claim()
            case .draining: if children.isEmpty && settlements.isEmpty { return }
            case .stopping:
                // The jobs are given back as soon as the children are reaped. A queue that is away does not hold up
                // the stop: this dispatcher's lock ends with it, and the jobs are then taken back.
                if children.isEmpty && (settlements.isEmpty || link.queue == nil) { return }
            }
            storeProgress()
        }
    }

    // MARK: Waiting

    private func wait() throws {
        let now = Clock.monotonicMilliseconds
        var until = nextPoll
        if !children.isEmpty { until = min(until, nextProgress) }
        if !settlements.isEmpty || link.queue == nil { until = min(until, link.retryAt) }
        if mayClaim { until = min(until, max(claimAt, link.retryAt, source.retryAt)) }
        let socket = link.queue?.connection.socket ?? -1
        let running = children.filter { $0.value.pipe >= 0 }
        let ready = try waitReadable(
            [signals.raw, socket] + running.map(\.value.pipe), milliseconds: max(0, until - now))
        for (child, isReady) in zip(running, ready.dropFirst(2)) where isReady { listen(to: child.key) }
        if ready[0] { for signal in signals.pendingOfOwn() { take(signal) } }
        if socket >= 0, ready[1] { takeNotifications() }
        if link.queue == nil, link.attempt({ _ in }) == .done {
            // What was notified while there was no connection has been told to nobody.
            nextPoll = 0
        }
        if Clock.monotonicMilliseconds >= nextPoll {
            nextPoll = Clock.monotonicMilliseconds + Self.pollMilliseconds
            mayHaveWork = true
            recover()
        }
    }

    private var mayClaim: Bool {
        mayHaveWork && phase == .claiming && !freeSlots.isEmpty
            && source.mayTry(trying: children.values.contains { !$0.hasReached })
    }

    /// Takes back the jobs of dispatchers that are gone, and what their attempts left on the disk; and gives back what
    /// this one has claimed without learning of it, because the answer was lost with the connection.
    private func recover() {
        let known = children.values.map(\.claim.token) + settlements.map(\.claim.token)
        link.attempt { queue in
            for id in try queue.releaseUnknown(worker: worker, known: known) {
                Log.warning("unknown claim released", ("job", .string(id.description)))
            }
            for lost in try queue.recover() {
                storage.discard(job: lost.job, epoch: lost.epoch)
                Log.warning("job recovered", ("job", .string(lost.job.description)), ("epoch", .int(lost.epoch)))
            }
        }
    }

    private func take(_ signal: Signal) {
        switch signal {
        case .terminate: phase = phase == .claiming ? .draining : phase
        case .interrupt:
            phase = .stopping
            for pid in children.keys { end(pid, because: .released) }
        case .child, .hangUp, .kill: break
        }
    }

    /// Called before each wait as well: a notification that came together with the answer to a statement has been read
    /// from the socket already, which then does not become readable for it.
    private func takeNotifications() {
        guard link.queue != nil else { return }
        link.attempt { queue in
            for notification in try queue.connection.notifications() {
                guard let change = JobChange(notification.payload) else { continue }
                switch change.state {
                case .pending: mayHaveWork = true
                case .cancelled:
                    for (pid, child) in children where child.claim.job.id == change.id { end(pid, because: .lost) }
                    mayHaveWork = true
                // A job that ended, on any host, may have made room for another of its tenant's.
                case .ready, .failed: mayHaveWork = true
                case .processing, .expired: break
                }
            }
        }
    }

    // MARK: Claiming

    private func claim() {
        while mayClaim, Clock.monotonicMilliseconds >= max(claimAt, source.retryAt), let slot = freeSlots.last {
            guard storageIsReady() else { return pauseClaiming() }
            var claim: Claim?
            let answer = link.attempt { queue in
                claim = try queue.claim(worker: worker, tenantLimit: configuration.tenantRunning)
            }
            guard let claim else {
                if answer != .later { mayHaveWork = false }
                return
            }
            freeSlots.removeLast()
            fork(claim, slot: slot)
        }
    }

    private func fork(_ claim: Claim, slot: Int) {
        board.reset(slot: slot)
        do {
            let pipe = try Pipe()
            let output = pipe.writeEnd.raw
            try pipe.readEnd.setNonblocking()
            board.running = children.count + 1
            let pid = try ChildProcess.fork(name: "pst-export", keeping: [output]) {
                runChild(claim, slot: slot, output: output)
            }
            children[pid] = RunningExport(claim: claim, slot: slot, pipe: pipe.takeReadEnd())
        } catch {
            // EAGAIN or ENOMEM: this host is full; the job waits, and the attempt does not count.
            Log.error("fork failed", ("error", .string(error.debugDescription)))
            freeSlots.append(slot)
            settlements.append(.release(claim))
            pauseClaiming()
        }
    }

    private func pauseClaiming() {
        claimAt = Clock.monotonicMilliseconds + Self.pauseMilliseconds
    }

    /// A storage that is gone, read-only or another one's would cost each job its attempts; jobs wait instead.
    private func storageIsReady() -> Bool {
        var fault: String?
        if let bound = boundStorage {
            fault = StorageBinding.fault(storage, bound: bound)
        } else {
            var state: StorageBinding.State?
            // Without a queue there is nothing to claim either.
            guard link.attempt({ state = try StorageBinding(storage, $0).establish() }) != .later else { return true }
            switch state {
            case .bound(let id): boundStorage = id
            case .fault(let reason): fault = reason
            case nil: fault = "it could not be bound to the database"
            }
        }
        if let fault, fault != storageFault { Log.error("storage is not ready", ("reason", .string(fault))) }
        if fault == nil, storageFault != nil { Log.info("storage is ready again") }
        storageFault = fault
        return fault == nil
    }

    /// The child's whole life. It has a copy of everything here and must not use what belongs to the dispatcher: the
    /// queue's socket is closed already.
    private func runChild(_ claim: Claim, slot: Int, output: Int32) -> Never {
        Log.process = "export"
        Limits.preferAsVictim()
        Limits.limitGrowth(to: UInt64(configuration.workerMemoryBytes))
        Limits.fileSize(UInt64(configuration.fileLimitBytes))
        // Nobody reads a pipe whose dispatcher has died; the job then runs again.
        func tell(_ message: ChildMessage) -> Bool {
            (try? message.line.withUnsafeBytes { try writeAll($0, to: output) }) != nil
        }
        let run = ExportRun(job: claim.job, catalogs: catalogs, configuration: configuration)
        let outcome = run.outcome(storage: storage, progress: board, slot: slot) { _ = tell($0) }
        _exit(tell(.outcome(outcome)) ? 0 : 1)
    }

    // MARK: Ending

    private func end(_ pid: pid_t, because reason: RunningExport.Ending) {
        guard let child = children[pid], child.ending == nil else { return }
        children[pid]?.ending = reason
        // KILL at once: a child holds nothing that needs its own hand. The server sees the closed socket at its next
        // write, or within client_connection_check_interval when it writes nothing.
        ChildProcess.send(.kill, to: pid)
    }

    private func listen(to pid: pid_t) {
        guard let claim = children[pid]?.claim, let events = children[pid]?.listen() else { return }
        settlements += events.map { .part(claim, $0) }
        if children[pid]?.hasReached == true, source.answered() {
            Log.info("source reached again")
            mayHaveWork = true
            var waiting: Int64 = 0
            // What cannot be told now comes by itself, by the end of its pause.
            link.attempt { queue in waiting = try queue.resumeWaiting() }
            if waiting > 0 { Log.info("jobs resumed", ("jobs", .int(waiting))) }
        }
    }

    /// What the end of a child says of the source.
    private func look(at settlement: Settlement) {
        guard case .wait(_, let failure, _) = settlement, failure.recovery == .wait,
            source.missed(now: Clock.monotonicMilliseconds)
        else { return }
        Log.error("source out of reach", ("cause", .string(failure.detail)))
    }

    private func reap() {
        for exit in ChildProcess.reap() {
            listen(to: exit.pid)
            guard let child = children.removeValue(forKey: exit.pid) else { continue }
            board.running = children.count
            freeSlots.append(child.slot)
            mayHaveWork = true
            let settlement = child.settlement(exit)
            look(at: settlement)
            settlements.append(settlement)
        }
    }

    /// Tells the queue how attempts ended, in order; what cannot be told now stays for the next turn.
    private func settle() {
        while let settlement = settlements.first {
            switch link.attempt({ queue in try settlement.perform(queue, storage, configuration) }) {
            case .later: return
            case .done: settlements.removeFirst()
            case .refused:
                settlements.removeFirst()
                if let instead = settlement.afterRefusal { settlements.insert(instead, at: 0) }
            }
            if let delay = settlement.repeatsAfterMilliseconds {
                nextPoll = min(nextPoll, Clock.monotonicMilliseconds + delay + 20)
            }
        }
    }

    // MARK: Progress

    private func storeProgress() {
        let now = Clock.monotonicMilliseconds
        guard now >= nextProgress, !children.isEmpty else { return }
        nextProgress = now + Self.progressMilliseconds
        let patience = Int64(configuration.stallSeconds) * 1000
        for (pid, child) in children where now - board.lastBeat(slot: child.slot) > patience {
            Log.error("export stalled", ("job", .string(child.claim.job.id.description)), ("child", .int(pid)))
            end(pid, because: .stalled)
        }
        let progress = children.values.map {
            ClaimProgress(
                job: $0.claim.job.id, token: $0.claim.token, done: board.rows(slot: $0.slot),
                total: board.total(slot: $0.slot))
        }
        link.attempt { queue in
            // A claim that is not held any more was cancelled or taken over, and the notification was lost.
            let held = try queue.recordProgress(progress)
            for (pid, child) in children where !held.contains(child.claim.job.id) { end(pid, because: .lost) }
        }
    }
}
