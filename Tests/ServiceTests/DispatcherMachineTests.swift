import Generation
import JSON
import Jobs
import Posix
import Testing

@testable import Service

@Suite struct DispatcherMachineTests {
    private typealias Action = DispatcherMachine.Action

    private static let reached = ChildMessage.reached.line
    private static let finished = ChildMessage.outcome(
        .finished(FinishedFile(name: "a.csv", storedPath: "a", size: 1, rows: 1, sha256: "00", receipt: [:]))
    ).line

    private static func failed(_ recovery: ExportFailure.Recovery) -> [UInt8] {
        ChildMessage.outcome(.failed(ExportFailure("source_error", "Away", recovery, detail: "refused"))).line
    }

    /// A dispatcher with a child for each claim, whose pids are 100, 101, …
    private static func running(_ claims: [Claim], slots: Int = 4, at now: Int64 = 10_000) -> DispatcherMachine {
        var machine = DispatcherMachine(slots: slots, stallSeconds: 30)
        _ = machine.isPollDue(at: now)
        machine.renewed(at: now)
        for (number, claim) in claims.enumerated() {
            machine.forked(claim, slot: machine.takeSlot(), pid: Int32(100 + number))
        }
        return machine
    }

    private static func exit(_ pid: Int32, _ how: ChildExit.How = .exited(0)) -> ChildExit {
        ChildExit(pid: pid, how: how)
    }

    private static func change(_ claim: Claim, _ state: String) throws -> JobChange {
        try #require(
            JobChange(#"{"id":"\#(claim.job.id)","tenant_id":"acme","state":"\#(state)","change":7}"#))
    }

    /// What the settlements are, in order, by their names.
    private static func names(_ machine: DispatcherMachine) -> [String] {
        machine.settlements.all.map { String("\($0)".prefix { $0 != "(" }) }
    }

    // MARK: Children

    @Test func `a file whose child is gone is settled, and the slot is free again`() throws {
        var machine = Self.running([try .sample()], slots: 1)
        let full = machine.claims(at: 10_000)
        _ = machine.heard(Self.reached + Self.finished, from: 100)
        let early = Self.names(machine)
        let actions = machine.exited(Self.exit(100), at: 10_000)
        #expect(early.isEmpty && actions.isEmpty && Self.names(machine) == ["finish"])
        #expect(!full && machine.claims(at: 10_000))
    }

    @Test func `a child that ends before it has said how has crashed, and what comes later is not taken`() throws {
        var machine = Self.running([try .sample()])
        // Half of a message is none.
        _ = machine.heard(Array(Self.finished.dropLast(5)), from: 100)
        _ = machine.exited(Self.exit(100), at: 10_000)
        let late = machine.heard(Self.finished, from: 100)
        let twice = machine.exited(Self.exit(100), at: 10_000)
        #expect(late.isEmpty && twice.isEmpty)
        guard case .retry(_, let failure, let pause) = try #require(machine.settlements.first) else {
            Issue.record("\(Self.names(machine))")
            return
        }
        #expect(failure.code == "worker_crashed" && pause == 0 && machine.settlements.count == 1)
    }

    @Test func `a message that comes in pieces is one message`() throws {
        var machine = Self.running([try .sample()])
        let lines =
            ChildMessage.part(.planned(bounds: ["5"])).line + ChildMessage.part(.started(1)).line
            + Self.finished
        for byte in lines { _ = machine.heard([byte], from: 100) }
        _ = machine.exited(Self.exit(100), at: 10_000)
        #expect(Self.names(machine) == ["part", "part", "finish"])
    }

    @Test func `a child that was killed after it said that its file is whole has crashed all the same`() throws {
        var machine = Self.running([try .sample()])
        _ = machine.heard(Self.finished, from: 100)
        _ = machine.exited(Self.exit(100, .signalled(9)), at: 10_000)
        #expect(Self.names(machine) == ["retry"])
    }

    @Test func `an exit of a process that is no export changes nothing`() {
        var machine = DispatcherMachine(slots: 2, stallSeconds: 30)
        let actions = machine.exited(Self.exit(7), at: 0)
        #expect(actions.isEmpty && machine.settlements.isEmpty && machine.takeSlot() == 0)
    }

    // MARK: Cancelling and stopping

    @Test func `a cancelled job's child is killed once and its attempt abandoned`() throws {
        let claims = [try Claim.sample(), try Claim.sample()]
        var machine = Self.running(claims)
        var actions = machine.notified(try Self.change(claims[1], "cancelled"))
        actions += machine.notified(try Self.change(claims[1], "cancelled"))
        actions += machine.held([claims[0].job.id])
        actions += machine.notified(try Self.change(try .sample(), "cancelled"))
        #expect(actions == [.kill(pid: 101)])
        _ = machine.exited(Self.exit(101, .signalled(9)), at: 10_000)
        #expect(Self.names(machine) == ["abandon"])
    }

