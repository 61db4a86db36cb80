import Posix

/// The processes that should run, those that do run, and the actions that follow: the supervisor's decisions, without
/// its system calls.
///
/// A slot is a place for one process of a role. Its process is `current`; after a reload the old one is retired: told
/// to end when its work is done, while the new one already serves.
///
///     empty ──fork──▶ current ──exit──▶ empty, with a delay when it crashed young
///                        └──reload──▶ retired ──exit──▶ gone
package struct ChildTable {
    /// An action of the supervisor's; several are performed in their order.
    package enum Action: Equatable {
        case fork(slot: Int, role: Role)
        case send(Signal, pid: Int32)
        /// All children are gone and no other shall come: the service ends.
        case end
    }

    package enum Phase: Equatable {
        case running
        /// Children finish the work that they have begun, and no new ones are forked.
        case draining
        /// Children give up the work that they have begun.
        case stopping
    }

    private struct Slot {
        let role: Role
        var pid: Int32?
        var startedAt: Int64 = 0
        var crashes = 0
        var startAfter: Int64 = 0
    }

    private var slots: [Slot]
    private var retired: Set<Int32> = []
    package private(set) var phase = Phase.running
    /// When a phase other than running becomes harsher by itself, in monotonic milliseconds.
    private var deadline: Int64?

    /// How long draining may take before the rest is stopped, and stopping before the rest is killed.
    private let drainMilliseconds: Int64
    private static let stopMilliseconds: Int64 = 10_000
    /// A child that ends sooner than this has crashed at start.
    private static let youngMilliseconds: Int64 = 5_000
    private static let pauses = Backoff(first: 100, longest: 10_000)

    /// - Parameter counts: how many processes of each role.
    package init(_ counts: [(role: Role, count: Int)], drainSeconds: Int) {
        slots = counts.flatMap { entry in (0..<entry.count).map { _ in Slot(role: entry.role) } }
        drainMilliseconds = Int64(drainSeconds) * 1000
    }

    package var slotCount: Int { slots.count }

    /// The processes that are alive, retired ones too.
    package var pids: [Int32] { slots.compactMap(\.pid) + retired.sorted() }

    /// Nil for a process that a reload has retired.
    package func role(of pid: Int32) -> Role? { slots.first { $0.pid == pid }?.role }

    package func pid(inSlot slot: Int) -> Int32? { slots[slot].pid }

    /// The milliseconds until `due` has something to do, nil when only an event can change anything.
    package func nextDue(at now: Int64) -> Int64? {
        var due = deadline
        if phase == .running {
            for slot in slots where slot.pid == nil { due = min(due ?? .max, slot.startAfter) }
        }
        return due.map { max(0, $0 - now) }
    }

    /// Forks the processes that are missing, and goes on to the next, harsher phase when the time of one is over.
    package mutating func due(at now: Int64) -> [Action] {
        switch phase {
        case .running:
            return slots.indices.filter { slots[$0].pid == nil && slots[$0].startAfter <= now }
                .map { .fork(slot: $0, role: slots[$0].role) }
        case .draining:
            guard let deadline, deadline <= now else { return endIfEmpty() }
            return stop(at: now)
        case .stopping:
            guard let deadline, deadline <= now else { return endIfEmpty() }
            self.deadline = now + Self.stopMilliseconds
            return pids.map { .send(.kill, pid: $0) }
        }
    }

    package mutating func forked(slot: Int, pid: Int32, at now: Int64) {
        slots[slot].pid = pid
        slots[slot].startedAt = now
    }

    /// A fork that the kernel refused: tried again after a second.
    package mutating func forkFailed(slot: Int, at now: Int64) {
        slots[slot].startAfter = now + 1000
    }

    /// - Parameter crashed: it ended by a signal or with a status other than 0.
    /// - Returns: the child's role (nil for a retired one) and how long it lived; nil when it is not in the table.
    package mutating func exited(pid: Int32, crashed: Bool, at now: Int64) -> (role: Role?, livedMilliseconds: Int64)? {
        if retired.remove(pid) != nil { return (nil, 0) }
        guard let index = slots.firstIndex(where: { $0.pid == pid }) else { return nil }
        let lived = now - slots[index].startedAt
        slots[index].pid = nil
        if crashed && lived < Self.youngMilliseconds {
            // Spread by the slot's number so that all of them do not come back at once.
            slots[index].crashes += 1
            slots[index].startAfter = now + Self.pauses.length(after: slots[index].crashes) + Int64(index) * 7
        } else {
            slots[index].crashes = 0
            slots[index].startAfter = now
        }
        return (slots[index].role, lived)
    }

    /// A new process takes the place of one that was killed and may not be able to end yet.
    package mutating func replace(pid: Int32, at now: Int64) {
        guard let index = slots.firstIndex(where: { $0.pid == pid }) else { return }
        retired.insert(pid)
        slots[index].pid = nil
        slots[index].startAfter = now
    }

    /// New processes for all slots; the old ones finish their work and end.
    package mutating func reload(at now: Int64) -> [Action] {
        guard phase == .running else { return [] }
        var actions: [Action] = []
        for index in slots.indices {
            if let pid = slots[index].pid {
                retired.insert(pid)
                slots[index].pid = nil
                actions.append(.fork(slot: index, role: slots[index].role))
                actions.append(.send(.terminate, pid: pid))
            }
            slots[index].crashes = 0
            slots[index].startAfter = now
        }
        return actions
    }

    /// The first call has the children finish their work; the second stops them now.
    package mutating func drain(at now: Int64) -> [Action] {
        if phase != .running { return stop(at: now) }
        phase = .draining
        deadline = now + drainMilliseconds
        return pids.map { .send(.terminate, pid: $0) } + endIfEmpty()
    }

    /// Has the children give up their work.
    package mutating func stop(at now: Int64) -> [Action] {
        phase = .stopping
        deadline = now + Self.stopMilliseconds
        return pids.map { .send(.interrupt, pid: $0) } + endIfEmpty()
    }

    private func endIfEmpty() -> [Action] {
        phase != .running && pids.isEmpty ? [.end] : []
    }
}
