import API
import Posix
import Support
import Testing

@testable import Jobs
@testable import Service

@Suite struct StreamTableTests {
    private typealias Action = StreamTable.Action

    /// Streams 3, 4 and 5: two of one tenant and one of another, told of all changes so far.
    private static func table(at now: Int64 = 0) -> StreamTable {
        var table = StreamTable(checkSeconds: 30)
        for (descriptor, tenant) in [(3, "acme"), (4, "other"), (5, "acme")] as [(Int32, String)] {
            _ = table.opened(descriptor, EventSubscription(tenant: tenant, after: nil), at: now)
            _ = table.begin(descriptor, after: 0, at: now)
        }
        return table
    }

    /// Whom the actions write an event to, by the event's first line.
    private static func writes(_ actions: [Action]) -> [String] {
        actions.map {
            switch $0 {
            case .write(let text, let to): "\(text.prefix { $0 != "\n" }) → \(to)"
            case .end(let descriptor): "end \(descriptor)"
            }
        }
    }

    @Test func `a change goes to every stream of its tenant and to no other`() throws {
        var table = Self.table()
        let told = table.changed(try Job.sample(change: 7), at: 0)
        #expect(Self.writes(told) == ["id: 7 → [3, 5]"])
        table.dropped(3)
        table.dropped(5)
        let none = table.changed(try Job.sample(change: 8), at: 0)
        #expect(none.isEmpty && !table.hasStreams(of: "acme") && table.tenants == ["other"])
    }

    @Test func `a stream begins after its tenant's last change, and its client learns the number`() {
        var table = StreamTable(checkSeconds: 30)
        _ = table.opened(3, EventSubscription(tenant: "acme", after: nil), at: 0)
        #expect(table.nextBehind() == StreamTable.Behind(descriptor: 3, tenant: "acme", position: nil))
        let begun = Self.writes(table.begin(3, after: 10, at: 0) + table.begin(9, after: 5, at: 0))
        #expect(begun == ["retry: 2000 → [3]"], "no stream comes to be by its position")
        var other = StreamTable(checkSeconds: 30)
        let text = "retry: 2000\nid: 10\n\n"
        _ = other.opened(3, EventSubscription(tenant: "acme", after: nil), at: 0)
        let written = other.begin(3, after: 10, at: 0)
        #expect(written == [.write(text, to: [3])])
        #expect(table.nextBehind() == nil && table.descriptors == [3])
    }

    @Test func `a change that a page had is not told again, and one in between is left to the pages`() throws {
        var table = StreamTable(checkSeconds: 30)
        _ = table.opened(3, EventSubscription(tenant: "acme", after: 10), at: 0)
        var told = Self.writes(table.changed(try Job.sample(change: 14), at: 0))
        for change in [11, 12] { told += Self.writes(table.missed(try Job.sample(change: change), by: 3, at: 0)) }
        #expect(table.nextBehind()?.position == 12)
        told += Self.writes(table.missed(try Job.sample(change: 14), by: 3, at: 0))
        table.passed(3, 14, isLast: false)
        #expect(table.nextBehind()?.position == 14)
        table.passed(3, 14, isLast: true)
        for change in [13, 14, 15] { told += Self.writes(table.changed(try Job.sample(change: change), at: 0)) }
        #expect(told == [11, 12, 14, 15].map { "id: \($0) → [3]" })
    }

    @Test func `one stream a turn is told what it has missed, and an outage leaves all behind`() throws {
        var table = Self.table()
        #expect(table.due(retryAt: 0, at: 5) == 1_005)
        table.reconnected()
        #expect([7, 0].map { table.due(retryAt: $0, at: 5) } == [7, 5])
        var turns: [Int32?] = (0..<5).map { _ in table.nextBehind()?.descriptor }
        for descriptor in [3, 4] as [Int32] { table.passed(descriptor, 0, isLast: true) }
        turns += (0..<2).map { _ in table.nextBehind()?.descriptor }
        table.passed(5, 0, isLast: true)
        #expect(turns == [3, 4, 5, 3, 4, 5, 5] && table.nextBehind() == nil)
    }

    @Test func `a client without room is told nothing until it has some, and then all that it has missed`() throws {
        var table = Self.table()
        var told = Self.writes(table.changed(try Job.sample(change: 1), at: 0))
        table.filled(3, at: 0)
        told += Self.writes(table.changed(try Job.sample(change: 2), at: 0))
        told += Self.writes(table.progressed([try Job.sample(progress: 5)], at: 0))
        told += Self.writes(table.missed(try Job.sample(change: 2), by: 3, at: 0))
        table.passed(3, 9, isLast: true)
        #expect(table.full == [3] && table.nextBehind() == nil)
        table.emptied(3)
        #expect(table.full.isEmpty)
        #expect(table.nextBehind() == StreamTable.Behind(descriptor: 3, tenant: "acme", position: 1))
        told += Self.writes(table.missed(try Job.sample(change: 2), by: 3, at: 0))
        #expect(told == ["id: 1 → [3, 5]", "id: 2 → [5]", "event: progress → [5]", "id: 2 → [3]"])
    }