    @Test func `a claim that the queue does not hold any more ends its child, though no notification came`() throws {
        let claims = [try Claim.sample(), try Claim.sample()]
        var machine = Self.running(claims)
        let actions = machine.held([claims[1].job.id])
        #expect(actions == [.kill(pid: 100)])
    }

    @Test func `a second claim of a job ends the child of the first, which is held no more`() throws {
        let claims = [try Claim.sample(), try Claim.sample()]
        var machine = Self.running(claims)
        let again = claims[0].again(token: "later")
        let actions = machine.forked(again, slot: machine.takeSlot(), pid: 102)
        #expect(actions == [.kill(pid: 100)] && machine.held([again.job.id, claims[1].job.id]).isEmpty)
        _ = machine.exited(Self.exit(100, .signalled(9)), at: 10_000)
        #expect(Self.names(machine) == ["abandon"] && machine.settlements.first?.claim.token == claims[0].token)
    }

    @Test
    func
        `a host that is told to drain claims nothing until it is told to go on, and more workers are a reason to look`()
    {
        var machine = Self.running([])
        machine.foundNoWork()
        machine.renewed(at: 10_000, LeaseAnswer(isDraining: false, fleet: 8))
        let grown = machine.claims(at: 10_000)
        machine.renewed(at: 13_000, LeaseAnswer(isDraining: true, fleet: 4))
        let drained = machine.claims(at: 13_000) || machine.wantsSpare(at: 13_000)
        machine.renewed(at: 16_000)
        let unsaid = machine.claims(at: 16_000)
        machine.renewed(at: 19_000, LeaseAnswer(isDraining: false, fleet: 4))
        #expect(grown && !drained && !unsaid && machine.claims(at: 19_000))
        machine.foundNoWork()
        machine.renewed(at: 22_000, LeaseAnswer(isDraining: false, fleet: 4))
        #expect(!machine.claims(at: 22_000) && machine.fleet == 4)
    }

    @Test func `INT during a drain gives the jobs back, and one that was cancelled before stays abandoned`() throws {
        let claims = [try Claim.sample(), try Claim.sample()]
        var machine = Self.running(claims)
        let draining = machine.entered(.draining)
        #expect(draining.isEmpty && !machine.claims(at: 10_000) && !machine.isOver(hasQueue: true))
        let cancelled = machine.notified(try Self.change(claims[0], "cancelled"))
        let stopping = machine.entered(.stopping) + machine.entered(.stopping)
        #expect(cancelled == [.kill(pid: 100)] && stopping == [.kill(pid: 101)])
        for pid: Int32 in [100, 101] { _ = machine.exited(Self.exit(pid, .signalled(9)), at: 10_000) }
        #expect(Self.names(machine) == ["abandon", "release"])
        // Without a queue the stop is not held up; with one the jobs are given back first.
        #expect(machine.isOver(hasQueue: false) && !machine.isOver(hasQueue: true))
        for _ in 0..<2 { machine.settled(.done, at: 10_000) }
        #expect(machine.isOver(hasQueue: true))
    }

    @Test func `a drain waits for the queue, however long it is away, since a finished file must not be lost`() throws {
        var machine = Self.running([try .sample()])
        _ = machine.entered(.draining)
        _ = machine.heard(Self.finished, from: 100)
        _ = machine.exited(Self.exit(100), at: 10_000)
        machine.settled(.later, at: 20_000)
        #expect(!machine.isOver(hasQueue: false))
        machine.settled(.done, at: 30_000)
        #expect(machine.isOver(hasQueue: true))
    }

    // MARK: Settling

    @Test func `while the queue is away nothing is dropped and nothing is tried before its time`() throws {
        var machine = Self.running([try .sample(), try .sample()])
        for pid: Int32 in [100, 101] {
            _ = machine.heard(Self.finished, from: pid)
            _ = machine.exited(Self.exit(pid), at: 10_000)
        }
        machine.settled(.later, at: 10_000)
        #expect(machine.settlements.count == 2 && machine.tokens.count == 2)
        #expect(machine.due(retryAt: 12_345, hasQueue: false) == 12_345)
    }

    @Test func `a result that the queue refuses fails its job, and at last nothing is told`() throws {
        var machine = Self.running([try .sample(), try .sample()])
        for pid: Int32 in [100, 101] {
            _ = machine.heard(Self.finished, from: pid)
            _ = machine.exited(Self.exit(pid), at: 10_000)
        }
        var seen: [[String]] = []
        for _ in 0..<4 {
            machine.settled(.refused, at: 10_000)
            seen.append(Self.names(machine))
        }
        #expect(seen == [["fail", "finish"], ["abandon", "finish"], ["abandon", "finish"], ["abandon", "finish"]])
        machine.settled(.done, at: 10_000)
        #expect(Self.names(machine) == ["finish"])
    }

