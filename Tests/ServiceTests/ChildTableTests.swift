import Posix
import Testing

@testable import Service

@Suite struct ChildTableTests {
    private func table(responders: Int = 2) -> ChildTable {
        ChildTable([(.responder, responders), (.dispatcher, 1)], drainSeconds: 30)
    }

    /// A table whose slots have the pids 100, 101, …
    private func running(responders: Int = 2, at now: Int64 = 0) -> ChildTable {
        var table = table(responders: responders)
        for action in table.due(at: now) {
            if case .fork(let slot, _) = action { table.forked(slot: slot, pid: Int32(100 + slot), at: now) }
        }
        return table
    }

    @Test func `starts every process once`() {
        var table = table()
        #expect(
            table.due(at: 0) == [
                .fork(slot: 0, role: .responder), .fork(slot: 1, role: .responder), .fork(slot: 2, role: .dispatcher),
            ])
        for slot in 0..<3 { table.forked(slot: slot, pid: Int32(100 + slot), at: 0) }
        #expect(table.due(at: 0).isEmpty)
        #expect(table.nextDue(at: 0) == nil)
    }

    @Test func `replaces a child that has served at once`() {
        var table = running()
        _ = table.exited(pid: 101, crashed: true, at: 60_000)
        #expect(table.due(at: 60_000) == [.fork(slot: 1, role: .responder)])
    }

    @Test func `replaces a child that cannot end yet, whose end changes nothing then`() {
        var table = running()
        table.replace(pid: 101, at: 60_000)
        #expect(table.due(at: 60_000) == [.fork(slot: 1, role: .responder)])
        table.forked(slot: 1, pid: 200, at: 60_000)
        #expect(table.pids.contains(101) && table.role(of: 101) == nil)
        _ = table.exited(pid: 101, crashed: false, at: 90_000)
        #expect(table.due(at: 90_000).isEmpty && !table.pids.contains(101) && table.pids.contains(200))
    }

    @Test func `waits longer after each crash at start, at most ten seconds`() {
        var table = running(responders: 1)
        var now: Int64 = 0
        var delays: [Int64] = []
        for _ in 0..<9 {
            _ = table.exited(pid: 100, crashed: true, at: now)
            let delay = table.nextDue(at: now) ?? -1
            delays.append(delay)
            #expect(table.due(at: now + delay - 1).isEmpty)
            now += delay
            #expect(table.due(at: now) == [.fork(slot: 0, role: .responder)])
            table.forked(slot: 0, pid: 100, at: now)
        }
        #expect(delays == [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
    }

    @Test func `a reload forks the new child before it tells the old one to end`() {
        var table = running(responders: 1)
        #expect(
            table.reload(at: 10) == [
                .fork(slot: 0, role: .responder), .send(.terminate, pid: 100),
                .fork(slot: 1, role: .dispatcher), .send(.terminate, pid: 101),
            ])
        table.forked(slot: 0, pid: 200, at: 10)
        table.forked(slot: 1, pid: 201, at: 10)
        #expect(Set(table.pids) == [100, 101, 200, 201])
        _ = table.exited(pid: 100, crashed: false, at: 20)
        #expect(table.due(at: 20).isEmpty, "a retired child is not replaced")
    }

    @Test func `ends when the last child is gone after TERM`() {
        var table = running(responders: 1)
        #expect(table.drain(at: 0) == [.send(.terminate, pid: 100), .send(.terminate, pid: 101)])
        _ = table.exited(pid: 100, crashed: false, at: 5)
        #expect(table.due(at: 5).isEmpty)
        _ = table.exited(pid: 101, crashed: false, at: 6)
        #expect(table.due(at: 6) == [.end])
    }

    @Test func `a second TERM stops, and ten seconds later kills`() {
        var table = running(responders: 1)
        _ = table.drain(at: 0)
        #expect(table.drain(at: 1) == [.send(.interrupt, pid: 100), .send(.interrupt, pid: 101)])
        #expect(table.due(at: 10_000).isEmpty)
        #expect(table.due(at: 10_001) == [.send(.kill, pid: 100), .send(.kill, pid: 101)])
    }

    @Test func `draining does not last for ever`() {
        var table = running(responders: 1)
        _ = table.drain(at: 0)
        #expect(table.nextDue(at: 0) == 30_000)
        #expect(table.due(at: 30_000) == [.send(.interrupt, pid: 100), .send(.interrupt, pid: 101)])
    }

    @Test func `a child that crashes while the service drains is not replaced`() {
        var table = running(responders: 1)
        _ = table.drain(at: 0)
        _ = table.exited(pid: 100, crashed: true, at: 1)
        #expect(table.due(at: 100).isEmpty)
    }

    @Test func `retired children are told to end with the others`() {
        var table = running(responders: 1)
        _ = table.reload(at: 0)
        table.forked(slot: 0, pid: 200, at: 0)
        table.forked(slot: 1, pid: 201, at: 0)
        #expect(
            table.drain(at: 1) == [
                .send(.terminate, pid: 200), .send(.terminate, pid: 201), .send(.terminate, pid: 100),
                .send(.terminate, pid: 101),
            ])
    }

    @Test func `an unknown pid changes nothing`() {
        var table = running()
        #expect(table.exited(pid: 7, crashed: true, at: 0) == nil)
    }
}
