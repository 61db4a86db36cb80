import Glibc
import Jobs
import Posix
import Support
import Testing

@testable import Service

/// What a sweep does about what it finds wrong, at the first look and at the second.
@Suite(.waits) struct SweepRecordTests {
    private let fixture: StorageFixture
    private let jobs: [UUID]

    init() throws {
        fixture = try StorageFixture()
        jobs = try fixture.insert(6)
        for job in jobs { for ending in ["csv", "rows.gz"] { try fixture.write(fixture.path(job, ending)) } }
    }

    private func sweep(_ record: inout Sweep.Record) throws -> Sweep.Outcome {
        try Sweep(fixture.storage, fixture.identity, fixture.queue, .none).run(
            olderThan: Clock.wallMicroseconds - 3_600_000_000, &record)
    }

    private func keptRows() throws -> Int {
        try fixture.queue.keptRows(after: nil).count
    }

    @Test func `kept rows are gone when two sweeps in a row miss them, and never many at once`() throws {
        var record = Sweep.Record(mostPercent: 3)
        let away = jobs.map { fixture.path($0, "rows.gz") }
        for path in away { rename(path, path + ".away") }
        for _ in 0..<3 { #expect(try sweep(&record).unbelieved == 6) }
        #expect(try keptRows() == 6)
        for path in away[1...] { rename(path + ".away", path) }
        #expect(try sweep(&record).rowsLost == 1, "the one that was missed all the time")
        #expect(try keptRows() == 5)

        unlink(away[1])
        #expect(try sweep(&record).rowsLost == 0)
        try fixture.write(away[1])
        #expect(try sweep(&record).rowsLost == 0)
        #expect(try keptRows() == 5)
    }

    @Test func `a file that no row knows goes when two sweeps in a row find it so, and never many at once`() throws {
        var record = Sweep.Record(mostPercent: 3)
        let unknown = (0..<6).map { _ in fixture.path(.version7(), "csv") }
        try fixture.write(unknown[0])
        #expect(try sweep(&record).orphans == 0)
        #expect(try sweep(&record).orphans == 1)
        #expect(fixture.count(unknown) == 0)

        // As when the database was set back to before these were made.
        for path in unknown { try fixture.write(path) }
        for _ in 0..<3 { #expect(try sweep(&record).unknown == 6) }
        #expect(fixture.count(unknown) == 6)
        var every = Sweep.Record(mostPercent: 100)
        for _ in 0..<2 { _ = try sweep(&every) }
        #expect(fixture.count(unknown) == 0)
        #expect(fixture.count(jobs.flatMap { [fixture.path($0, "csv"), fixture.path($0, "rows.gz")] }) == 12)
    }

    @Test func `files that ended attempts have left go however many they are, at the second look`() throws {
        var record = Sweep.Record(mostPercent: 3)
        // The rows are ready with other files: kills and outages have ended these attempts.
        let left = jobs.map { fixture.path($0, "csv.part") }
        for path in left { try fixture.write(path) }
        #expect(try sweep(&record).orphans == 0)
        let second = try sweep(&record)
        #expect(second.orphans == left.count && second.unknown == nil)
        #expect(fixture.count(left) == 0)
        #expect(fixture.count(jobs.flatMap { [fixture.path($0, "csv"), fixture.path($0, "rows.gz")] }) == 12)
    }
}
