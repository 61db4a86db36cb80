import Glibc
import Jobs
import Posix
import Support
import Testing

@testable import Service

/// Files that give back other bytes than were written.
@Suite(.waits) struct ScrubTests {
    private let fixture: StorageFixture
    private let jobs: [UUID]

    init() throws {
        fixture = try StorageFixture()
        jobs = try fixture.insert(6).sorted { $0.description < $1.description }
        for job in jobs { try fixture.write(path(job)) }
    }

    private func path(_ job: UUID) -> String { fixture.path(job, "csv") }

    private func scrub(bytesPerSecond: Int = 1 << 20) -> Scrub {
        Scrub(fixture.storage, .none, bytesPerSecond: bytesPerSecond, mostPercent: 3)
    }

    private func states() throws -> [String] {
        try fixture.database.rows("select state || coalesce(error_code, '') from report_export_jobs order by id")
            .compactMap { $0[0] }
    }

    /// Reads all that there is, until the pass is over.
    private func pass(_ scrub: Scrub) throws {
        repeat {
            try scrub.round(fixture.identity, fixture.queue, pauseSeconds: 0)
            while scrub.isDue { scrub.step() }
        } while try fixture.database.rows("select ended_at > '-infinity' from penstock_scrub") != [["t"]]
    }

    @Test func `one changed byte fails its export, and only the right bytes make it ready again`() throws {
        try fixture.write(path(jobs[2]), 0x79)
        try pass(scrub())
        #expect(try states() == (0..<6).map { $0 == 2 ? "failedfile_damaged" : "ready" })

        var record = Sweep.Record(mostPercent: 100)
        func returned() throws -> Int {
            try Sweep(fixture.storage, fixture.identity, fixture.queue, .none).run(
                olderThan: Clock.wallMicroseconds - 3_600_000_000, &record
            ).returned
        }
        #expect(try returned() == 0 && returned() == 0)
        #expect(access(path(jobs[2]), F_OK) == 0, "the file was swept away")
        // Another file of the same size.
        unlink(path(jobs[2]))
        try fixture.write(path(jobs[2]), 0x7A)
        #expect(try returned() == 0)
        try fixture.write(path(jobs[2]))
        #expect(try returned() == 1)
        #expect(try states() == Array(repeating: "ready", count: 6))
    }

    @Test func `goes on where it stopped, in another process too, one host at a time`() throws {
        let first = scrub(bytesPerSecond: 1)
        try first.round(fixture.identity, fixture.queue)
        first.step()
        first.step()
        try first.round(fixture.identity, fixture.queue)
        let place = try fixture.database.rows("select position from penstock_scrub")[0][0]
        #expect(place.flatMap { UUID($0) }.map { jobs[..<5].contains($0) } == true, "\(place ?? "none")")

        let second = scrub()
        try second.round(fixture.identity, fixture.queue)
        #expect(!second.isDue, "two hosts read at once")
        try fixture.database.psql("update penstock_scrub set held_until = now()")
        try second.round(fixture.identity, fixture.queue)
        // Had it begun again, this one's wrong byte would be found.
        try fixture.write(path(jobs[0]), 0x79)
        while second.isDue { second.step() }
        try second.round(fixture.identity, fixture.queue)
        #expect(try states() == Array(repeating: "ready", count: 6))
        #expect(try fixture.database.rows("select position is null from penstock_scrub") == [["t"]])
        try second.round(fixture.identity, fixture.queue)
        #expect(!second.isDue, "a pass begins at once after another")
    }

    @Test func `many wrong files at once are told, and fail no export`() throws {
        for job in jobs { try fixture.write(path(job), 0x79) }
        try pass(scrub())
        #expect(try states() == Array(repeating: "ready", count: 6))
    }
}
