import JSON
import Posix
import Postgres
import SQLText
import Support
import Testing

@testable import Jobs

/// F68 to F71: whose jobs are run again, and when. The database's times are moved instead of waiting for them.
@Suite(.waits) struct LeaseTests {
    private let database: TemplateDatabase
    private let queue: Queue
    private let here = Worker(id: 1, host: "here", identity: nil)
    private let there = Worker(id: 2, host: "there", identity: nil)

    init() throws {
        database = try TemplateDatabase(.jobs)
        queue = try Queue.connect(database.url, applicationName: "tests")
        for worker in [here, there] { try queue.renewLease(of: worker) }
    }

    @Test func `F68 a host that is cut off has lost its jobs when its lease is over, and no attempt is counted`() throws
    {
        let claim = try claimed(by: there)
        try ageReach()
        #expect(try queue.recover().isEmpty, "it is alive")
        try overrun(there)
        let lost = try queue.recover()
        #expect(lost.map(\.job) == [claim.job.id] && lost.map(\.token) == [claim.token] && lost.map(\.epoch) == [1])
        #expect(try queue.recover().isEmpty)
        let job = try #require(try queue.publishedJob(id: claim.job.id))
        #expect(job.state == .pending && job.attempts == 0 && job.attemptError?.code == "worker_lost")
        #expect(try values("losses from report_export_jobs") == ["1"])

        // It comes back: it is alive at once, and its old claim is worth nothing.
        let again = try #require(try queue.claim(worker: here.id, tenantLimit: 9))
        try queue.renewLease(of: there)
        let other = try claimed(by: there)
        #expect(try queue.recover().isEmpty)
        #expect(try !queue.release(claim))
        #expect(try queue.retry(claim, afterMilliseconds: 0, AttemptError(code: "c", summary: "s")) == nil)
        #expect(try queue.release(again) && queue.release(other))
    }

    @Test func `operators see each host, what it holds, and whether it is alive`() throws {
        try queue.renewLease(of: Worker(id: 3, host: "third", identity: nil, version: "9.1", workers: 4))
        // As a program of the release before calls it.
        try database.psql("select renew_lease(4, host => 'fourth', kernel => null, process => null)")
        let claim = try claimed(by: there)
        try overrun(here)
        try queue.endLease(of: 4)
        let hosts = try queue.hosts()
        #expect(hosts.map(\.host) == ["here", "there", "third"])
        #expect(hosts.map(\.isAlive) == [false, true, true] && hosts.map(\.running) == [0, 1, 0])
        #expect(hosts[2].version == "9.1" && hosts[2].workers == 4 && hosts[1].version == nil)
        #expect(hosts.allSatisfy { $0.renewedAt != nil && $0.startedAt != nil })
        // One that has ended is seen only while something is still held in its name.
        try queue.endLease(of: there.id)
        let there = try queue.hosts().first { $0.host == "there" }
        #expect(there?.renewedAt == nil && there?.isAlive == false && there?.running == 1)
        _ = try queue.release(claim)
    }

    @Test func `a host that drains is told so, and its workers are none of those that a tenant may have`() throws {
        let big = Worker(id: 5, host: "big", identity: nil, workers: 8)
        let small = Worker(id: 6, host: "small", identity: nil, workers: 3)
        _ = try queue.renewLease(of: big)
        #expect(try queue.renewLease(of: small) == LeaseAnswer(isDraining: false, fleet: 11))
        #expect(try queue.drain(host: "big") && queue.drain(host: "big") && !queue.drain(host: "unheard of"))
        func drained() throws -> [String] { try queue.hosts().filter(\.isDrained).map(\.host) }
        #expect(try drained().isEmpty)
        let claim = try claimed(by: big)
        #expect(try queue.renewLease(of: big) == LeaseAnswer(isDraining: true, fleet: 3))
        #expect(try queue.hosts().filter(\.isDraining).map(\.host) == ["big"] && drained().isEmpty)
        _ = try queue.release(claim)
        #expect(try drained() == ["big"])
        // One that is gone without a word counts for nothing either.
        try overrun(small)
        #expect(try queue.renewLease(of: big) == LeaseAnswer(isDraining: true, fleet: 0))
        #expect(try queue.resume(host: "big") && !queue.resume(host: "big"))
        #expect(try queue.renewLease(of: big) == LeaseAnswer(isDraining: false, fleet: 8))
    }

    @Test(arguments: ["started_at = started_at - interval '1 s'", "renewed_at = renewed_at - interval '9 s'"])
    func `F69 after a restart, a failover or a gap all have a lease's time to come back`(_ change: String) throws {
        let claim = try claimed(by: there)
        try ageReach()
        try overrun(there)
        // Another server, or one that could not be reached for a while.
        try database.psql("update penstock_reach set \(change)")
        #expect(try queue.recover().isEmpty, "before any dispatcher is back")
        try queue.renewLease(of: here)
        #expect(try queue.recover().isEmpty, "while only one is back")
        #expect(try values("clock_timestamp() - since < interval '5 s' from penstock_reach") == ["t"])
        try ageReach()
        #expect(try queue.recover().map(\.token) == [claim.token], "one that does not come back")
    }

    @Test func `F69 a clock that was set back keeps no dead dispatcher alive`() throws {
        let claim = try claimed(by: there)
        try ageReach()
        try database.psql(
            "update penstock_dispatchers set alive_until = alive_until + interval '1 hour' where worker_id = 2")
        #expect(try queue.recover().map(\.token) == [claim.token])
    }

