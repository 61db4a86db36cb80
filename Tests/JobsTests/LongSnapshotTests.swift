import Postgres
import SQLText
import Support
import Testing

@testable import Jobs

/// A snapshot that stays open keeps every dead version of what the queue changes; nothing reads its way through them.
@Suite(.waits) struct LongSnapshotTests {
    private let database: TemplateDatabase
    private let queue: Queue

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
    }

    @Test func `the hundredth export of a long snapshot reads what the tenth does`() throws {
        let reader = try Queue.connect(database.url, applicationName: "reader")
        try reader.connection.execute("begin isolation level repeatable read; select count(*) from report_export_jobs")
        // Some history, so that the planner knows what the indexes are worth.
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, request_id,
                 state, completed_at)
            select gen_random_uuid(), 'tenant-' || n % 9, 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''), n::text,
                'cancelled', now()
            from generate_series(1, 2000) n;
            analyze
            """)
        // By one session, as a dispatcher is one; what a transaction has read is told in it alone.
        try database.psql(
            """
            create temp table rounds (number serial, entries bigint);
            create function entries() returns bigint language sql as $$
                select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index
                where indrelid::regclass::text like 'report_export%'
            $$;
            create procedure export() language plpgsql as $$
            declare
                before bigint;
                claimed report_export_jobs;
            begin
                before := entries();
                perform create_job(gen_random_uuid(), 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''), null,
                    gen_random_uuid()::text, 100, 3);
                select * into claimed from claim_jobs(1, 4, 1);
                perform finish_job(claimed.id, claimed.claim_token, 'f', 'p', 1, 1, sha256(''), '{}', '1 day');
                insert into rounds (entries) values (entries() - before);
            end $$;
            do $$ begin for n in 1..400 loop call export(); commit; end loop; end $$;
            create table early as select max(entries) as entries from rounds where number between 11 and 30;
            create table late as select min(entries) as entries from rounds where number > 370;
            grant select on early, late to public;
            """)
        // What a round reads of its own is some thirty entries; the turns of the last 50 ms come on top.
        let figures = try #require(try database.rows("select early.entries, late.entries from early, late").first)
        let (early, late) = (Int(figures[0] ?? "") ?? 0, Int(figures[1] ?? "") ?? .max)
        #expect(early > 10 && late < early + 200, "\(early), \(late)")
        try reader.connection.execute("rollback")
    }

    @Test func `a turn that was made before others were looked for, and is committed after, is found`() throws {
        let slow = try Queue.connect(database.url, applicationName: "slow")
        try slow.connection.execute("begin")
        try insert(slow, "slow")
        // Looks follow each other while it is open, and find newer turns.
        let end = try #require(try database.rows("select clock_timestamp() + interval '0.3 s'").first?[0])
        var noted: Set<String> = []
        while try database.rows("select clock_timestamp() < '\(end)'") == [["t"]] {
            try insert(queue, "quick")
            #expect(try queue.claim(worker: 1, tenantLimit: 1000, atMost: 1).map(\.job.tenant) == ["quick"])
            noted.insert(try #require(try setting("penstock.turns_noted")))
        }
        #expect(noted.count <= 2, "a time counts although a transaction is open that was under way then")
        try slow.connection.execute("commit")
        #expect(try queue.claim(worker: 1, tenantLimit: 1000, atMost: 1).map(\.job.tenant) == ["slow"])
        // From then on its findings count.
        #expect(
            try eventually(within: 30) {
                _ = try queue.claim(worker: 1, tenantLimit: 1000, atMost: 1)
                return try setting("penstock.turns_from")?.contains("20") == true
            })
    }

    @Test func `a clock that was set back leaves nothing behind for longer than a minute`() throws {
        try insert(queue, "early")
        // As though a look at a later time had found nothing before it.
        try queue.connection.execute(
            """
            select set_config('penstock.turns_from', array[clock_timestamp() + interval '1 s']::text, false),
                set_config('penstock.turns_noted', array[(clock_timestamp() + interval '1 s')::text, '0',
                    (clock_timestamp() + interval '1 s')::text, '9']::text, false)
            """)
        #expect(try queue.claim(worker: 1, tenantLimit: 9, atMost: 1).map(\.job.tenant) == ["early"])
    }

    private func setting(_ name: String) throws -> String? {
        try queue.connection.query("select current_setting(\(bind: name), true) as value").first?.string("value")
    }

    private func insert(_ queue: Queue, _ tenant: String) throws {
        try queue.connection.query(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
            select gen_random_uuid(), \(bind: tenant), 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256('')
            """)
    }
}
