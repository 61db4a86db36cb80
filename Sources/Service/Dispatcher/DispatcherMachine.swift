import Generation
import Jobs
import Posix

/// A dispatcher's decisions, without its queue, its children and its clock.
///
///     free slot ──claimed──▶ forked ──▶ running ──exit──▶ settlement ──told to the queue──▶ gone
///         ▲                    │ no       │ cancelled, stalled, stop: killed          │
///         └────────────────────┴──────────┴───────────── the slot is free again ◀─────┘
///
/// Settlements are told in the order in which they came to be, and stay here until the queue has taken them.
struct DispatcherMachine {
    enum Action: Equatable {
        case kill(pid: Int32)
        /// Say in the log that a child shows no life.
        case reportStalled(job: UUID, pid: Int32)
        /// Say in the log that the source is out of reach.
        case reportSourceAway(cause: String)
        /// The source answers again: say so, and let the jobs run that wait for it.
        case resumeWaiting
    }

    private(set) var children: [Int32: RunningExport] = [:]
    private(set) var settlements = Backlog<Settlement>()
    private var freeSlots: [Int]
    private var phase = ServiceLoop.Phase.working
    /// Whether the host is told to take no more jobs.
    private(set) var isDraining = false
    /// The workers of all hosts that take jobs, as far as is known.
    private(set) var fleet = 0
    private var mayHaveWork = true
    private var source = SourceWatch()
    private(set) var spare: Spare
    private var stalls: SilenceWatch
    /// Monotonic milliseconds before which nothing is claimed: this host could not fork, or has no storage.
    private var claimAt: Int64 = 0
    private var nextProgress: Int64 = 0
    private var nextPoll: Int64 = 0
    private var nextRenewal: Int64 = 0

    /// NOTIFY wakes the dispatcher; this poll finds jobs whose notification was lost, and jobs of dispatchers that
    /// died.
    private static let pollMilliseconds: Int64 = 5_000
    private static let progressMilliseconds: Int64 = 1_000
    /// A lease is several times as long (`lease_length`), so that a statement that takes its time does not end it.
    private static let renewalMilliseconds: Int64 = 3_000
    /// How long nothing is claimed after a fork has failed or the storage was found missing.
    private static let pauseMilliseconds: Int64 = 1_000
    /// After a pause of a job, so that the queue's clock has come to its end as well.
    private static let repetitionMilliseconds: Int64 = 20

    init(slots: Int, stallSeconds: Int, spareSeconds: Int = 0) {
        spare = Spare(seconds: spareSeconds)
        freeSlots = Array((0..<slots).reversed())
        stalls = SilenceWatch(limit: Int64(stallSeconds) * 1000)
    }

    // MARK: Time

    /// When something is due, in monotonic milliseconds.
    /// - Parameters:
    ///   - retryAt: before which the queue takes nothing.
    ///   - hasQueue: whether there is a connection to the queue.
    func due(retryAt: Int64, hasQueue: Bool) -> Int64 {
        var due = hasQueue ? min(nextPoll, max(nextRenewal, retryAt)) : nextPoll
        if !children.isEmpty { due = min(due, nextProgress) }
        if spare.pid != nil { due = min(due, spare.until) }
        if !settlements.isEmpty || !hasQueue { due = min(due, retryAt) }
        if mayClaim { due = min(due, max(claimAt, retryAt, source.retryAt)) }
        return due
    }

    /// Whether everything that this dispatcher was asked to do before its end is done. The jobs of a service that stops
    /// are given back as soon as the children are gone. A queue that is away does not hold up the stop: the
    /// dispatcher's lease ends without it, and the jobs are then taken back.
    func isOver(hasQueue: Bool) -> Bool {
        switch phase {
        case .working: false
        case .draining: children.isEmpty && settlements.isEmpty
        case .stopping: children.isEmpty && (settlements.isEmpty || !hasQueue)
        }
    }

    /// The phase that the dispatcher's signals have led to.
    mutating func entered(_ phase: ServiceLoop.Phase) -> [Action] {
        self.phase = phase
        return phase == .stopping ? end(Array(children.keys), because: .released) : []
    }

    // MARK: The queue

    /// There is a new connection; notifications before it were not heard.
    mutating func connected() { nextPoll = 0 }

    /// Whether the dispatcher's lease is to be renewed. It is so until that has worked: statements on a table that is
    /// locked must not keep the lease waiting in turn.
    func isRenewalDue(at now: Int64) -> Bool { now >= nextRenewal }

    /// - Parameter answer: nil when the queue has said nothing.
    mutating func renewed(at now: Int64, _ answer: LeaseAnswer? = nil) {
        nextRenewal = now + Self.renewalMilliseconds
        guard let answer else { return }
        // More may be claimed than before, and nothing else would wake this dispatcher.
        if answer.fleet > fleet || (isDraining && !answer.isDraining) { mayHaveWork = true }
        fleet = answer.fleet
        isDraining = answer.isDraining
    }

    /// Whether the queue is to be looked at for jobs of dispatchers that are gone.
    mutating func isPollDue(at now: Int64) -> Bool {
        guard now >= nextPoll else { return false }
        nextPoll = now + Self.pollMilliseconds
        mayHaveWork = true
        return true
    }

    /// The claims that this dispatcher knows of.
    var tokens: [String] { children.values.map(\.claim.token) + settlements.all.map(\.claim.token) }

