import Support
import Testing

/// Rights that are looked at again when something that was asked for long ago is done.
@Suite(.waits) struct RightsTests {
    private let database: TemplateDatabase

    init() throws {
        database = try TemplateDatabase(.jobs)
        try database.psql(
            """
            insert into penstock_users (name, password_hash, tenants, permissions) values
                ('ann', 'x', '{acme}', '{view:reports,export:reports}');
            insert into penstock_users (name, password_hash, tenants, superuser) values ('root', 'x', '{*}', true);
            insert into penstock_api_keys (prefix, key_hash, name, tenant_id, permissions)
                select 'key0000' || n, sha256('x'), 'k', 'acme', '{export:reports}' from generate_series(1, 3) n;
            """)
    }

    private func holds(_ kind: String, _ subject: String, _ tenant: String = "acme") throws -> Bool {
        try database.psql("select holds_right('\(kind)', '\(subject)', '\(tenant)', 'export:reports')") == "t\n"
    }

    @Test(arguments: [
        "delete from penstock_users", "update penstock_users set disabled = true",
        "update penstock_users set permissions = '{view:reports}', superuser = false",
        "update penstock_users set tenants = '{nordlys}'",
    ])
    func `a user holds a right until it is taken away`(_ change: String) throws {
        #expect(try holds("basic", "ann") && holds("basic", "root") && holds("gateway", "ann"))
        #expect(try !holds("basic", "ann", "nordlys") && !holds("basic", "bob"))
        try database.psql(change)
        #expect(try !holds("basic", "ann"))
        #expect(try holds("gateway", "ann"), "a gateway's caller was looked for among the users")
    }

    @Test func `a key that was replaced holds what its successor holds, and a revoked one nothing`() throws {
        #expect(try holds("apiKey", "api-key:key00001") && !holds("apiKey", "key00001"))
        try database.psql(
            """
            update penstock_api_keys set expires_at = now() - interval '1 s', replaced_by = 'key00002'
                where prefix = 'key00001';
            update penstock_api_keys set expires_at = now() - interval '1 s', replaced_by = 'key00003'
                where prefix = 'key00002';
            """)
        #expect(try holds("apiKey", "api-key:key00001"))
        try database.psql("update penstock_api_keys set permissions = '{}' where prefix = 'key00003'")
        #expect(try !holds("apiKey", "api-key:key00001"))
        try database.psql(
            """
            update penstock_api_keys set permissions = '{export:reports}' where prefix = 'key00003';
            update penstock_api_keys set revoked_at = now() where prefix = 'key00001'
            """)
        #expect(try !holds("apiKey", "api-key:key00001") && holds("apiKey", "api-key:key00002"))
    }

    /// Two jobs of ann's, the second one a re-export of the first, which has ended.
    private func jobs() throws {
        try database.psql(
            """
            select create_job(('00000000-0000-4000-8000-00000000000' || n)::uuid, 'acme', 'm', 'c', 'c', 'csv', 'en',
                'ann', '{}', sha256('x'), null, null, 10, 3, wants_notice => true, asked_with => 'basic',
                report => case n when 2 then '00000000-0000-4000-8000-000000000001'::uuid end,
                report_params => case n when 2 then '{}'::json end, report_zone => case n when 2 then 'UTC' end,
                report_day => case n when 2 then '2026-01-01'::date end)
            from generate_series(1, 2) n
            """)
    }

    @Test func `a re-export whose requester may not export any more fails when it would run`() throws {
        try jobs()
        try database.psql("update penstock_users set disabled = true")
        #expect(try database.psql("select id from claim_job(1, 10)").hasSuffix("000000000001\n"), "an export runs on")
        #expect(try database.psql("select id from claim_job(1, 10)").isEmpty)
        #expect(
            try database.psql("select state, error_code from report_export_jobs where reexport_of is not null")
                == "failed|rights_lost\n")
    }

    @Test func `no message tells of an export whose requester may not export any more`() throws {
        try database.psql("insert into penstock_webhooks (tenant_id, url, secret) values ('acme', 'https://x/', 's')")
        try jobs()
        try database.psql("select cancel_job('acme', id) from report_export_jobs")
        let claim = "select count(*) from claim_webhooks(1, 10, '{}', interval '1 min')"
        #expect(try database.psql(claim) == "1\n")
        try database.psql("delete from penstock_users")
        #expect(try database.psql(claim) == "0\n")
        #expect(
            try database.psql(
                """
                select attempts, due_at is null, last_error from report_webhook_outbox order by attempts
                """)
                == "0|t|the requester may not export for the tenant any more\n1|f|\n")
    }
}
