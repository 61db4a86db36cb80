import Posix
import Postgres
import Support
import Testing

@testable import Jobs

/// Jobs that another version of the program has made.
@Suite(.waits) struct OtherVersionTests {
    private let database: TemplateDatabase
    private let queue: Queue

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
    }

    @Test func `a job that a later program is required for stays pending, and others are made`() throws {
        let later = try insert("requires", "6")
        let own = try insert("requires", "1")
        #expect(try queue.claim(worker: 1, tenantLimit: 9)?.job.id == own)
        #expect(try queue.claim(worker: 1, tenantLimit: 9) == nil)
        #expect(try queue.job(tenant: "acme", id: later)?.state == .pending)
        // And that program takes it, in a session of its own.
        try queue.connection.execute("set penstock.job_version = '6'")
        #expect(try queue.claim(worker: 1, tenantLimit: 9)?.job.id == later)
    }

    @Test func `a job that cannot be read when it is claimed goes back, with the attempt not counted`() throws {
        let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        let id = try insert("requires", "1")
        try database.psql(
            """
            update report_export_jobs
            set reexport_of = id, reexport_params = '\(deep)', reexport_zone = 'UTC', reexport_day = '2026-05-07'
            """)
        #expect(try queue.claim(worker: 1, tenantLimit: 9) == nil)
        let row = try database.psql(
            """
            select state, attempts, claim_token is null, run_after > clock_timestamp() from report_export_jobs
            where id = '\(id)'
            """)
        #expect(row == "pending|0|t|t\n")
    }

    @Test func `a state that is not known is left out of lists and passed over by streams`() throws {
        let ids = try (0..<5).map { _ in try insert("requires", "1") }
        try database.psql(
            """
            alter table report_export_jobs drop constraint job_state_known, drop constraint job_completed_when_final,
                drop constraint job_receipt_when_ready;
            update report_export_jobs set state = 'paused' where id in ('\(ids[1])', '\(ids[4])');
            """)
        let page = try queue.jobs(JobFilter(tenant: "acme"), limit: 10, offset: 0)
        #expect(page.jobs.map(\.id) == [ids[3], ids[2], ids[0]] && page.total == Total(5))
        let changes = try queue.changes(tenant: "acme", after: 0, atMost: 5)
        #expect(changes.jobs.map(\.id) == [ids[0], ids[2], ids[3]] && changes.isFull)
        #expect(try queue.changes(tenant: "acme", after: changes.last, atMost: 5).jobs.isEmpty)
        #expect(try queue.changedJob(tenant: "acme", id: ids[1]) == nil)
        #expect(throws: JobsError.self) { try queue.job(tenant: "acme", id: ids[1]) }
    }

    private func insert(_ column: String, _ value: String) throws -> UUID {
        let id = UUID.version7()
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, \(column))
            values ('\(id)', 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''), \(value))
            """)
        return id
    }
}