    @Test func `a client that reads nothing for a minute has gone`() {
        var table = Self.table()
        table.filled(4, at: 1_000)
        let ended = [60_999, 61_000].map { Self.writes(table.beat(at: $0)).filter { $0.hasPrefix("end") } }
        #expect(ended == [[], ["end 4"]])
    }

    @Test func `progress is told when it has changed, once a second, and not before there are rows`() throws {
        var table = Self.table()
        let running = try Job.sample(progress: 5)
        var seen: [[String]] = []
        seen.append(Self.writes(table.progressed([try Job.sample(progress: 0), running], at: 0)))
        seen.append(Self.writes(table.progressed([running], at: 0)))
        table.forgetProgress()
        seen.append(Self.writes(table.progressed([running], at: 0)))
        #expect(seen == [["event: progress → [3, 5]"], [], ["event: progress → [3, 5]"]])
        // One that has come since is told at once how far it is, but not before it is level.
        _ = table.opened(6, EventSubscription(tenant: "acme", after: nil), at: 0)
        let early = Self.writes(table.progressed([running], at: 0))
        _ = table.begin(6, after: 0, at: 0)
        let late = (0..<2).map { _ in Self.writes(table.progressed([running], at: 0)) }
        #expect(early.isEmpty && late == [["event: progress → [6]"], []])
        let due = [0, 999, 1_000].map { table.isProgressDue(at: $0) }
        #expect(due == [true, false, true])
    }

    @Test func `a part that is whole is progress, though no row has been counted meanwhile`() throws {
        var table = Self.table()
        let id = UUID.version4()
        let seen = try [(0, 8), (1, 8), (1, 8)].map {
            table.progressed([try Job.sample(id: id, parts: (ready: $0, total: $1))], at: 0)
        }
        #expect(seen.map(Self.writes) == [["event: progress → [3, 5]"], ["event: progress → [3, 5]"], []])
        guard case .write(let text, _)? = seen[1].first else { throw Unmet("nothing was written") }
        #expect(text.contains(#""parts":{"total":8,"done":1}"#), "\(text)")
    }

    @Test func `a quiet stream gets a sign of life, and one that was written to does not need it`() throws {
        var table = Self.table()
        _ = table.changed(try Job.sample(change: 1), at: 10_000)
        let turns = [14_999, 15_000, 15_001, 25_000].map { Self.writes(table.beat(at: $0)) }
        #expect(turns == [[], [": still here → [4]"], [], [": still here → [3, 5]"]])
    }

    @Test func `a stream ends after an hour, and a clock that jumps ends all of them once`() {
        var table = Self.table()
        _ = table.opened(6, EventSubscription(tenant: "late", after: 3), at: 1_800_000)
        let ended = Self.writes(table.beat(at: 3_600_000))
        #expect(ended.filter { $0.hasPrefix("end") } == ["end 3", "end 4", "end 5"])
        #expect(table.descriptors == [6])
        let jump = Self.writes(table.beat(at: 1 << 50)) + Self.writes(table.beat(at: 1 << 50))
        #expect(jump == ["end 6"] && table.isEmpty)
    }

    @Test func `a stream ends with its token, and with a credential that may not listen any more`() {
        var table = StreamTable(checkSeconds: 30)
        let key = EventSubscription.Holder(name: "abcd1234", isKey: true, tenant: "acme")
        _ = table.opened(3, EventSubscription(tenant: "acme", after: 1, endsIn: 5_000), at: 1_000)
        _ = table.opened(4, EventSubscription(tenant: "acme", after: 1, holder: key), at: 1_000)
        var due = [30_999, 31_000, 31_001].map { table.isCheckDue(at: $0) }
        table.reconnected()
        due += [31_002, 31_003, 61_002].map { table.isCheckDue(at: $0) }
        #expect(due == [false, true, false, true, false, true])
        #expect(table.holders == [4: key])
        let ended = Self.writes(table.beat(at: 6_000) + table.revoked(4) + table.revoked(4))
        #expect(ended == ["end 3", "end 4"] && table.isEmpty)
        table.forgetProgress()
        let isDue = table.isCheckDue(at: 1 << 40)
        #expect(!isDue)
    }

    @Test func `the end of the process ends every stream once`() {
        var table = Self.table()
        let ended = Self.writes(table.endAll() + table.endAll())
        #expect(ended == ["end 3", "end 4", "end 5"])
        #expect(table.due(retryAt: 0, at: 5) == 60_005 && !table.isProgressDue(at: 1 << 40))
    }
}
