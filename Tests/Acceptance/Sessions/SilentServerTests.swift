import Glibc
import JSON
import Posix
import Support
import Testing

/// Servers and poolers that are there and say nothing, that end sessions, or that have few of them.
@Suite(.serialized, .waitsFirst, .timeLimit(.minutes(5))) struct SilentServerTests {
    @Test func `every process notices a server that hangs, and works again by itself when it goes on`() throws {
        let faults = try FaultStage(rows: 10)
        let stage = faults.stage
        // A stream, so that the process of the events has something to ask; and a responder that knows its database.
        let stream = try stage.client.begin("GET", "/report/exports/events", [("Accept", "text/event-stream")])
        #expect(try !stream.read().isEmpty)
        _ = try faults.digest(try faults.create())
        let before = faults.log.count
        let server = [faults.postgres] + Process.children(of: faults.postgres)
        for pid in server { kill(pid, SIGSTOP) }
        defer { for pid in server { kill(pid, SIGCONT) } }
        let answered = try stage.client.begin("GET", "/report/exports?limit=1")

        func hasTold(_ process: String) -> Bool {
            !faults.log.dropFirst(before).lines(with: #""process":"\#(process)""#, #""level":"error""#).isEmpty
        }
        let processes = ["dispatcher", "scheduler", "webhooks", "events"]
        let noticed = eventually(within: 45) { processes.allSatisfy(hasTold) }
        #expect(noticed, "\(processes.filter { !hasTold($0) }): \(faults.log.suffix(2000))")
        #expect(try answered.reply().status == 503)

        // While a child of its own tries to connect, the dispatcher hears its signals: it ends long before libpq gives
        // up.
        let dispatcher = try faults.dispatcher()
        let isTrying = eventually(within: 30) { !Process.named("probe", under: dispatcher).isEmpty }
        kill(dispatcher, SIGTERM)
        let hasEnded = eventually(within: 8) { Process.state(dispatcher) == nil }
        #expect(isTrying && hasEnded)

        for pid in server { kill(pid, SIGCONT) }
        let created = try eventually(within: 30) {
            try stage.client.post("/report/exports", FaultStage.request).status == 202
        }
        #expect(created)
        let pending = "select count(*) from report_export_jobs where state in ('pending', 'processing')"
        #expect(try eventually(within: 30) { try stage.value(pending) == "0" }, "\(faults.log.suffix(2000))")
        faults.expectInvariants(within: 30)
    }

    @Test(.enabled(if: Pooler.isInstalled, "PgBouncer is not installed"))
    func `a long sort is waited for while the server answers others, and an export ends when it answers nobody`() throws
    {
        let database = try ScratchDatabase(
            "silent",
            """
            create view slow as select 1 as id, 'acme' as tenant from (select pg_sleep(27)) s;
            """)
        let files = try CatalogFiles([
            "slow.yaml": """
            module: silent
            key: slow
            category: tests
            label: Slow
            table: slow
            tenant: { column: tenant, type: text }
            uniqueKey: { column: id, type: integer }
            columns:
              - { key: id, label: Number, type: integer, default: true }
            """
        ])
        let stage = try Stage.shared
        let (well, frozen) = (try Pooler(before: stage, .transaction), try Pooler(before: stage, .transaction))
        defer {
            well.stop()
            frozen.stop()
        }
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        func export(_ pooler: Pooler, _ output: String) throws -> Launched {
            try Launched(
                [TestRun.program, "export", "--catalog", "slow", "--tenant", "acme", "--output", output],
                environment: plainEnvironment().merging([
                    "PENSTOCK_SOURCE_URL": pooler.url(database.url), "PENSTOCK_CATALOGS": files.folder,
                ]) { $1 }, descriptors: (null.raw, null.raw, null.raw))
        }
        let (first, second) = ("\(files.folder)/well.csv", "\(files.folder)/frozen.csv")
        let exports = (try export(well, first), try export(frozen, second))
        let running =
            "select count(*) from pg_stat_activity where query ~ 'COPY' and state = 'active' and datname = 'silent'"
        #expect(try eventually { try stage.value(running, on: .sourceOwner) == "2" })
        frozen.freeze(true)
        #expect(exports.0.wait(within: 60) == .exited(0))
        #expect(try File.bytes(at: first) == Array("Number\r\n1\r\n".utf8))
        // 20 s of silence, and two others that get no answer within ten.
        #expect(exports.1.wait(within: 60) == .exited(75))
        #expect(access(second, F_OK) != 0)
    }

    @Test func `previews work at once after the server has ended idle sessions, and give their sessions back`() throws {
        let faults = try FaultStage(rows: 10)
        let stage = faults.stage
        let sessions = """
            select count(*) from pg_stat_activity where application_name = 'penstock preview' and usename = 'penstock_reader'
            """
        func previewEverywhere() throws {
            // More than the half of the responders that may be in previews at once; others are busy.
            let begun = try (0..<24).map { _ in
                try stage.client.begin(
                    "POST", "/report/exports/preview", [("Content-Type", "application/json")],
                    body: FaultStage.request.serialized)
            }
            let replies = try begun.map { try $0.reply() }
            #expect(replies.count { $0.status == 200 } >= faults.responders.count / 2)
            for reply in replies where reply.status != 200 {
                #expect(reply.status == 503 && reply.text.contains("busy"), "\(reply.text)")
            }
        }
        try previewEverywhere()
        #expect(try stage.value(sessions, on: .sourceOwner) != "0")
        try stage.psql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'penstock_reader'",
            on: .sourceOwner)
        try previewEverywhere()
        #expect(try eventually(within: 20) { try stage.value(sessions, on: .sourceOwner) == "0" })
        try previewEverywhere()
    }

    @Test func `a limit to how long sessions may be idle ends none of the service's, and fills no log`() throws {
        let faults = try FaultStage(rows: 10)
        let stage = faults.stage
        try stage.psql(
            """
            alter role penstock set idle_session_timeout = '1s';
            alter role penstock_reader set idle_session_timeout = '1s';
            select count(pg_terminate_backend(pid)) from pg_stat_activity where usename like 'penstock%';
            """, on: .jobsOwner)
        try faults.waitUntilServing()
        _ = try faults.digest(try faults.create())
        let before = faults.log.count
        let idle = """
            select count(*) from pg_stat_activity where usename = 'penstock' and state = 'idle'
                and now() - state_change > '2500 ms'
            """
        #expect(try eventually(within: 20) { Int(try stage.value(idle, on: .jobsOwner) ?? "") ?? 0 >= 3 })
        #expect(!faults.log.dropFirst(before).contains("lost"), "\(faults.log.dropFirst(before))")
    }
}
