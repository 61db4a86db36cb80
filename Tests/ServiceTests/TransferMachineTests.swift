import JSON
import Testing

@testable import Service

@Suite struct TransferMachineTests {
    private typealias Action = TransferMachine.Action

    private static func machine(pending: Int, at now: Int64 = 0) -> TransferMachine {
        var machine = TransferMachine()
        for number in 0..<pending { machine.received(.int(number), at: now) }
        return machine
    }

    /// A machine that has sent its first messages.
    private static func sent(pending: Int) -> TransferMachine {
        var machine = machine(pending: pending)
        _ = machine.turn(isTimeOut: false, at: 200)
        machine.connected()
        _ = machine.turn(isTimeOut: false, at: 200)
        return machine
    }

    @Test func `messages that come within a fifth of a second go together`() {
        var machine = Self.machine(pending: 1)
        machine.received(.int(1), at: 150)
        var turns = [machine.turn(isTimeOut: false, at: 199)]
        #expect(machine.due(at: 150, connectAt: 0) == 200)
        turns.append(machine.turn(isTimeOut: true, at: 200))
        machine.connected()
        turns.append(machine.turn(isTimeOut: false, at: 201))
        #expect(turns == [[], [.connect], [.send(count: 2)]])
        #expect(machine.isSent && machine.due(at: 201, connectAt: 0) == 201 + 21_000)
        machine.recorded()
        #expect(machine.pending.isEmpty && !machine.isSent)
    }

    @Test func `a connection that is not to be tried yet is not waited for in a busy loop`() {
        let machine = Self.machine(pending: 1)
        #expect(machine.due(at: 1_000, connectAt: 5_000) == 5_000)
    }

    @Test func `messages that were sent when the connection was lost are sent again, in smaller batches at first`() {
        var machine = Self.sent(pending: 500)
        machine.disconnected()
        #expect(machine.pending.count == 500)
        var turns = [machine.turn(isTimeOut: true, at: 300)]
        machine.connected()
        turns.append(machine.turn(isTimeOut: false, at: 300))
        machine.recorded()
        turns.append(machine.turn(isTimeOut: false, at: 300))
        #expect(turns == [[.connect], [.send(count: 100)], [.send(count: 200)]])
        #expect(machine.pending.count == 400 && machine.pending.first == .int(100))
    }

    @Test func `the one message that the database refuses is found by halves and given up alone`() {
        var machine = Self.machine(pending: 10)
        machine.connected()
        let bad = 6
        var recorded: [Int] = []
        var lost = 0
        for _ in 0..<40 where !machine.pending.isEmpty {
            for action in machine.turn(isTimeOut: false, at: 1_000) {
                switch action {
                case .send(let count):
                    let batch = machine.pending.all.prefix(count).compactMap(\.int)
                    if batch.contains(bad) {
                        _ = machine.refused()
                    } else {
                        recorded += batch
                        machine.recorded()
                    }
                case .reportLost(let count): lost += count
                case .connect, .close, .end: Issue.record("\(action)")
                }
            }
        }
        lost += machine.turn(isTimeOut: false, at: 1_000) == [.reportLost(1)] ? 1 : 0
        #expect(recorded == [0, 1, 2, 3, 4, 5, 7, 8, 9])
        #expect(lost == 1)
    }

    @Test func `beyond the limit the newest are given up, and are told when a connection was tried`() {
        var machine = Self.machine(pending: TransferMachine.limit + 3)
        #expect(machine.pending.count == TransferMachine.limit)
        var turns = [machine.turn(isTimeOut: false, at: 200)]
        machine.disconnected()
        turns.append(machine.turn(isTimeOut: false, at: 200))
        #expect(turns == [[.connect], [.reportLost(3), .connect]])
    }

    @Test func `a process that is told to end does so when everything is recorded`() {
        var machine = Self.sent(pending: 2)
        machine.end(by: 10_000)
        let waiting = machine.turn(isTimeOut: false, at: 300)
        #expect(machine.due(at: 300, connectAt: 0) == 10_000)
        machine.recorded()
        let after = machine.turn(isTimeOut: false, at: 400)
        #expect([waiting, after] == [[], [.end]])
    }

    @Test func `while the database is away the end gives up what is pending and counts it`() {
        var machine = Self.sent(pending: 2)
        machine.disconnected()
        machine.end(by: 10_000)
        // INT after TERM: the nearer limit counts, whatever the order.
        machine.end(by: 1_300)
        machine.end(by: 10_300)
        #expect(machine.due(at: 300, connectAt: 60_000) == 1_300)
        let before = machine.turn(isTimeOut: false, at: 1_299)
        let after = machine.turn(isTimeOut: true, at: 1_300)
        #expect([before, after] == [[.connect], [.reportLost(2), .end]])
    }

    @Test func `a connection that has nothing to do is closed after half a minute, and not sooner`() {
        var machine = Self.sent(pending: 1)
        machine.recorded()
        #expect(machine.due(at: 1_000, connectAt: 0) == 31_000)
        let turns = [
            machine.turn(isTimeOut: false, at: 2_000), machine.turn(isTimeOut: true, at: 31_000),
            machine.turn(isTimeOut: true, at: 61_000),
        ]
        #expect(turns == [[], [.close], []])
    }

    @Test func `an answer that comes twice, or after the loss, changes nothing`() {
        var machine = Self.sent(pending: 3)
        machine.recorded()
        machine.recorded()
        #expect(machine.pending.isEmpty)
        machine.received(.int(9), at: 5_000)
        machine.disconnected()
        machine.recorded()
        let gaveUp = machine.refused()
        #expect(machine.pending.count == 1 && !gaveUp)
    }
}
