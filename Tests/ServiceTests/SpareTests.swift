import JSON
import Jobs
import Posix
import Testing

@testable import Jobs
@testable import Postgres
@testable import Service

/// When a child is forked ahead of its job, and when it ends without one.
@Suite struct `A spare child` {
    private static func machine(spareSeconds: Int = 30, exportAt now: Int64 = 10_000) throws -> DispatcherMachine {
        var machine = DispatcherMachine(slots: 2, stallSeconds: 30, spareSeconds: spareSeconds)
        machine.forked(try .sample(), slot: machine.takeSlot(), pid: 100, at: now)
        return machine
    }

    @Test func `comes with an export, and not before`() throws {
        #expect(!DispatcherMachine(slots: 2, stallSeconds: 30, spareSeconds: 30).wantsSpare(at: 10_000))
        #expect(try Self.machine().wantsSpare(at: 10_000))
        #expect(try !Self.machine(spareSeconds: 0).wantsSpare(at: 10_000))
        #expect(try !Self.machine().wantsSpare(at: 40_000))
    }

    @Test func `is one at a time, and ends when no export comes`() throws {
        var machine = try Self.machine()
        machine.spareForked(pid: 7)
        #expect(!machine.wantsSpare(at: 10_000) && !machine.endsSpare(at: 39_999) && machine.endsSpare(at: 40_000))
        #expect(machine.due(retryAt: 90_000, hasQueue: true) <= 40_000)
        machine.spareLeft()
        #expect(!machine.endsSpare(at: 40_000))
    }

    @Test func `that has ended by itself is followed by another one after the next export alone`() throws {
        var machine = try Self.machine()
        machine.spareForked(pid: 7)
        machine.spareFailed()
        #expect(!machine.wantsSpare(at: 10_001))
        machine.forked(try .sample(), slot: machine.takeSlot(), pid: 101, at: 10_002)
        #expect(machine.wantsSpare(at: 10_003))
    }

    @Test(arguments: [ServiceLoop.Phase.draining, .stopping])
    func `ends with the service's work`(phase: ServiceLoop.Phase) throws {
        var machine = try Self.machine()
        machine.spareForked(pid: 7)
        _ = machine.entered(phase)
        #expect(machine.endsSpare(at: 10_000))
        machine.spareLeft()
        #expect(!machine.wantsSpare(at: 10_000))
    }

    @Test func `reads the claim as it was`() throws {
        let request = #"{"columns": ["a\tb", "\u00e9\\", "'"]}"#
        let time = "2026-05-07 08:00:00.25+00"
        let values = [
            ("id", UUID.version4().description), ("state", "processing"), ("tenant_id", "Ærø \"1\"\n"), ("module", "m"),
            ("catalog", "c"), ("category", "c"), ("format", "csv"), ("language", "en"), ("requested_by", ""),
            ("request", request), ("epoch", "3"), ("attempts", "2"), ("max_attempts", "5"), ("run_after", time),
            ("requested_at", time), ("changed_at", time),
        ]
        let row = try #require(Rows.row(of: values.map { (name: $0.0, text: $0.1) }))
        let claim = Claim(job: try Job(row), token: "t", values: row.values)
        let read = try #require(Claim(try JSON.parse(claim.json.serialized, limits: .stored)))
        #expect(read.token == "t" && read.values.map(\.text) == values.map(\.1))
        #expect(read.job.id == claim.job.id && read.job.tenant == "Ærø \"1\"\n" && read.job.requestedBy.isEmpty)
        #expect(read.job.request == claim.job.request && read.job.request != .null && read.job.epoch == 3)
        #expect(read.job.startedAt == nil && read.job.requestedAt == claim.job.requestedAt)
        #expect(Claim(["token": "t", "row": ["id"]]) == nil && Claim(["token": "t", "row": []]) == nil)
    }
}
