import Glibc
import Posix
import Support
import Testing

/// The queue's functions in two sessions of a real PostgreSQL, the second always while the first has not committed.
@Suite(.waits) struct QueueRaceTests {
    /// A database of its own with the service's schema, on which no service works.
    private struct Sandbox {
        private let database: TemplateDatabase

        init() throws { database = try TemplateDatabase(.jobs) }

        /// The first value of a statement's last row; empty for NULL and without a row.
        func run(_ sql: String) throws -> String { try database.rows(sql).last?.first.flatMap { $0 } ?? "" }

        /// Runs `second` while `first` is done and not committed. The first waits at a gate, which opens as soon as the
        /// second is over or waits for the first.
        func race(_ first: String, _ second: String) throws -> String {
            let path = "\(TestRun.folder)/race-\(Random.integer())"
            let output = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
            unlink(path)
            let keeper = try session("gate", "select pg_advisory_lock(77); select pg_sleep(60)")
            defer { _ = keeper.wait(within: 10) }
            try wait("the gate", "wait_event = 'PgSleep' and application_name = 'gate'")
            let earlier = try session("first", "begin; \(first); select pg_advisory_lock_shared(77); commit")
            defer { _ = earlier.wait(within: 10) }
            try wait("the first session", "wait_event_type = 'Lock' and application_name = 'first'")
            let later = try session("second", second, output: output.raw)
            var how: ChildExit.How?
            let waits = sessions("wait_event_type = 'Lock' and application_name = 'second'")
            let met = try eventually(within: 30) {
                how = later.ended()
                return try how != nil || run(waits) == "1"
            }
            _ = try run(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gate' and "
                    + "datname = current_database()")
            guard met, case .exited(0) = how ?? later.wait(within: 30) else {
                throw Unmet("the second session failed")
            }
            lseek(output.raw, 0, SEEK_SET)
            return String(decoding: try output.readAll(), as: UTF8.self).split(separator: "\n").last.map(
                String.init)
                ?? ""
        }

        private func session(_ name: String, _ sql: String, output: Int32? = nil) throws -> Launched {
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            return try Launched(
                ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database.url, "-c", sql],
                environment: plainEnvironment().merging(["PGAPPNAME": name]) { $1 },
                descriptors: (null.raw, output ?? null.raw, null.raw))
        }

        private func sessions(_ condition: String) -> String {
            "select count(*) from pg_stat_activity where datname = current_database() and \(condition)"
        }

        private func wait(_ who: String, _ condition: String) throws {
            guard try eventually(within: 30, { try run(sessions(condition)) == "1" }) else {
                throw Unmet("\(who) is not there")
            }
        }

        func insert(_ count: Int) throws {
            _ = try run(
                """
                select count(*) from generate_series(1, \(count)) i, create_job(md5(random()::text || i)::uuid, 't',
                    'm', 'c', 'k', 'csv', 'en', 'me', '{}', sha256(''), null, null, 1000, 3)
                """)
        }

        /// A job that worker 7 has claimed: its id and token as SQL literals.
        func claimed() throws -> String {
            _ = try run("delete from report_export_jobs")
            try insert(1)
            return try run("select format('%L, %L', id, claim_token) from claim_job(7, 1)")
        }
    }

    @Test func `of two changes to a claimed job the first wins and the second changes nothing`() throws {
        let sandbox = try Sandbox()
        let changes: [(name: String, state: String, sql: (String) -> String)] = [
            (
                "finish", "ready",
                { "select finish_job(\($0), 'n', 'files/x', 1, 1, sha256(''), '{}', interval '1 day')" }
            ),
            ("retry", "pending", { "select retry_job(\($0), interval '0', 'c', 's', null, null) is not null" }),
            ("release", "pending", { "select release_job(\($0))" }),
            ("wait", "pending", { "select wait_job(\($0), interval '0', true, 'c', 's', '57P01', 'd')" }),
            ("cancel", "cancelled", { "select count(*) = 1 from cancel_job('t', \($0.prefix { $0 != "," }))" }),
        ]
        for first in changes {
            for second in changes {
                let claim = try sandbox.claimed()
                let changed = try sandbox.race(first.sql(claim), second.sql(claim))
                // A job that went back to the queue can still be cancelled; that is no claim's business.
                let legal = first.state == "pending" && second.name == "cancel"
                #expect(changed == (legal ? "t" : "f"), "\(first.name), then \(second.name)")
                let state = try sandbox.run("select state from report_export_jobs")
                #expect(state == (legal ? "cancelled" : first.state), "\(first.name), then \(second.name)")
            }
        }
    }

    @Test func `two hosts that claim at once get different jobs, and never more than a tenant may have`() throws {
        let sandbox = try Sandbox()
        try sandbox.insert(3)
        #expect(try sandbox.race("select id from claim_job(1, 2)", "select worker_id from claim_job(2, 2)") == "2")
        #expect(try sandbox.run("select count(distinct claim_token) from report_export_jobs") == "2")
        #expect(try sandbox.run("select count(*) from claim_job(3, 2)") == "0")
        _ = try sandbox.run(
            "select count(*) from cancel_job('t', (select id from report_export_jobs where worker_id = 1))")
        #expect(
            try sandbox.race("select id from claim_job(4, 2)", "select count(*) from claim_job(5, 2)") == "0")
    }

    @Test
    func `F23 a claim whose answer was lost is given back by the worker that holds it, the attempt not counted`()
        throws
    {
        let sandbox = try Sandbox()
        try sandbox.insert(2)
        let known = try sandbox.run("select claim_token from claim_job(7, 9)")
        let unknown = try sandbox.run("select id from claim_job(7, 9)")
        #expect(try sandbox.run("select release_unknown_claims(8, '{}')") == "")
        #expect(try sandbox.run("select release_unknown_claims(7, '{\(known)}')") == unknown)
        #expect(
            try sandbox.run("select state || attempts from report_export_jobs where id = '\(unknown)'")
                == "pending0")
        #expect(
            try sandbox.run("select state || attempts from report_export_jobs where id <> '\(unknown)'")
                == "processing1")
    }

    @Test func `only what a dead worker held is taken back, and at most once`() throws {
        let sandbox = try Sandbox()
        try sandbox.insert(1)
        let worker: Int64 = 8_070_450_532_247_928_832
        _ = try sandbox.run("select id from claim_job(\(worker), 1)")
        // Of the release before, and alive: its session holds its number.
        #expect(
            try sandbox.race("select pg_advisory_lock(\(worker))", "select count(*) from recover_jobs()") == "0")
        // Dead: two that look at the same time.
        #expect(
            try sandbox.race("select count(*) from recover_jobs()", "select count(*) from recover_jobs()") == "0")
        #expect(try sandbox.run("select state || attempts from report_export_jobs") == "pending0")
    }
}
