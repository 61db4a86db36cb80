import Support
import Testing

/// The lists of surfaces 2 to 4 read the index that their function names, in its order, whatever is filtered.
@Suite(.waits) struct ListPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let call: String
        let index: String
        var testDescription: String { call }
    }

    static let cases = [
        Case(call: "list_recent_jobs('acme', null, 20)", index: "report_export_jobs_created"),
        Case(call: "list_recent_jobs('acme', 'demo', 20)", index: "report_export_jobs_requester"),
        Case(
            call: "list_records('acme', null, null, null, null, null, '{}', '{}', '{}', 50, 0)",
            index: "report_export_jobs_created"),
        Case(
            call: "list_records('acme', null, '{ready,expired}', 'csv', '2026-01-01', '2026-02-01', '{month}', '{1}', "
                + "'{1}', 50, 100)", index: "report_export_jobs_created"),
        Case(
            call: "list_records('acme', 'demo', null, null, '2026-01-01', null, '{}', '{}', '{}', 50, 0)",
            index: "report_export_jobs_requester"),
        Case(
            call: "list_reports('acme', '2026-01-01', null, null, null, null, null, 51, 0)",
            index: "report_export_jobs_ready"),
        Case(
            call: "list_reports('acme', '2026-01-01', '2026-02-01', 'auto', 'daily', '2026-01-15', 77, 51, 0)",
            index: "report_export_jobs_ready"),
        Case(
            call: "list_newer_reports('acme', null, null, null, null, '2026-01-15', 77, 51)",
            index: "report_export_jobs_ready"),
    ]

    @Test(arguments: cases)
    func `a page is read off its index and not sorted`(_ one: Case) throws {
        let stage = try Stage.shared
        // Of rows of many users the planner knows what an index is worth; of the few that are there it may not.
        let plan = String(
            decoding: try stage.psql(
                """
                begin;
                insert into report_export_jobs
                    (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
                select gen_random_uuid(), 'acme', 'm', 'c', 'c', 'csv', 'en', 'user ' || n % 500, '{}', sha256(n::text::bytea)
                from generate_series(1, 3000) n;
                analyze report_export_jobs;
                set local enable_seqscan = off;
                set local enable_bitmapscan = off;
                set local enable_sort = off;
                explain select * from \(one.call);
                rollback;
                """),
            as: UTF8.self)
        #expect(plan.contains("using \(one.index) on report_export_jobs"), "\(plan)")
        #expect(!plan.contains("Sort") && !plan.contains("Function Scan on list"), "\(plan)")
    }
}