    @Test func `a job that is to be repeated wakes the dispatcher when its pause is over`() throws {
        var machine = Self.running([try .sample(attempts: 2)])
        _ = machine.heard(Self.failed(.retry), from: 100)
        _ = machine.exited(Self.exit(100), at: 10_000)
        let pause = try #require(machine.settlements.first?.repeatsAfterMilliseconds)
        #expect((1_500...2_500).contains(pause))
        machine.settled(.done, at: 10_000)
        machine.foundNoWork()
        #expect(machine.due(retryAt: 0, hasQueue: true) == 10_000 + pause + 20)
    }

    // MARK: The source

    @Test func `while the source is away one export at a time tries it, and the first that reaches it resumes all`()
        throws
    {
        var machine = Self.running([try .sample(), try .sample()])
        var actions: [Action] = []
        for pid: Int32 in [100, 101] {
            actions += machine.heard(Self.failed(.wait), from: pid)
            actions += machine.exited(Self.exit(pid), at: 10_000, chance: 0.5)
        }
        #expect(actions == [.reportSourceAway(cause: "refused")])
        #expect(Self.names(machine) == ["wait", "wait"])
        #expect(!machine.claims(at: 10_999) && machine.claims(at: 11_000))
        machine.forked(try .sample(), slot: machine.takeSlot(), pid: 102)
        #expect(!machine.claims(at: 60_000), "one is trying")
        let again = machine.heard(Self.reached, from: 102) + machine.heard(Self.finished, from: 102)
        #expect(again == [.resumeWaiting] && machine.claims(at: 11_000))
    }

    // MARK: Time

    @Test func `a child that shows no life is killed and told once`() throws {
        let claim = try Claim.sample()
        var machine = Self.running([claim])
        var actions: [Action] = []
        for now in stride(from: Int64(10_000), through: 45_000, by: 1_000) {
            guard machine.isProgressDue(at: now) else { continue }
            actions += machine.judge(at: now) { _ in 10_000 }
        }
        #expect(actions == [.reportStalled(job: claim.job.id, pid: 100), .kill(pid: 100)])
        _ = machine.exited(Self.exit(100, .signalled(9)), at: 45_000)
        #expect(Self.names(machine) == ["retry"])
    }

    @Test func `after the machine has stood still for an hour no child is taken for a stalled one`() throws {
        var machine = Self.running([try .sample()])
        let hour: Int64 = 3_600_000
        var actions = machine.judge(at: 10_000) { _ in 10_000 }
        actions += machine.judge(at: hour) { _ in 10_000 }
        actions += machine.judge(at: hour + 1_000) { _ in hour + 500 }
        #expect(actions.isEmpty)
        #expect(machine.isProgressDue(at: hour) && machine.isPollDue(at: hour))
        // From then on it is given as long as ever.
        for now in stride(from: hour + 2_000, through: hour + 31_000, by: 1_000) {
            actions += machine.judge(at: now) { _ in hour + 500 }
        }
        #expect(actions.count == 2)
    }

    @Test func `a host that cannot fork gives the job back and pauses`() throws {
        var machine = Self.running([])
        let slot = machine.takeSlot()
        machine.forkFailed(try .sample(), slot: slot, at: 10_000)
        #expect(Self.names(machine) == ["release"])
        #expect(!machine.claims(at: 10_999) && machine.claims(at: 11_000))
        machine.settled(.done, at: 10_000)
        #expect(machine.due(retryAt: 0, hasQueue: true) == 11_000)
        let again = machine.takeSlot()
        #expect(again == slot)
    }

    @Test func `a lease is renewed every three seconds, and where that has not worked at the next try`() {
        var machine = DispatcherMachine(slots: 1, stallSeconds: 30)
        _ = machine.isPollDue(at: 0)
        machine.foundNoWork()
        #expect(machine.isRenewalDue(at: 0) && machine.due(retryAt: 700, hasQueue: true) == 700)
        machine.renewed(at: 700)
        #expect(!machine.isRenewalDue(at: 3_699) && machine.isRenewalDue(at: 3_700))
        #expect(machine.due(retryAt: 0, hasQueue: true) == 3_700)
        #expect(machine.due(retryAt: 9_000, hasQueue: false) == 5_000, "a new connection renews it first of all")
    }

    @Test func `an idle dispatcher looks every five seconds, and at once after a new connection`() {
        var machine = DispatcherMachine(slots: 1, stallSeconds: 30)
        let first = machine.isPollDue(at: 0)
        machine.foundNoWork()
        machine.renewed(at: 2_500)
        #expect(first && machine.due(retryAt: 0, hasQueue: true) == 5_000)
        let early = machine.isPollDue(at: 4_999)
        machine.connected()
        let after = machine.isPollDue(at: 4_999)
        #expect(!early && after && machine.claims(at: 4_999))
    }
}
