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
                execute replace(pg_get_functiondef('count_values'::regproc), '2000', '20');
                for n in 1..400 loop
                    insert into report_export_jobs
                        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
                    select gen_random_uuid(), tenant, 'm', 'c' || n % 7 / 5, 'c', case n % 11 when 3 then 'xlsx' else 'csv' end,
                        'en', 'u' || n % 3, '{}', sha256('')
                    from unnest(array['acme', 'other']) tenant;
                end loop;
            end $do$;
            update report_export_jobs set state = 'cancelled', completed_at = now() where serial % 9 = 1;
            update report_export_jobs set state = 'failed', error_code = 'c', completed_at = now()
                where serial between 300 and 303;
            update report_export_jobs set removed_at = now() where serial % 18 = 1 or serial in (301, 303);
            delete from report_export_jobs where serial between 100 and 250 or serial % 31 = 0;
            """)
        #expect(
            try #require(Int(try database.psql("select count(distinct first_at) from report_export_blocks").dropLast()))
                > 10)
    }

    @Test(arguments: [nil, "c0", "c1"], [nil, JobState.pending, .cancelled, .failed, .ready])
    func `a page has the jobs that lie there, and the total is exact`(catalog: String?, state: JobState?) throws {
        for isRemoved in [nil, false, true] {
            let filter = JobFilter(tenant: "acme", catalog: catalog, state: state, isRemoved: isRemoved)
            let conditions =
                "tenant_id = 'acme' \(catalog.map { "and catalog = '\($0)'" } ?? "") "
                + (state.map { "and state = '\($0.rawValue)'" } ?? "")
                + (isRemoved.map { " and removed_at is \($0 ? "not " : "")null" } ?? "")
            try compare(filter, conditions)
        }
    }

    private func compare(_ filter: JobFilter, _ conditions: String) throws {
        let all = try database.rows(
            "select id from report_export_jobs where \(conditions) order by requested_at desc, serial desc"
        ).compactMap { $0.first ?? nil }
        for offset in stride(from: 0, through: all.count + 20, by: filter.isRemoved == nil ? 17 : 51) {
            let (jobs, total) = try queue.jobs(filter, limit: 30, offset: Int64(offset))
            #expect(jobs.map(\.id.description) == Array(all.dropFirst(offset).prefix(30)), "\(offset)")
            #expect(total == Total(Int64(all.count)))
        }
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("u1", nil, nil), (nil, "csv", nil), (nil, "xlsx", nil), (nil, nil, [.cancelled]),
            ("none", nil, nil),
            ("u1", "csv", nil), ("u2", nil, [.pending]), (nil, "csv", [.pending, .failed]),
        ] as [(String?, String?, [JobState]?)])
    func `a page of records has the jobs that lie there, in any stretch of time`(
        requester: String?, format: String?, states: [JobState]?
    ) throws {
        let conditions =
            "tenant_id = 'acme'" + (requester.map { " and requested_by = '\($0)'" } ?? "")
            + (format.map { " and format = '\($0)'" } ?? "")
            + (states.map { " and state = any ('{\($0.map(\.rawValue).joined(separator: ","))}')" } ?? "")
        // Where a block begins, and where none does.
        let times = try database.rows(
            """
            (select to_json(first_at) #>> '{}' from report_export_blocks where first_at > '-infinity' limit 1)
            union all select to_json(requested_at) #>> '{}' from report_export_jobs where serial in (81, 555)
            """
        ).map { $0[0] }
        for from in times + [nil] {
            for before in times + [nil] {
                let all = try database.rows(
                    """
                    select id from report_export_jobs where \(conditions)
                        and requested_at >= '\(from ?? "-infinity")' and requested_at < '\(before ?? "infinity")'
                    order by requested_at desc, serial desc
                    """
                ).compactMap { $0.first ?? nil }
                let filter = RecordFilter(
                    tenant: "acme", requester: requester, states: states, format: format, createdFrom: from,
                    createdBefore: before)
                for offset in [0, 30, max(0, all.count - 7), all.count + 1] {
                    let (jobs, total) = try queue.records(filter, limit: 30, offset: offset, exactUpTo: 1000)
                    #expect(jobs.map(\.id.description) == Array(all.dropFirst(offset).prefix(30)), "\(offset)")
                    #expect(total == Total(Int64(all.count)))
                }
            }
        }
    }

    /// Each is counted where it lies, after some have gone too.
    @Test func `what is counted of requesters and formats is what there is`() throws {
        let drift = """
            select c.* from (
                select tenant_id, field, value, sum(jobs) as jobs from report_export_counts group by 1, 2, 3) c
            full join (
                select tenant_id, field, case field when 'format' then format else requested_by end as value, count(*) as jobs
                from report_export_jobs, unnest(array['format', 'requester']) field group by 1, 2, 3) j
                using (tenant_id, field, value)
            where c.jobs is distinct from j.jobs
            """
        #expect(try database.rows(drift) == [])
        try database.psql("delete from report_export_jobs where serial % 2 = 0")
        #expect(try database.rows(drift) == [])
        try database.psql("delete from report_export_jobs")
        #expect(try database.rows("select * from report_export_counts") == [])
    }
}