    @Test func `F70 what a dispatcher held that has ended is run again at once, also after a restart`() throws {
        let claim = try claimed(by: there)
        #expect(try queue.recover().isEmpty)
        try queue.endLease(of: there.id)
        #expect(try queue.recover().map(\.token) == [claim.token])
    }

    @Test func `F70 a dispatcher knows its neighbours of the same kernel, and the dead among them`() throws {
        let own = try #require(ProcessIdentity.own)
        let dead = ProcessIdentity(kernel: own.kernel, process: "\(Int32.max) 1")
        try queue.renewLease(of: Worker(id: 3, host: "here", identity: own))
        try queue.renewLease(of: Worker(id: 4, host: "here", identity: dead))
        try queue.renewLease(of: Worker(id: 5, host: "there", identity: ProcessIdentity(kernel: "k", process: "1 1")))
        let living = Worker(id: 6, host: "here", identity: own)
        try queue.renewLease(of: living)
        let neighbours = try queue.neighbours(of: living)
        #expect(Set(neighbours.map(\.worker)) == [3, 4])
        #expect(neighbours.filter { ProcessIdentity.isGone($0.process) }.map(\.worker) == [4])
        try queue.endLease(of: 4)
        #expect(try queue.neighbours(of: living).map(\.worker) == [3])
        #expect(try queue.neighbours(of: here).isEmpty)
    }

    @Test func `F71 a session that is left half open locks its own dispatcher out of nothing`() throws {
        try queue.listen()
        let claim = try claimed(by: here)
        // The server has not noticed yet that the first session's host is gone; the dispatcher comes by a second one.
        let second = try Queue.connect(database.url, applicationName: "tests")
        try second.renewLease(of: here)
        try second.listen()
        #expect(try second.releaseUnknown(worker: here.id, known: [claim.token]).isEmpty)
        let next = try insert()
        #expect(try second.claim(worker: here.id, tenantLimit: 9)?.job.id == next)
        #expect(try second.release(claim))
        #expect(try !queue.release(claim))
    }

    @Test func `F71 a session is closed by the server when its client is cut off, whatever the role says`() throws {
        try database.psql("alter role penstock in database \(database.name) set client_connection_check_interval = 0")
        let session = try Queue.connect(database.url, applicationName: "tests").connection
        let row = try #require(
            try session.query("select current_setting('client_connection_check_interval') as interval").first)
        #expect(row.string("interval") == "5s")
        // On a unix socket the others are 0, however they are set.
        let set = try session.query(
            "select count(*) as settings from pg_settings where name ~ '^tcp_' and source = 'session'")
        #expect(set.first?.integer("settings") == 4)
    }

    @Test func `a dispatcher of the release before is alive while it holds its lock`() throws {
        let claim = try claimed(by: Worker(id: 77, host: "old", identity: nil))
        let old = try Queue.connect(database.url, applicationName: "tests")
        try old.connection.execute("select pg_advisory_lock(77)")
        try ageReach()
        #expect(try queue.recover().isEmpty)
        try old.connection.execute("select pg_advisory_unlock(77)")
        #expect(try queue.recover().map(\.token) == [claim.token])
    }

    @Test func `a job whose dispatcher is lost again and again ends`() throws {
        let id = try insert()
        for loss in 1...20 {
            #expect(try queue.claim(worker: there.id, tenantLimit: 1)?.job.id == id)
            try queue.endLease(of: there.id)
            #expect(try queue.recover().count == 1)
            let state = try queue.publishedJob(id: id)?.state
            #expect(state == (loss < 20 ? .pending : .failed), "loss \(loss)")
        }
        let job = try #require(try queue.publishedJob(id: id))
        #expect(job.errorCode == "worker_lost" && job.errorSummary == "The worker was lost 20 times")
    }

    @Test func `rows of dispatchers that are gone and hold nothing do not pile up`() throws {
        _ = try claimed(by: there)
        try database.psql(
            """
            insert into penstock_dispatchers select i, 'h', null, null, '-infinity' from generate_series(100, 199) i;
            update penstock_dispatchers set alive_until = clock_timestamp() - interval '2 hours' where worker_id = 2
            """)
        try queue.renewLease(of: Worker(id: 3, host: "new", identity: nil))
        #expect(try values("worker_id from penstock_dispatchers order by 1") == ["1", "2", "3"])
    }

    /// All could renew their leases for long.
    private func ageReach() throws {
        try database.psql("update penstock_reach set since = since - interval '1 hour'")
    }

    private func overrun(_ worker: Worker) throws {
        try database.psql(
            """
            update penstock_dispatchers set alive_until = clock_timestamp() - interval '1 ms'
            where worker_id = \(worker.id)
            """)
    }

    private func claimed(by worker: Worker) throws -> Claim {
        _ = try insert()
        return try #require(try queue.claim(worker: worker.id, tenantLimit: 9))
    }

    private func values(_ columns: String) throws -> [String?] {
        try database.rows("select \(columns)").map(\.[0])
    }

    private func insert() throws -> UUID {
        let id = UUID.version7()
        try database.psql(
            """
            insert into report_export_jobs
                (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
            values ('\(id)', 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''))
            """)
        return id
    }
}
