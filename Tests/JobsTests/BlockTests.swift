import Posix
import Support
import Testing

@testable import Jobs

/// Pages of a tenant's list that are found by the blocks of its jobs.
@Suite(.waits) struct BlockTests {
    private let database: TemplateDatabase
    private let queue: Queue

    /// 400 jobs of one tenant in blocks of 40, of two catalogs, among those of another; some are over, some gone.
    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
        try database.psql(
            """
            do $do$ begin
                execute replace(pg_get_functiondef('count_block'::regproc), '4000', '40');
                for n in 1..400 loop
                    insert into report_export_jobs
                        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
                    select gen_random_uuid(), tenant, 'm', 'c' || n % 7 / 5, 'c', 'csv', 'en', 'u', '{}', sha256('')
                    from unnest(array['acme', 'other']) tenant;
                end loop;
            end $do$;
            update report_export_jobs set state = 'cancelled', completed_at = now() where serial % 9 = 1;
            update report_export_jobs set state = 'failed', error_code = 'c', completed_at = now()
                where serial between 300 and 303;
            delete from report_export_jobs where serial between 100 and 250 or serial % 31 = 0;
            """)
        #expect(
            try #require(Int(try database.psql("select count(distinct first_at) from report_export_blocks").dropLast()))
                > 10)
    }

    @Test(arguments: [nil, "c0", "c1"], [nil, JobState.pending, .cancelled, .failed, .ready])
    func `a page has the jobs that lie there, and the total is exact`(catalog: String?, state: JobState?) throws {
        let filter = JobFilter(tenant: "acme", catalog: catalog, state: state)
        let conditions =
            "tenant_id = 'acme' \(catalog.map { "and catalog = '\($0)'" } ?? "") "
            + (state.map { "and state = '\($0.rawValue)'" } ?? "")
        let all = try database.rows(
            "select id from report_export_jobs where \(conditions) order by requested_at desc, serial desc"
        ).compactMap { $0.first ?? nil }
        for offset in stride(from: 0, through: all.count + 20, by: 17) {
            let (jobs, total) = try queue.jobs(filter, limit: 30, offset: Int64(offset))
            #expect(jobs.map(\.id.description) == Array(all.dropFirst(offset).prefix(30)), "\(offset)")
            #expect(total == Total(Int64(all.count)))
        }
    }
}
