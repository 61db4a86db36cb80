import Support
import Testing

/// What depends on the states of a job is derived from `job_states`, and from nothing else.
@Suite(.waits) struct NewStateTests {
    @Test func `deriving everything anew changes nothing`() throws {
        let database = try TemplateDatabase(.jobs)
        let before = try SchemaDump.text(of: database)
        try database.psql("set search_path = public; select apply_job_states()")
        #expect(try SchemaDump.text(of: database) == before)
    }

    @Test func `a further state is a row of the table, and its jobs count, are checked and can be cancelled`() throws {
        let database = try TemplateDatabase(.jobs)
        try database.psql(
            """
            do $do$ begin
                execute replace(
                    pg_get_functiondef('job_states'::regproc), '(''expired'',',
                    '(''paused'', true, false, false, true), (''expired'',');
            end $do$;
            select apply_job_states();
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash, state)
            select '01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e4', 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''), 'paused';
            """)
        #expect(try database.psql("select is_open('paused'), holds_filter('paused'), is_open('ready')") == "t|t|f\n")
        #expect(throws: Unmet.self) { try database.psql("update report_export_jobs set completed_at = now()") }
        #expect(throws: Unmet.self) {
            try database.psql(
                """
                update report_export_jobs set rows_path = 'r', rows_size = 1, rows_sha256 = sha256(''), rows_expire_at = now()
                """)
        }
        let found = "select count(*) from report_export_jobs where tenant_id = 'acme' and is_open(state)"
        #expect(try database.psql(found) == "1\n")
        // It takes one of the places that its tenant has.
        for (limit, outcome) in [(1, "queue_full"), (2, "created")] {
            let made = try database.psql(
                """
                select outcome from create_job(gen_random_uuid(), 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''),
                    null, null, \(limit), 3)
                """)
            #expect(made == "\(outcome)\n")
        }
        #expect(
            try database.psql("select state from cancel_job('acme', '01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e4')")
                == "cancelled\n")
    }
}
