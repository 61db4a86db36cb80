import JSON
import Posix
import Postgres
import SQLText
import Support
import Testing
import Time

@testable import Jobs

/// The transitions of a job by the functions of `sql/functions`, and how its row is read.
@Suite(.waits) struct JobLifeTests {
    private let database: TemplateDatabase
    private let queue: Queue
    private static let tenant = "acme-logistics"

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
    }

    @Test func `a job that is claimed and finished is ready, with the receipt that was given`() throws {
        let id = try insert()
        let waiting = try #require(try queue.job(tenant: Self.tenant, id: id))
        #expect(waiting.state == .pending && waiting.attempts == 0 && waiting.file == nil && waiting.startedAt == nil)
        #expect(waiting.request == ["module": "m"] && waiting.progress == Job.Progress(total: nil, done: 0))

        let claim = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        #expect(claim.job.id == id && claim.job.state == .processing && claim.job.epoch == 1 && claim.job.attempts == 1)
        #expect(try queue.claim(worker: 1, tenantLimit: 1) == nil)
        let stale = Claim(job: claim.job, token: UUID.version7().description)
        #expect(try !queue.finish(stale, Self.file, keepSeconds: 60))
        #expect(try queue.finish(claim, Self.file, keepSeconds: 60))

        let ready = try #require(try queue.job(tenant: Self.tenant, id: id))
        #expect(ready.state == .ready && ready.completedAt != nil && ready.expiresAt != nil)
        #expect(ready.file?.name == "a.csv" && ready.file?.size == 12 && ready.file?.rows == 3)
        #expect(ready.file?.sha256 == Self.file.sha256 && ready.file?.receipt == ["rows": 3])
        #expect(ready.keptRows == nil && !ready.fileDeleted)
        #expect(try queue.job(tenant: "nordlys-frakt", id: id) == nil)
        #expect(try queue.cancel(tenant: Self.tenant, id: id) == nil, "a job that has ended")
    }

    @Test func `a failed attempt is counted and says why, and after the last the job has failed`() throws {
        let id = try insert(attempts: 2)
        let error = AttemptError(code: "worker_crashed", summary: "The worker died", sqlState: "57P01", detail: "FATAL")
        let first = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        #expect(try queue.retry(first, afterMilliseconds: 0, error) == .pending)
        let between = try #require(try queue.job(tenant: Self.tenant, id: id))
        #expect(between.state == .pending && between.attempts == 1 && between.attemptError == error)
        #expect(between.errorCode == nil && between.startedAt == nil)

        let second = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        #expect(second.job.epoch == 2 && second.token != first.token)
        #expect(try queue.retry(first, afterMilliseconds: 0, error) == nil, "the claim is another's")
        #expect(try queue.retry(second, afterMilliseconds: 0, error) == .failed)
        let failed = try #require(try queue.job(tenant: Self.tenant, id: id))
        #expect(failed.state == .failed && failed.errorCode == "worker_crashed")
        #expect(failed.errorSummary == "The worker died (attempt 2 of 2)")
    }

    @Test func `an attempt that waits or is released is not counted`() throws {
        let id = try insert()
        let error = AttemptError(code: "source_unavailable", summary: "The source is away")
        let first = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        #expect(try queue.wait(first, afterMilliseconds: 3_600_000, interrupted: false, error))
        #expect(try queue.claim(worker: 1, tenantLimit: 1) == nil, "it waits for an hour")
        let waiting = try #require(try queue.job(tenant: Self.tenant, id: id))
        #expect(waiting.attempts == 0 && waiting.waits == 1 && waiting.interruptions == 0)

        #expect(try queue.resumeWaiting() == 1)
        let second = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        #expect(try queue.release(second))
        #expect(try queue.job(tenant: Self.tenant, id: id)?.attempts == 0)

        let third = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        #expect(try queue.releaseUnknown(worker: 1, known: [third.token]).isEmpty)
        #expect(try queue.releaseUnknown(worker: 1, known: []) == [id])
    }

    @Test func `jobs for which there is no room say so, and may run as soon as there is some`() throws {
        let (first, later) = (try insert(), try insert())
        try database.psql("update report_export_jobs set run_after = now() + interval '1 hour' where id = '\(later)'")
        for _ in 0..<2 { try queue.holdJobs(seconds: 3_600, code: "storage_full", summary: "There is no room") }
        #expect(try queue.claim(worker: 1, tenantLimit: 1) == nil)
        let held = try #require(try queue.job(tenant: Self.tenant, id: first))
        #expect(held.attemptError == AttemptError(code: "storage_full", summary: "There is no room"))
        #expect(held.attempts == 0 && held.epoch == 0 && held.waits == 1)
        #expect(try queue.job(tenant: Self.tenant, id: later)?.attemptError == nil, "it is not due")

        #expect(try queue.resumeWaiting() == 1)
        #expect(try queue.claim(worker: 1, tenantLimit: 1)?.job.id == first)
    }

    @Test func `an open job can be cancelled once, and its claim is worth nothing then`() throws {
        let id = try insert()
        let claim = try #require(try queue.claim(worker: 1, tenantLimit: 1))
        let cancelled = try #require(try queue.cancel(tenant: Self.tenant, id: id))
        #expect(cancelled.state == .cancelled && cancelled.completedAt != nil)
        #expect(try queue.cancel(tenant: Self.tenant, id: id) == nil)
        #expect(try !queue.finish(claim, Self.file, keepSeconds: 60))
    }

    @Test func `a ready job expires when its time is over, and fails when its file is lost`() throws {
        let (old, lost) = (try insert(), try insert())
        for seconds in [0, 3_600] {
            let claim = try #require(try queue.claim(worker: 1, tenantLimit: 1))
            #expect(try queue.finish(claim, Self.file, keepSeconds: seconds))
        }
        #expect(try queue.expire() == [old])
        #expect(try queue.deletableFiles(graceSeconds: 0).map(\.job) == [old])
        let ready = try #require(try queue.job(tenant: Self.tenant, id: lost))
        #expect(try queue.recordLoss(lost, code: "file_lost", summary: "The file is gone"))
        #expect(try !queue.recordLoss(old, code: "file_lost", summary: "The file is gone"))
        let failed = try #require(try queue.job(tenant: Self.tenant, id: lost))
        #expect(failed.state == .failed && failed.file == nil && failed.errorCode == "file_lost")

        #expect(try queue.lostFiles(after: nil).map(\.job) == [lost])
        #expect(try queue.storedFiles([lost])[lost]?.lostPath == Self.file.storedPath)
        #expect(try !queue.recordReturn(old))
        #expect(try queue.recordReturn(lost))
        #expect(try !queue.recordReturn(lost))
        let restored = try #require(try queue.job(tenant: Self.tenant, id: lost))
        #expect(
            restored.state == .ready && restored.file?.sha256 == ready.file?.sha256
                && restored.file?.receipt == ready.file?.receipt && restored.completedAt == ready.completedAt)
        #expect(restored.errorCode == nil)
        #expect(try queue.lostFiles(after: nil).isEmpty)
        #expect(try queue.readyFiles(after: nil).map(\.job) == [lost])
    }

    private static let file = FinishedFile(
        name: "a.csv", storedPath: "files/e4/a", size: 12, rows: 3,
        sha256: String(repeating: "ab", count: 32), receipt: ["rows": 3])

    /// A job that is due, older than those that are inserted after it.
    @Test func `a list of keys counts among what a tenant stores while its job holds it, and once`() throws {
        let limits = JobLimits(queued: 10, stored: 1000)
        func create(bytes: Int?) throws -> Queue.Creation {
            var new = NewJob(
                tenant: Self.tenant, module: "m", catalog: "c", category: "c", format: "csv", language: "en",
                requestedBy: "u", request: ["module": "m"], idempotencyKey: nil, requestID: nil, maxAttempts: 3)
            new.filter = Job.Filter(name: "keys.txt", keys: 1, sha256: String(repeating: "ab", count: 32))
            new.filterBytes = bytes
            return try queue.create(new, limits: limits)
        }
        let first = try #require(try create(bytes: 600).job)
        guard case .storageFull = try create(bytes: 600) else { throw Unmet("there was room for a second list") }
        // By its digest the list is the same file.
        #expect(try create(bytes: nil).job != nil)
        #expect(try queue.cancel(tenant: Self.tenant, id: first.id) != nil)
        #expect(try create(bytes: 600).job != nil)
    }

    @Test func `an error of the queue has no values of rows`() throws {
        let statement = "insert into penstock_schema (version, name) values (1, 'a')"
        let error = #expect(throws: PostgresError.self) { try queue.connection.execute(statement) }
        let text = try #require(error).debugDescription
        #expect(text.contains("penstock_schema_pkey") && !text.contains("Key (version)=(1)"), "\(text)")
    }

    @Test func `a cancel that is sent again gets the first answer, and no other request does`() throws {
        let id = try insert()
        let first = try #require(try queue.cancel(tenant: Self.tenant, id: id, request: "a"))
        let again = try #require(try queue.cancel(tenant: Self.tenant, id: id, request: "a"))
        #expect(first.state == .cancelled && again.completedAt == first.completedAt)
        #expect(again.changeNumber == first.changeNumber)
        #expect(try queue.cancel(tenant: Self.tenant, id: id, request: "b") == nil)
        #expect(try queue.cancel(tenant: Self.tenant, id: id) == nil)
        #expect(try queue.cancel(tenant: "nordlys-frakt", id: id, request: "a") == nil)
    }

    @Test func `a list has no requests, and what it shows is that of the job`() throws {
        let id = try insert()
        let listed = try queue.jobs(JobFilter(tenant: Self.tenant), limit: 10, offset: 0)
        let alone = try #require(try queue.job(tenant: Self.tenant, id: id))
        let one = try #require(listed.jobs.first { $0.id == id })
        #expect(listed.total == Total(1) && one.request == .null && alone.request == ["module": "m"])
        #expect(one.requestedAt == alone.requestedAt && one.changeNumber == alone.changeNumber)
        // Every column that a job is read from, but the request, which lists leave out.
        let columns = try database.rows(
            "select column_name from information_schema.columns where table_name = 'report_export_jobs'"
        ).compactMap { $0[0] }
        let unread = [
            "request", "request_hash", "request_id", "idempotency_key", "claim_token", "worker_id", "dedupe_hash",
            "schedule_due_at", "ended_by_request", "filter_bytes", "losses", "requires",
        ]
        #expect(Set(columns).subtracting(unread) == Job.listedColumns.columnNames)
    }

    private func insert(attempts: Int = 3) throws -> UUID {
        let id = UUID.version7()
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, max_attempts)
            values ('\(id)', '\(Self.tenant)', 'm', 'c', 'c', 'csv', 'en', 'u', '{"module": "m"}', sha256(''), \(attempts))
            """)
        return id
    }
}

extension SQL {
    fileprivate var columnNames: Set<String> {
        Set(parameterized.text.split { !($0.isLetter || $0 == "_" || $0.isNumber) }.map(String.init))
    }
}