    /// A job has changed its state, on this host or another.
    mutating func notified(_ change: JobChange) -> [Action] {
        // A job that ended may have made room for another of its tenant's; one that expired had ended before.
        if change.state == .pending || (change.state.isEnded && change.state != .expired) { mayHaveWork = true }
        guard change.state == .cancelled else { return [] }
        return end(children.filter { $0.value.claim.job.id == change.id }.map(\.key), because: .lost)
    }

    /// How the first settlement was answered.
    mutating func settled(_ answer: QueueLink.Answer, at now: Int64) {
        guard let settlement = settlements.first, answer != .later else { return }
        if answer == .refused, let instead = settlement.afterRefusal {
            settlements.replaceFirst(with: instead)
        } else {
            settlements.removeFirst()
        }
        if let delay = settlement.repeatsAfterMilliseconds {
            nextPoll = min(nextPoll, now + delay + Self.repetitionMilliseconds)
        }
    }

    // MARK: Claiming

    private var mayClaim: Bool {
        mayHaveWork && phase == .working && !isDraining && !freeSlots.isEmpty
            && source.mayTry(trying: children.values.contains { !$0.hasReached })
    }

    /// Whether a job is to be claimed now.
    func claims(at now: Int64) -> Bool { mayClaim && now >= max(claimAt, source.retryAt) }

    /// How many jobs may be claimed at once: while the source is away, one that tries it.
    var room: Int { source.isAway ? min(1, freeSlots.count) : freeSlots.count }

    /// The queue had no job for this host.
    mutating func foundNoWork() { mayHaveWork = false }

    mutating func pauseClaiming(at now: Int64) { claimAt = now + Self.pauseMilliseconds }

    /// - Returns: the slot of a job that was just claimed; one is free while `claims` is true.
    mutating func takeSlot() -> Int { freeSlots.removeLast() }

    /// A child works on a claim. An earlier claim of the same job is not held any more.
    @discardableResult
    mutating func forked(_ claim: Claim, slot: Int, pid: Int32, at now: Int64 = 0) -> [Action] {
        let earlier = children.filter { $0.value.claim.job.id == claim.job.id }.map(\.key)
        children[pid] = RunningExport(claim: claim, slot: slot)
        spare.exportBegan(at: now)
        return end(earlier, because: .lost)
    }

    // MARK: The spare child

    /// Whether one is to be forked.
    func wantsSpare(at now: Int64) -> Bool {
        phase == .working && !isDraining && !source.isAway && spare.isWanted(at: now)
    }

    /// Whether it is to end without having worked.
    func endsSpare(at now: Int64) -> Bool {
        spare.pid != nil && (phase != .working || isDraining || spare.isOver(at: now))
    }

    mutating func spareForked(pid: Int32) { spare.forked(pid: pid) }
    mutating func spareFailed() { spare.failed() }
    mutating func spareLeft() { spare.left() }

    /// This host is full (EAGAIN, ENOMEM): the job waits, and the attempt does not count.
    mutating func forkFailed(_ claim: Claim, slot: Int, at now: Int64) {
        freeSlots.append(slot)
        settlements.append(.release(claim))
        pauseClaiming(at: now)
    }

    // MARK: Children

    /// Takes bytes that a child has written; those of a child that has been settled are ignored.
    mutating func heard(_ bytes: [UInt8], from pid: Int32) -> [Action] {
        guard let claim = children[pid]?.claim, let events = children[pid]?.take(bytes) else { return [] }
        settlements.append(contentsOf: events.map { .part(claim, $0) })
        guard children[pid]?.hasReached == true, source.answered() else { return [] }
        mayHaveWork = true
        return [.resumeWaiting]
    }

    /// A child is gone, and everything that it has written was heard.
    mutating func exited(_ exit: ChildExit, at now: Int64, chance: Double = Random.fraction()) -> [Action] {
        guard let child = children.removeValue(forKey: exit.pid) else { return [] }
        freeSlots.append(child.slot)
        mayHaveWork = true
        let settlement = child.settlement(exit)
        settlements.append(settlement)
        guard case .wait(_, let failure, _) = settlement, failure.recovery == .wait,
            source.missed(now: now, chance: chance)
        else { return [] }
        return [.reportSourceAway(cause: failure.cause)]
    }

    /// Whether the children's progress is to be stored, and their life to be judged.
    mutating func isProgressDue(at now: Int64) -> Bool {
        guard now >= nextProgress, !children.isEmpty else { return false }
        nextProgress = now + Self.progressMilliseconds
        return true
    }

    /// - Parameter lastBeat: monotonic milliseconds of the last sign of life of the child in a slot.
    mutating func judge(at now: Int64, lastBeat: (Int) -> Int64) -> [Action] {
        stalls.look(at: now)
        return children.sorted { $0.key < $1.key }
            .filter { $0.value.ending == nil && stalls.isSilent(since: lastBeat($0.value.slot), at: now) }
            .flatMap { pid, child in
                [.reportStalled(job: child.claim.job.id, pid: pid)] + end([pid], because: .stalled)
            }
    }

    /// The jobs whose claims are still held; one that is not was cancelled or taken over, and the notification was
    /// lost.
    mutating func held(_ jobs: Set<UUID>) -> [Action] {
        end(children.filter { !jobs.contains($0.value.claim.job.id) }.map(\.key), because: .lost)
    }

    /// A child holds nothing that needs its own hand, so it is killed. The server sees the closed socket at its next
    /// write, or within client_connection_check_interval when it writes nothing. The first reason counts.
    private mutating func end(_ pids: [Int32], because reason: RunningExport.Ending) -> [Action] {
        pids.sorted().filter { children[$0]?.ending == nil }.map {
            children[$0]?.ending = reason
            return .kill(pid: $0)
        }
    }
}
