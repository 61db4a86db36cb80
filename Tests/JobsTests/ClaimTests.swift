import Posix
import Postgres
import SQLText
import Support
import Testing

@testable import Jobs

extension Queue {
    /// One due job.
    func claim(worker: Int64, tenantLimit: Int) throws -> Claim? {
        try claim(worker: worker, tenantLimit: tenantLimit, atMost: 1).first
    }
}

/// Which jobs a claim takes, and what the tenants' rows say of them.
@Suite(.waits) struct ClaimTests {
    private let database: TemplateDatabase
    private let queue: Queue

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
    }

    @Test func `a claim of several jobs takes of each tenant one before it takes a second of any`() throws {
        try insert(["acme": 5, "other": 1, "third": 2])
        #expect(try claimed(6) == ["acme": 3, "other": 1, "third": 2])
        #expect(try claimed(6) == ["acme": 2])
        #expect(try claimed(6) == [:] && drift() == [])
    }

    @Test func `a tenant has no more running than it may, and another is served beside it`() throws {
        try insert(["acme": 5, "other": 3])
        #expect(try claimed(9, tenantLimit: 2) == ["acme": 2, "other": 2])
        #expect(try claimed(9, tenantLimit: 2) == [:])
        try database.psql(
            """
            update report_export_jobs
            set state = 'cancelled', claim_token = null, worker_id = null, completed_at = now()
            where id = (
                select id from report_export_jobs where state = 'processing' and tenant_id = 'acme' limit 1)
            """
        )
        #expect(try claimed(9, tenantLimit: 2) == ["acme": 1] && drift() == [])
    }

    @Test func `a long queue delays another tenant's job by no more than the job that is running`() throws {
        try insert(["acme": 30, "other": 30])
        try database.psql("update report_export_jobs set run_after = run_after - interval '1 hour'")
        for _ in 0..<5 {
            let running = try #require(try queue.claim(worker: 1, tenantLimit: 9))
            try insert(["small": 1])
            #expect(try queue.fail(running, AttemptError(code: "c", summary: "s")))
            var begun = 0
            while let next = try queue.claim(worker: 1, tenantLimit: 9), next.job.tenant != "small" {
                begun += 1
                #expect(try queue.fail(next, AttemptError(code: "c", summary: "s")))
            }
            // The other tenant with none running has waited for longer; the one whose job has ended comes after it.
            #expect(begun <= 1)
            try database.psql("delete from report_export_jobs where tenant_id = 'small'")
        }
        #expect(try drift() == [])
    }

    @Test func `a tenant that another session changes is passed over, and waited for when nobody else has work`() throws
    {
        try insert(["acme": 3, "other": 1])
        let rival = try Queue.connect(database.url, applicationName: "tests")
        try rival.connection.execute("set lock_timeout = '100ms'")
        try queue.connection.transaction {
            #expect(try claimed(1) == ["acme": 1])
            let others = try rival.claim(worker: 2, tenantLimit: 9, atMost: 3)
            #expect(others.map(\.job.tenant) == ["other"])
            let error = #expect(throws: PostgresError.self) { try rival.claim(worker: 2, tenantLimit: 9, atMost: 3) }
            #expect(error?.sqlState == "55P03")
        }
        #expect(try rival.claim(worker: 2, tenantLimit: 9, atMost: 3).map(\.job.tenant) == ["acme", "acme"])
        #expect(try drift() == [])
    }

    @Test func `a tenant whose jobs are delayed is passed over until one is due`() throws {
        try insert(["acme": 2])
        #expect(try queue.connection.query("select hold_jobs('1 hour', 'c', 's') as n").first?.integer("n") == 2)
        #expect(try claimed(2) == [:] && drift() == [])
        try insert(["acme": 1])
        #expect(try claimed(2) == ["acme": 1] && drift() == [])
        #expect(try queue.resumeWaiting() == 2)
        #expect(try claimed(3) == ["acme": 2] && drift() == [])
    }

    /// Programs of the last release know of one claim at a time, and none of them of `tell_claims`.
    @Test func `a claim is told of once, by the last release's function too`() throws {
        try insert(["acme": 2])
        try queue.listen()
        let claims = try queue.claim(worker: 1, tenantLimit: 9, atMost: 1)
        #expect(try queue.connection.notifications().isEmpty)
        try queue.tell(claims)
        _ = try queue.connection.query("select id from claim_job(1, 9)")
        let told = try queue.connection.notifications().map(\.payload)
        #expect(told.count == 2 && told.allSatisfy { $0.contains("\"state\" : \"processing\"") }, "\(told)")
        #expect(told.first?.contains(claims.first?.job.id.description ?? "-") == true)
    }

    private func claimed(_ most: Int, tenantLimit: Int = 9) throws -> [String: Int] {
        let claims = try queue.claim(worker: 1, tenantLimit: tenantLimit, atMost: most)
        return Dictionary(claims.map { ($0.job.tenant, 1) }, uniquingKeysWith: +)
    }

    private func insert(_ jobs: [String: Int]) throws {
        for (tenant, count) in jobs.sorted(by: { $0.key < $1.key }) {
            try database.psql(
                """
                insert into report_export_jobs
                    (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
                select gen_random_uuid(), '\(tenant)', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256('')
                from generate_series(1, \(count))
                """)
        }
    }

    private func drift() throws -> [[String?]] { try database.rows(QueueRules.drift) }
}

/// What must hold of the queue at every moment.
enum QueueRules {
    /// The tenants whose row says something else than their jobs do.
    static let drift = """
        select coalesce(t.tenant_id, j.tenant_id), t::text, j::text
        from report_export_tenants t full join (
            select tenant_id, count(*) filter (where state = 'pending') as pending,
                count(*) filter (where state = 'processing') as running, count(*) filter (where is_open(state)) as open,
                coalesce(min(run_after) filter (where state = 'pending'), 'infinity') as head_at
            from report_export_jobs where completed_at is null group by tenant_id) j using (tenant_id)
        where (coalesce(t.pending, 0), coalesce(t.running, 0), coalesce(t.open, 0), coalesce(t.head_at, 'infinity'))
            is distinct from (coalesce(j.pending, 0), coalesce(j.running, 0), coalesce(j.open, 0),
                coalesce(j.head_at, 'infinity'))
            or (t.pending > 0 and t.turn_at = 'infinity')
        """
}
