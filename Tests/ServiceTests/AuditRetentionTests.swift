import Audit
import Jobs
import Posix
import Postgres
import Storage
import Support
import Testing

@testable import Service

/// Rows of the audit whose time is over.
@Suite(.waits) struct AuditRetentionTests {
    private let database: TemplateDatabase
    private let table: AuditTable
    private let ring = (
        first: "a \(String(repeating: "5a", count: 32))", second: "b \(String(repeating: "a5", count: 32))"
    )

    init() throws {
        database = try TemplateDatabase(.jobs)
        table = AuditTable(try Queue.connect(database.url, applicationName: "tests").connection)
        // Per tenant ten old rows and three new ones; one tenant has old ones only.
        try add(10, days: 40, tenant: "acme")
        try add(3, days: 1, tenant: "acme")
        try add(7, days: 40, tenant: "nordlys")
    }

    private func add(_ count: Int, days: Int, tenant: String) throws {
        try database.psql(
            """
            insert into report_download_audit (at, tenant_id, via, outcome, status)
            select now() - interval '\(days) days', '\(tenant)', 'link', 'granted', 200 from generate_series(1, \(count));
            insert into report_download_transfers
                (at, tenant_id, request_id, method, status, bytes_sent, duration_ms, completed)
            select now() - interval '\(days) days', '\(tenant)', gen_random_uuid(), 'GET', 200, 1, 1, true
            from generate_series(1, \(count))
            """)
    }

    private func signer(_ lines: String...) throws -> AuditSigner {
        AuditSigner(try KeyRing(parsing: Array(lines.joined(separator: "\n").utf8)))
    }

    @discardableResult
    private func prune(_ signer: AuditSigner) throws -> Int64 {
        var retention = AuditRetention(table, signer, days: 30)
        var removed: Int64 = 0
        while let rows = try retention.step() { removed += rows }
        try retention.renewSignatures()
        return removed
    }

    private func broken(_ signer: AuditSigner?, heads: [AuditHead] = []) throws -> [String] {
        try AuditVerification(table, heads: heads, signer: signer).broken.map { "\($0.chain): \($0.at.reason)" }
    }

    @Test func `old rows go, and the rest proves itself from the signed checkpoint on`() throws {
        let signer = try signer(ring.first)
        let before = try table.heads()
        #expect(try prune(signer) == 34 && prune(signer) == 0)
        #expect(try database.psql("select count(*) from report_download_audit") == "3\n")
        #expect(try broken(signer).isEmpty && broken(signer, heads: before).isEmpty)
        #expect(try table.heads() == before)
        // A chain without a row goes on where it was.
        try add(1, days: 0, tenant: "nordlys")
        #expect(try database.psql("select max(link) from report_download_audit where tenant_id = 'nordlys'") == "8\n")
        #expect(try broken(signer, heads: before).isEmpty)
        let whole = try AuditVerification(table, signer: signer).whole
        #expect(whole.map(\.links).sorted() == [8, 8, 13, 13])
    }

    @Test func `what no checkpoint stands for is not removed, and a forged one does not help`() throws {
        let signer = try signer(ring.first)
        for statement in ["delete from report_download_audit", "delete from report_download_audit where link = 1"] {
            #expect(throws: (any Error).self) { try database.psql(statement) }
        }
        try prune(signer)
        for statement in [
            "delete from report_download_audit where link > 10", "truncate report_download_audit",
            "update report_download_audit set status = 1",
        ] {
            #expect(throws: (any Error).self) { try database.psql(statement) }
        }
        #expect(try broken(signer).isEmpty)
        #expect(try broken(nil).count == 4 && broken(try self.signer(ring.second)).count == 4)
        // Who may write the database can move the checkpoint on, and has no key to sign it.
        try database.psql(
            """
            update report_audit_checkpoints c set link = 12, hash = a.hash
            from report_download_audit a where a.chain = 'downloads/acme' and c.chain = a.chain and a.link = 12;
            delete from report_download_audit where chain = 'downloads/acme' and link <= 12
            """)
        #expect(try broken(signer).map { $0.hasPrefix("downloads/acme: ") && $0.contains("signature") } == [true])
    }

    @Test func `checkpoints are signed anew before their key goes`() throws {
        try prune(try signer(ring.first))
        #expect(try prune(try signer(ring.second, ring.first)) == 0)
        #expect(try broken(try signer(ring.second)).isEmpty)
    }
}
