import JSON
import Posix
import Postgres
import SQLText
import Support
import Testing

@testable import Jobs

/// What a queue in PostgreSQL has to stand: long payloads, transactions that others leave open, many updates of a row.
@Suite(.waits) struct QueueFaultTests {
    private let database: TemplateDatabase
    private let queue: Queue

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
    }

    @Test func `F25 a notification fits whatever the tenant is called, and no insert fails by it`() throws {
        try queue.listen()
        // Each of these takes six bytes in JSON, or four in UTF-8.
        for tenant in [String(repeating: "\u{1}", count: 255), String(repeating: "😀", count: 255)] {
            let id = try insert(tenant: tenant)
            var payloads: [String] = []
            #expect(
                try eventually {
                    payloads += try queue.connection.notifications().map(\.payload)
                    return !payloads.isEmpty
                })
            // The limit is 8,000 bytes with the ending NUL.
            #expect(payloads.allSatisfy { $0.utf8.count < 4_000 && $0.contains("\(id)") })
        }
    }

    @Test(.disabled("the server's queue of notifications takes 8 GB, which no test fills"))
    func
        `F25 a full queue of notifications fails no insert`()
    {}

    @Test(.disabled("a measurement of two servers, with and without notifications; a progress is not notified"))
    func
        `F26 commits are not held up by notifications`()
    {}

    @Test func `F27 a transaction that somebody leaves open holds up no claim, and ours end by themselves`() throws {
        try insert(count: 20)
        let idle = try Queue.connect(database.url, applicationName: "idle")
        for statement in ["begin", "select id from report_export_jobs for share", "select pg_current_xact_id()"] {
            try idle.connection.execute(statement)
        }
        var made = 0
        try insert(count: 50)
        while let claim = try queue.claim(worker: 1, tenantLimit: 9) {
            #expect(try queue.finish(claim, file(of: claim), keepSeconds: 60))
            made += 1
        }
        // Those that the transaction has locked are passed over, not waited for.
        #expect(made >= 50)
        let limit = try queue.connection.query("show idle_in_transaction_session_timeout").first
        #expect(limit?.string("idle_in_transaction_session_timeout") == "30s")
        try idle.connection.execute("rollback")
        while let claim = try queue.claim(worker: 1, tenantLimit: 9) {
            #expect(try queue.finish(claim, file(of: claim), keepSeconds: 60))
            made += 1
        }
        #expect(made == 70)
    }

    @Test func `F28 progress and leases are updated in their page, so that a snapshot elsewhere bloats no index`()
        throws
    {
        _ = try insert(tenant: "acme")
        let worker = Worker(id: 1, host: "here", identity: nil)
        try queue.renewLease(of: worker)
        let claim = try #require(try queue.claim(worker: 1, tenantLimit: 9))
        // What the server has not added up yet is told with what this transaction does.
        func updates(_ table: String) throws -> (all: Int64, inPage: Int64) {
            let counts = try queue.connection.query(
                """
                select n_tup_upd as updates, n_tup_hot_upd as hot from pg_stat_xact_user_tables
                where relname = \(bind: table)
                """
            ).first
            return (counts?.integer("updates") ?? -1, counts?.integer("hot") ?? -1)
        }
        try queue.connection.transaction {
            let tables = ["report_export_jobs", "penstock_dispatchers"]
            let before = try tables.map(updates)
            for rows in 1...5 {
                let held = try queue.recordProgress([
                    ClaimProgress(job: claim.job.id, token: claim.token, done: Int64(rows), total: 5)
                ])
                #expect(held == [claim.job.id])
                try queue.renewLease(of: worker)
            }
            for (table, before) in zip(tables, before) {
                let after = try updates(table)
                #expect(after.all - before.all == 5 && after.inPage - before.inPage == 5, "\(table)")
            }
        }
    }

    private func file(of claim: Claim) -> FinishedFile {
        FinishedFile(
            name: "a.csv",
            storedPath: "files/\(claim.job.id.description.suffix(2))/\(claim.job.id).\(claim.job.epoch).csv",
            size: 1, rows: 1, sha256: String(repeating: "a", count: 64), receipt: ["rows": 1])
    }

    private func insert(tenant: String) throws -> UUID {
        let id = UUID.version7()
        try queue.connection.query(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
            values (\(bind: id.description)::uuid, \(bind: tenant), 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''))
            """)
        return id
    }

    private func insert(count: Int) throws {
        for _ in 0..<count { _ = try insert(tenant: "acme") }
    }
}
