import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// PostgreSQL away or restarted.
    @Suite struct Databases {
        @Test func `F18 a database that is out of reach at start gives 503 in JSON and no crash loop`() throws {
            let faults = try FaultStage(rows: 10)
            kill(faults.supervisor, SIGTERM)
            try #require(eventually { Process.state(faults.supervisor) == "Z" })
            try faults.serve(["PENSTOCK_DATABASE_URL": "postgresql://penstock@/penstock?host=/nonexistent"])
            var reply = try faults.client.get("/report/exports")
            _ = try eventually {
                reply = try faults.client.get("/report/exports")
                return reply.status == 503
            }
            #expect(reply.status == 503)
            #expect(try reply.json["message"] == "service_unavailable")
            #expect(reply["Retry-After"] != nil)
            // Four responders, dispatcher, housekeeper, scheduler, webhooks, events, audit.
            try #require(eventually { Process.children(of: faults.supervisor).count == 10 })
            let children = Set(Process.children(of: faults.supervisor))
            for _ in 0..<20 { #expect(try faults.client.get("/report/exports").status == 503) }
            #expect(Set(Process.children(of: faults.supervisor)) == children)
        }

        @Test func `a schema of another program that is first seen while the service runs is left alone until it fits`()
            throws
        {
            // One responder: several would learn one after the other that the schema fits.
            let faults = try FaultStage(["PENSTOCK_RESPONDERS": "1"], rows: 10)
            kill(faults.supervisor, SIGTERM)
            try #require(eventually { Process.state(faults.supervisor) == "Z" })
            try faults.stage.psql(
                """
                insert into penstock_schema (version, name) values (9999, 'later');
                insert into report_export_jobs
                    (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash)
                values (gen_random_uuid(), 'acme', 'm', 'c', 'c', 'csv', 'en', 'u', '{}', sha256(''))
                """, on: .jobsOwner)
            try faults.stopPostgres(SIGINT)
            try faults.serve()
            // The look before the start has found no database.
            try #require(try eventually { try faults.client.get("/report/exports").status == 503 })
            try #require(eventually { Process.children(of: faults.supervisor).count == 7 })
            try faults.startPostgres()
            let told = "the schema has version 9999, this program knows "
            for process in ["dispatcher", "responder"] {
                _ = try faults.client.get("/report/exports")
                #expect(
                    try eventually {
                        _ = try faults.client.get("/report/exports")
                        return !faults.log.lines(with: told, "\"process\":\"\(process)\"").isEmpty
                    }, "\(process)")
            }
            let reply = try faults.client.get("/report/exports")
            #expect(reply.status == 503 && reply["Retry-After"] != nil && !reply.text.contains("9999"))
            let untouched = "select count(*) from report_export_jobs where state = 'pending' and attempts = 0"
            #expect(try faults.stage.value(untouched) == "1")
            try faults.stage.psql("delete from penstock_schema where version = 9999", on: .jobsOwner)
            try faults.waitUntilServing()
            _ = try faults.digest(try faults.create())
            #expect(try eventually { try faults.stage.value(untouched) == "0" })
        }

        @Test func `F9 F21 F22 no job is lost or doubled when PostgreSQL restarts, crashes, or all goes down at once`()
            throws
        {
            let faults = try FaultStage(rows: 200)
            var jobs: [String] = []
            func expectAllReady(sourceLocation: SourceLocation = #_sourceLocation) throws {
                let ready = "select count(*) from report_export_jobs where state = 'ready'"
                let done = eventually(within: 30) { (try? faults.stage.value(ready)) == "\(jobs.count)" }
                #expect(done, "\(faults.log.suffix(1500))", sourceLocation: sourceLocation)
                let count = try faults.stage.value("select count(*) from report_export_jobs")
                #expect(count == "\(jobs.count)", sourceLocation: sourceLocation)
                faults.expectInvariants(within: 20, sourceLocation: sourceLocation)
            }
            for _ in 0..<30 { jobs.append(try faults.create()) }
            try faults.stopPostgres(SIGINT)
            let away = try faults.client.get("/report/exports")
            #expect(away.status == 503)
            #expect(try away.json["success"] == .bool(false))
            try faults.startPostgres()
            try faults.waitUntilServing()
            try expectAllReady()

            for _ in 0..<20 { jobs.append(try faults.create()) }
            let backend = try faults.stage.value(
                "select pid from pg_stat_activity where application_name = 'penstock dispatcher'", on: .jobsOwner)
            kill(pid_t(backend ?? "") ?? 0, SIGKILL)
            try faults.waitUntilServing()
            try expectAllReady()

            for _ in 0..<20 { jobs.append(try faults.create()) }
            kill(faults.supervisor, SIGKILL)
            try faults.stopPostgres(SIGQUIT)
            try faults.startPostgres()
            try faults.serve()
            try faults.waitUntilServing()
            try expectAllReady()
        }
    }
}

extension Faults {
    /// PostgreSQL's sessions ended, its tables locked or changed.
    @Suite struct Databases {
        @Test func `F24 a listener that was cut off finds the next jobs at once`() throws {
            let faults = try Faults.shared(rows: 10)
            let dispatcher = try faults.dispatcher()
            let ended = try faults.stage.value(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where application_name = 'penstock dispatcher'
                """, on: .jobsOwner)
            #expect(ended == "1")
            // One that only looks every five seconds would let each but the first of them wait for as long.
            let began = Clock.monotonicMilliseconds
            for _ in 0..<4 { _ = try faults.digest(try faults.create()) }
            #expect(Clock.monotonicMilliseconds - began < 12_000)
            #expect(try faults.dispatcher() == dispatcher)
            faults.expectInvariants()
        }

        @Test func `F30 an export waits for a locked table, can be cancelled meanwhile, and goes on when it is free`()
            throws
        {
            let faults = try Faults.shared(rows: 10)
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            let holder = try Launched(
                [
                    "psql", "-X", "-q", "-d", faults.stage.url(.sourceOwner), "-c",
                    "begin; lock table fault_rows in access exclusive mode; select pg_sleep(60)",
                ], environment: plainEnvironment(), descriptors: (null.raw, null.raw, null.raw))
            defer { _ = holder.wait(within: 5) }
            let locked = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and relation is not null"
            try #require(try eventually { try faults.stage.value(locked, on: .sourceOwner) != "0" })
            let cancelled = try faults.create()
            let waiting = try faults.create()
            try #require(eventually { faults.exports.count == 2 })
            #expect(try faults.client.post("/report/exports/\(cancelled)/cancel", [:]).status == 200)
            #expect(eventually(within: 4) { faults.exports.count == 1 })
            kill(holder.pid, SIGKILL)
            try faults.stage.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
                on: .sourceOwner)
            _ = try faults.digest(waiting)
            #expect(try faults.row(waiting).attempts == 1)
            faults.expectInvariants()
        }

        @Test func `F31 a column that is dropped between create and run fails the job once, with the reason`() throws {
            let faults = try Faults.shared(rows: 10)
            let dispatcher = try faults.dispatcher()
            kill(dispatcher, SIGSTOP)
            let id = try faults.create()
            try faults.stage.rows(
                """
                drop view fault_rows;
                create view fault_rows as select 1 as id, '\(faults.stage.tenant)' as tenant_id, now() as created_at;
                grant select on fault_rows to penstock_reader;
                """, on: .sourceOwner)
            kill(dispatcher, SIGCONT)
            _ = try faults.client.job(id, reaching: "failed")
            let row = try faults.row(id)
            #expect(row.error == "schema_changed")
            #expect(row.attempts == 1)
            faults.expectInvariants()
        }
    }
}
