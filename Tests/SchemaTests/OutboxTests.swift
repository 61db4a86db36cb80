import Support
import Testing

/// What becomes of messages, by the functions of the outbox.
@Suite(.waits) struct OutboxTests {
    private let database: TemplateDatabase

    init() throws {
        database = try TemplateDatabase(.jobs)
        try database.psql(
            """
            insert into penstock_webhooks (tenant_id, url, secret) values ('acme', 'https://old/', 's');
            insert into report_webhook_outbox (id, job_id, tenant_id, event)
            select ('00000000-0000-4000-8000-00000000000' || n)::uuid, gen_random_uuid(), 'acme', 'report.ready'
            from generate_series(1, 2) n;
            select count(*) from claim_webhooks(10, 10, '{}', interval '1 min')
            """)
    }

    /// Attempts, whether it is due now, and whether it is over.
    private func row(_ number: Int) throws -> String {
        try database.psql(
            """
            select attempts, coalesce(due_at <= clock_timestamp(), false), due_at is null
            from report_webhook_outbox where id = '\(Self.id(number))'
            """)
    }

    private static func id(_ number: Int) -> String { "00000000-0000-4000-8000-00000000000\(number)" }

    private func gone(_ number: Int) throws {
        try database.psql(
            """
            select settle_webhook('\(Self.id(number))', 1, false, 410, 'answered 410', null, true, 'https://old/')
            """)
    }

    @Test func `a 410 of an endpoint that was changed meanwhile leaves the message to the new one`() throws {
        try database.psql("update penstock_webhooks set url = 'https://new/'")
        try gone(1)
        #expect(try row(1) == "1|t|f\n")
        #expect(try database.psql("select disabled_at is null from penstock_webhooks") == "t\n")
    }

    @Test func `a 410 ends the endpoint and all that waits for it`() throws {
        try gone(1)
        #expect(try row(1) == "1|f|t\n" && row(2) == "1|f|t\n")
        #expect(try database.psql("select disabled_at is null from penstock_webhooks") == "f\n")
        #expect(try database.psql("select resend_webhook('\(Self.id(1))')") == "no_endpoint\n")
    }

    @Test func `a message that was not tried is due again with the attempt not counted`() throws {
        try database.psql("select release_webhook('\(Self.id(1))', 1); select release_webhook('\(Self.id(2))', 2)")
        #expect(try row(1) == "0|t|f\n" && row(2) == "1|f|f\n")
    }
}
