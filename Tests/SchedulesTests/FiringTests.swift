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

    private func schedule(of tenant: String, by kind: String? = nil) throws -> UUID {
        let draft = try ScheduleDecodingTests.decoded(tenant: tenant)
        let owner = ScheduleTable.Owner(tenant: tenant, subject: "ann", kind: kind, language: "en", requestID: nil)
        let made = try #require(try table.create(draft, of: owner, limit: 10))
        return made.id
    }

    private func firing(_ catalogs: CatalogSet = ScheduleDecodingTests.catalogs) -> ScheduleFiring {
        ScheduleFiring(
            table, catalogs: catalogs, limits: JobLimits(queued: 10, stored: nil), attempts: 3,
            ownerDays: 30)
    }

    private func makeDue() throws {
        try database.psql(
            "update report_export_schedules set next_due_at = now() - interval '1 min', fire_at = now() - interval '1 min'"
        )
    }

    @Test func `a schedule whose owner is gone rests, says why, and belongs to the caller who enables it`() throws {
        let id = try schedule(of: "acme", by: "basic")
        try makeDue()
        let firing = firing()
        guard case .paused(let paused, _)? = try firing.fireOne() else { throw Unmet("it fired") }
        #expect(try paused == id && firing.fireOne() == nil)
        let resting = try #require(try table.schedule(tenant: "acme", id: id))
        #expect(resting.nextDueAt == nil && resting.lastError?.code == "rights_lost")
        #expect(
            try database.psql("select subject, via, outcome, job_id = '\(id)' from report_download_audit")
                == "ann|schedule|rights_lost|t\n")

        // A change that leaves it resting keeps the reason; an operator cannot lend a right.
        func change(enabled: Bool, by caller: (String, String)?) throws -> Schedule? {
            try table.change(tenant: "acme", id: id, by: caller.map { ($0.0, $0.1, Viewer.nobody.json) }) {
                var draft = $0.draft
                draft.enabled = enabled
                return draft
            }
        }
        #expect(try change(enabled: false, by: ("bob", "gateway"))?.lastError?.code == "rights_lost")
        #expect(try change(enabled: true, by: ("bob", "gateway"))?.createdBy == "bob")
        try makeDue()
        guard case .fired(let job, _)? = try firing.fireOne() else { throw Unmet("it did not fire") }
        #expect(
            try database.psql("select requested_by, requested_with from report_export_jobs where id = '\(job)'")
                == "bob|gateway\n")
    }

    @Test func `what a schedule's owner may see is asked for anew when it is due, and kept with the export`() throws {
        let id = try schedule(of: "acme", by: "basic")
        try database.psql(
            """
            insert into penstock_users (name, password_hash, tenants, permissions, claims)
            values ('ann', '*', '{acme}', '{export:reports,view:codes}', '{"depot": ["oslo"]}')
            """)
        let (catalogs, faults) = CatalogLoader.load([
            ScheduleDecodingTests.source(
                "orders",
                """
                dateField: { column: created_at, type: datetime, label: Created }
                permission: view:codes
                rows: [{ column: depot, claim: depot }]
                """)
        ])
        #expect(faults.isEmpty)
        try makeDue()
        guard case .fired(let job, _)? = try firing(catalogs).fireOne() else { throw Unmet("it did not fire") }
        let kept = try database.psql("select access->'claims', requires from report_export_jobs where id = '\(job)'")
        #expect(kept == "{\"depot\": [\"oslo\"]}|3\n")
        for loss in ["claims = '{}'", "claims = '{\"depot\": [\"oslo\"]}', permissions = '{export:reports}'"] {
            try database.psql("update penstock_users set \(loss)")
            try makeDue()
            guard case .passed(let passed, let reason)? = try firing(catalogs).fireOne() else {
                throw Unmet("it was not passed over")
            }
            #expect(passed == id && reason.hasPrefix("catalog_not_found"))
        }
    }

    @Test func `a schedule of a gateway's caller goes on for as long as there are signs of him`() throws {
        let id = try schedule(of: "acme", by: "gateway")
        try makeDue()
        try database.psql("update report_export_schedules set confirmed_at = now() - interval '31 days'")
        try database.psql(
            """
            select create_job('\(UUID.version7())', 'acme', 'm', 'c', 'c', 'csv', 'en', 'ann', '{}', sha256('x'), null,
                null, 10, 3, asked_with => 'bearer')
            """)
        let firing = firing()
        guard case .fired? = try firing.fireOne() else { throw Unmet("it did not fire") }
        try makeDue()
        try database.psql("update report_export_jobs set requested_at = now() - interval '31 days'")
        guard case .paused(_, let reason)? = try firing.fireOne() else { throw Unmet("it fired") }
        #expect(reason.hasPrefix("rights_unconfirmed"))
        let other = try #require(try table.schedule(tenant: "acme", id: id))
        #expect(other.lastError?.code == "rights_unconfirmed")
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

    @Test func `a removal that is sent again gets the first answer, and no other request does`() throws {
        let id = try schedule(of: "acme")
        #expect(try table.remove(tenant: "acme", id: id, request: "r1"))
        #expect(try table.remove(tenant: "acme", id: id, request: "r1"))
        #expect(try !table.remove(tenant: "acme", id: id, request: "r2") && !table.remove(tenant: "acme", id: id))
        #expect(try !table.remove(tenant: "nordlys", id: id, request: "r1"))
    }
}
