import JSON
import Posix
import Postgres
import Support
import Testing

@testable import Jobs

/// The numbers of changes, on which event streams go on.
@Suite(.waits) struct ChangeOrderTests {
    private let database: TemplateDatabase
    private let queue: Queue

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
    }

    @Test func `a tenant's changes become visible in the order of their numbers`() throws {
        let ids = try insert(3, tenant: "acme")
        let foreign = try insert(1, tenant: "other")
        let latest = try queue.latestChange(tenant: "acme")
        let rival = try Queue.connect(database.url, applicationName: "tests")
        try rival.connection.execute("set lock_timeout = '100ms'")
        try queue.connection.transaction {
            _ = try #require(try queue.cancel(tenant: "acme", id: ids[0]))
            // A change with a later number would be seen before this one.
            let error = #expect(throws: PostgresError.self) { try rival.cancel(tenant: "acme", id: ids[1]) }
            #expect(error?.sqlState == "55P03")
            let seen = try rival.changes(tenant: "acme", after: latest, atMost: 10).jobs
            let others = try rival.cancel(tenant: "other", id: foreign[0])
            #expect(seen.isEmpty && others != nil, "another tenant's goes on")
        }
        #expect(try rival.cancel(tenant: "acme", id: ids[1]) != nil)
        let changes = try queue.changes(tenant: "acme", after: latest, atMost: 10).jobs
        #expect(changes.map(\.id) == [ids[0], ids[1]] && changes.map(\.state) == [.cancelled, .cancelled])
    }

    @Test func `changes of several tenants' jobs take their locks in one order`() throws {
        for tenant in ["acme", "other", "third"] { _ = try insert(2, tenant: tenant) }
        for worker in [8, 9] as [Int64] {
            for _ in 0..<3 { _ = try #require(try queue.claim(worker: worker, tenantLimit: 10)) }
        }
        let rival = try Queue.connect(database.url, applicationName: "tests")
        try rival.connection.execute("set lock_timeout = '100ms'")
        try queue.connection.transaction {
            let released = try queue.releaseUnknown(worker: 8, known: [])
            #expect(released.count == 3)
            // It waits for the tenants that the other has, before it has changed any job.
            let error = #expect(throws: PostgresError.self) { try rival.releaseUnknown(worker: 9, known: []) }
            #expect(error?.sqlState == "55P03")
        }
        #expect(try rival.recover().count == 3)
    }

    @Test func `pages have every change once, without requests`() throws {
        let ids = try insert(250, tenant: "acme")
        var (told, position): ([UUID], Int64) = ([], 0)
        var pages: [Int] = []
        while case let page = try queue.changes(tenant: "acme", after: position, atMost: 100), !page.jobs.isEmpty {
            told += page.jobs.map(\.id)
            position = page.last
            pages.append(page.jobs.count)
            #expect(page.jobs.allSatisfy { $0.request == .null } && page.isFull == (page.jobs.count == 100))
        }
        #expect(told == ids && pages == [100, 100, 50])
        #expect(try queue.job(tenant: "acme", id: ids[0])?.request == ["module": "m"])
        #expect(try queue.changedJob(tenant: "acme", id: ids[0])?.request == .null)
    }

    private func insert(_ count: Int, tenant: String) throws -> [UUID] {
        let ids = (0..<count).map { _ in UUID.version7() }
        let values = ids.map {
            "('\($0)', '\(tenant)', 'm', 'c', 'c', 'csv', 'en', 'u', '{\"module\": \"m\"}', sha256(''))"
        }
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
            values \(values.joined(separator: ", "))
            """)
        return ids
    }
}
