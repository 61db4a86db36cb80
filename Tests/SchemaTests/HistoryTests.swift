import Support
import Testing

/// Jobs that ended long ago are forgotten, unless something still needs them.
@Suite(.waits) struct HistoryTests {
    private let database: TemplateDatabase

    /// Jobs of forty days ago, by number, each ended in its own way.
    init() throws {
        database = try TemplateDatabase(.jobs)
        try database.psql(
            """
            create table made (number integer, id uuid);
            insert into made select n, (lpad(to_hex(floor(extract(epoch from now() - interval '40 days') * 1000)::bigint + n),
                12, '0') || '70008000000000000000')::uuid from generate_series(1, 9) n;
            select create_job(id, 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256('x'), 'key-' || number, null, 100, 3,
                wants_notice => true)
            from made order by number;
            insert into penstock_webhooks (tenant_id, url, secret) values ('acme', 'https://x/', 's');
            select cancel_job('acme', id) from made where number <> 9;
            update report_export_jobs set completed_at = now() - interval '39 days' where state = 'cancelled';
            update report_webhook_outbox set due_at = null, delivered_at = now();
            update report_export_jobs set completed_at = now() where id = (select id from made where number = 2);
            """)
    }

    private func change(_ number: Int, _ columns: String) throws {
        try database.psql(
            "update report_export_jobs set \(columns) where id = (select id from made where number = \(number))")
    }

    private func left() throws -> [Int] {
        try database.psql("select number from made join report_export_jobs using (id) order by number")
            .split(separator: "\n").compactMap { Int($0) }
    }

    /// Pages of two.
    private func remove() throws {
        try database.psql(
            """
            do $$
            declare page record; place uuid;
            begin
                loop
                    select * into page from remove_history(interval '30 days', place, 2);
                    exit when page.last is null;
                    place := page.last;
                end loop;
            end $$
            """)
    }

    @Test func `old jobs go with what belongs to them, and others stay`() throws {
        let receipt =
            "file_name = 'a', stored_path = 'a', file_size_bytes = 1, row_count = 1, sha256 = sha256('x'), metadata = '{}', expires_at = now()"
        try change(3, "state = 'expired', \(receipt)")
        try change(4, "state = 'expired', \(receipt), file_deleted_at = now()")
        try change(
            5,
            "reexport_of = (select id from made where number = 1), reexport_params = '{}', reexport_zone = 'UTC', reexport_day = '2026-01-01', completed_at = now()"
        )
        try change(
            6,
            "state = 'failed', error_code = 'file_missing', rows_path = 'r', rows_size = 1, rows_sha256 = sha256('x'), rows_expire_at = now()"
        )
        try database.psql(
            """
            update report_webhook_outbox set due_at = now(), delivered_at = null
                where job_id = (select id from made where number = 7);
            insert into report_lost_files select id, 'a', 'a', 1, 1, sha256('x'), '{}', now(), now() + interval '1 day'
                from made where number = 8;
            """)
        try remove()
        // 1 has a re-export, 2 and 5 ended today, 3 has its file, 6 its rows, 7 a message, 8 may come back, 9 waits.
        #expect(try left() == [1, 2, 3, 5, 6, 7, 8, 9])
        #expect(
            try database.psql(
                "select count(*) from report_webhook_outbox o join made m on m.id = o.job_id where m.number = 4")
                == "0\n")

        // Nothing keeps them any more.
        try change(5, "completed_at = now() - interval '39 days'")
        try change(3, "file_deleted_at = now()")
        try change(6, "rows_deleted_at = now()")
        try database.psql(
            "update report_webhook_outbox set due_at = null; update report_lost_files set expires_at = now()")
        try remove()
        try remove()
        #expect(try left() == [2, 9])
        // The key of a forgotten job makes a new one.
        #expect(
            try database.psql(
                """
                select outcome from create_job(gen_random_uuid(), 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{"a":1}',
                    sha256('y'), 'key-4', null, 100, 3)
                """) == "created\n")
    }
}
