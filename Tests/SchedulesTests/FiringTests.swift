import Catalog
import JSON
import Jobs
import Posix
import Postgres
import Support
import Testing

@testable import Schedules

/// Schedules that are due, fired over a database of the test's own.
@Suite(.waits) struct FiringTests {
    private let database: TemplateDatabase
    private let table: ScheduleTable

    init() throws {
        database = try TemplateDatabase(.jobs)
        table = ScheduleTable(try Queue.connect(database.url, applicationName: "tests").connection)
    }

    private func schedule(of tenant: String) throws -> UUID {
        let draft = try ScheduleDecodingTests.decoded(tenant: tenant)
        let owner = ScheduleTable.Owner(tenant: tenant, subject: "ann", language: "en", requestID: nil)
        let made = try #require(try table.create(draft, of: owner, limit: 10))
        return made.id
    }

    private func firing() -> ScheduleFiring {
        ScheduleFiring(
            table, catalogs: ScheduleDecodingTests.catalogs, limits: JobLimits(queued: 10, stored: nil), attempts: 3)
    }

    @Test func `a schedule that the database refuses is put off alone`() throws {
        let (first, second) = (try schedule(of: "acme"), try schedule(of: "nordlys"))
        let due = "next_due_at = clock_timestamp() - interval"
        try database.psql(
            """
            alter table report_export_jobs add constraint no_acme check (tenant_id <> 'acme');
            update report_export_schedules set \(due) '2 minutes', fire_at = clock_timestamp() - interval '2 minutes'
                where id = '\(first)';
            update report_export_schedules set \(due) '1 minute', fire_at = clock_timestamp() - interval '1 minute'
                where id = '\(second)';
            """)
        let firing = firing()
        guard case .refused(let refused, let error)? = try firing.fireOne() else {
            throw Unmet("the first schedule was not refused")
        }
        #expect(refused == first && error.sqlState == "23514")
        guard case .fired(_, let fired)? = try firing.fireOne() else { throw Unmet("the second did not fire") }
        #expect(fired == second)
        #expect(try firing.fireOne() == nil)
        #expect(try #require(try firing.millisecondsUntilNext()) > 0)

        let told = try #require(try table.schedule(tenant: "acme", id: first))
        #expect(told.lastError?.code == "refused", "\(told)")
        try database.psql(
            """
            alter table report_export_jobs drop constraint no_acme;
            update report_export_schedules set fire_at = next_due_at where id = '\(first)';
            """)
        guard case .fired(_, let again)? = try firing.fireOne() else { throw Unmet("it stays due") }
        #expect(again == first)
        #expect(try #require(try table.schedule(tenant: "acme", id: first)).lastError == nil)
    }
}
