import JSON
import Postgres
import SQLText
import Support
import Testing

@testable import Jobs

/// Limits of one tenant that are raised for a time.
@Suite(.waits) struct RaisedLimitTests {
    private let database: TemplateDatabase
    private let queue: Queue

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
            select gen_random_uuid(), tenant, 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256('')
            from unnest(array['acme', 'other']) tenant, generate_series(1, 9)
            """)
    }

    @Test func `a tenant runs as many as it is raised to, after those that run fewer, until its time is over`() throws {
        try raise(RaisedLimits(running: 4), of: "acme")
        #expect(try claimed(20) == ["acme": 4, "other": 2])
        try end(jobs: 3, of: "acme")
        try end(jobs: 1, of: "other")
        #expect(try claimed(2) == ["acme": 1, "other": 1])
        #expect(try claimed(20) == ["acme": 2])
        try database.psql("update penstock_tenant_limits set until = clock_timestamp()")
        try end(jobs: 2, of: "acme")
        #expect(try claimed(20) == [:])
        try end(jobs: 1, of: "acme")
        #expect(try claimed(20) == ["acme": 1])
    }

    @Test func `a limit below the setting takes nothing away`() throws {
        try raise(RaisedLimits(running: 1, queued: 1), of: "acme")
        #expect(try claimed(20) == ["acme": 2, "other": 2])
        #expect(try outcome(limit: 12) == "created")
    }

    @Test func `more wait than usual until the time is over, and the refusal says how many may`() throws {
        #expect(try outcome(limit: 9) == "full at 9")
        try raise(RaisedLimits(queued: 11), of: "acme")
        #expect(try (1...3).map { _ in try outcome(limit: 9) } == ["created", "created", "full at 11"])
        #expect(try queue.clearLimits(of: "acme", who: "ann@host", told: "penstock tenants clear acme"))
        #expect(try !queue.clearLimits(of: "acme", who: "ann@host", told: "penstock tenants clear acme"))
        #expect(try outcome(limit: 9) == "full at 9")
        #expect(
            try database.rows(
                "select tenant_id, subject, via, outcome, user_agent from report_download_audit order by id")
                == [
                    ["acme", "ann@host", "command", "limits_raised", "penstock tenants raise acme"],
                    ["acme", "ann@host", "command", "limits_cleared", "penstock tenants clear acme"],
                ])
    }

    @Test func `the list shows who has work, and whose limits are raised now`() throws {
        try raise(RaisedLimits(running: 5), of: "acme")
        try raise(RaisedLimits(queued: 7), of: "idle")
        _ = try claimed(3)
        let seen = try queue.tenants(limit: 10)
        #expect(seen.map(\.tenant) == ["acme", "other", "idle"])
        #expect(seen.map(\.running).reduce(0, +) == 3 && seen.map(\.pending).reduce(0, +) == 15)
        #expect(seen.map(\.limits) == [RaisedLimits(running: 5), RaisedLimits(), RaisedLimits(queued: 7)])
        try database.psql("update penstock_tenant_limits set until = clock_timestamp()")
        #expect(try queue.tenants(limit: 10).map(\.tenant) == ["acme", "other"])
    }

    private func raise(_ limits: RaisedLimits, of tenant: String) throws {
        _ = try queue.raise(
            limits, of: tenant, seconds: 3600, who: "ann@host", told: "penstock tenants raise \(tenant)")
    }

    private func claimed(_ most: Int) throws -> [String: Int] {
        let claims = try queue.claim(worker: 1, tenantLimit: 2, atMost: most)
        return Dictionary(claims.map { ($0.job.tenant, 1) }, uniquingKeysWith: +)
    }

    private func end(jobs: Int, of tenant: String) throws {
        try database.psql(
            """
            select cancel_job(job.tenant_id, job.id) from (
                select tenant_id, id from report_export_jobs
                where tenant_id = '\(tenant)' and state = 'processing' limit \(jobs)) job
            """)
    }

    private func outcome(limit: Int) throws -> String {
        let new = NewJob(
            tenant: "acme", module: "m", catalog: "c", category: "c", format: "csv", language: "en", requestedBy: "u",
            request: [:], idempotencyKey: nil, requestID: nil, maxAttempts: 3)
        switch try queue.create(new, limits: JobLimits(queued: limit)) {
        case .created: return "created"
        case .queueFull(let limit): return "full at \(limit)"
        default: return "something else"
        }
    }
}
