import Testing

@testable import Jobs
@testable import Service

@Suite struct StreamTableTests {
    private typealias Action = StreamTable.Action

    /// Streams 3, 4 and 5: two of one tenant and one of another.
    private static func table(at now: Int64 = 0) -> StreamTable {
        var table = StreamTable()
        for (descriptor, tenant) in [(3, "acme"), (4, "other"), (5, "acme")] as [(Int32, String)] {
            _ = table.opened(descriptor, tenant: tenant, position: 0, at: now)
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

    @Test func `what a stream has missed goes to it alone, and an outage goes on from what it saw last`() throws {
        var table = Self.table()
        #expect(table.positions.isEmpty, "before a stream has begun there is nothing that it could have missed")
        table.begin(3, after: 10)
        table.begin(3, after: 4)
        let told = table.changed(try Job.sample(change: 12), only: 3, at: 0)
        #expect(Self.writes(told) == ["id: 12 → [3]"])
        #expect(table.positions.map(\.position) == [12] && table.positions.map(\.descriptor) == [3])
        table.begin(9, after: 5)
        #expect(table.positions.count == 1, "no stream comes to be by its position")
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
        let due = [0, 999, 1_000].map { table.isProgressDue(at: $0) }
        #expect(due == [true, false, true])
    }

    @Test func `a quiet stream gets a sign of life, and one that was written to does not need it`() throws {
        var table = Self.table()
        _ = table.changed(try Job.sample(change: 1), at: 10_000)
        let turns = [14_999, 15_000, 15_001, 25_000].map { Self.writes(table.beat(at: $0)) }
        #expect(turns == [[], [": still here → [4]"], [], [": still here → [3, 5]"]])
    }

    @Test func `a stream ends after an hour, and a clock that jumps ends all of them once`() {
        var table = Self.table()
        _ = table.opened(6, tenant: "late", position: 3, at: 1_800_000)
        let ended = Self.writes(table.beat(at: 3_600_000))
        #expect(ended.filter { $0.hasPrefix("end") } == ["end 3", "end 4", "end 5"])
        #expect(table.descriptors == [6])
        let jump = Self.writes(table.beat(at: 1 << 50)) + Self.writes(table.beat(at: 1 << 50))
        #expect(jump == ["end 6"] && table.isEmpty)
    }

    @Test func `the end of the process ends every stream once`() {
        var table = Self.table()
        let ended = Self.writes(table.endAll() + table.endAll())
        #expect(ended == ["end 3", "end 4", "end 5"])
        #expect(table.due(at: 5) == 60_005 && !table.isProgressDue(at: 1 << 40))
    }
}
