import Coding
import Glibc
import JSON
import Posix
import Support
import Testing

/// Penstock's own database under settings that are not the usual ones, behind a pooler, and where nothing can be
/// written.
@Suite(.serialized, .waitsFirst, .timeLimit(.minutes(5))) struct QueueSettingsTests {
    @Test func `no setting of the service's role changes an answer, a digest or where the tables are`() throws {
        let faults = try FaultStage(rows: 10)
        let stage = faults.stage
        let tables = "select count(*) from pg_tables where tablename = 'penstock_schema'"
        // A schema in front of the one with the tables, another called like the role, and every setting that can do
        // harm.
        try stage.psql(
            """
            create schema app authorization penstock;
            create schema penstock authorization penstock;
            alter role penstock set bytea_output = 'escape';
            alter role penstock set search_path = 'app', 'public';
            alter role penstock set DateStyle = 'German';
            alter role penstock set IntervalStyle = 'iso_8601';
            alter role penstock set TimeZone = 'Asia/Kathmandu';
            alter role penstock set extra_float_digits = -3;
            alter role penstock set standard_conforming_strings = off;
            alter role penstock set quote_all_identifiers = on;
            alter role penstock set default_transaction_isolation = 'serializable';
            alter role penstock set statement_timeout = '50ms';
            alter role penstock set lock_timeout = '1ms';
            alter role penstock set client_encoding = 'LATIN1';
            select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'penstock';
            """, on: .jobsOwner)
        try faults.waitUntilServing()

        let client = stage.client(.apiKey(stage["API_KEY"]))
        let code = try stage.value(
            "select min(delivery_code) from delivery_orders where tenant_id = '\(stage.tenant)'", on: .source)
        let list = Array("\(code ?? "")\n".utf8)
        let id = try #require(try client.create(FilterFile.orders, list: list)["id"]?.string)
        #expect(try client.job(id, reaching: "ready")["rowCount"] == 1)
        let file = try client.file(id)
        let digest = try sha256(file.body)
        #expect(file["Repr-Digest"] == "sha-256=:\(Base64.encode(bytes(hexadecimal: digest), .standard)):")
        let reports = try stage.client.get("/b/api/v1/reports?limit=1").json
        #expect(reports["results"]?.array?.first?["sha256"]?.string == digest)

        // The same list by its digest, and the same report again.
        var again = FilterFile.orders
        again = .object(
            {
                var object = again.object ?? JSON.Object()
                object["filterFile"] = .string((try? sha256(list)) ?? "")
                return object
            }())
        #expect(try client.export(again).file == file.body)
        let original = try client.export(ReexportTests.report)
        let reply = try stage.client.post(
            ReexportTests.path,
            ["report_id": .string(try ReexportTests.reportID(original.job["id"]?.string ?? "")), "export_params": [:]])
        #expect(reply.status == 202, "\(reply.text)")
        let done = try eventually(within: 30) {
            try stage.client.get("\(ReexportTests.path)/\(reply.json["reexport_id"]?.string ?? "")").json["status"]
                == "completed"
        }
        #expect(done)

        for command in [["check"], ["migrate"], ["audit", "verify"]] {
            let outcome = try Shell.run([TestRun.program] + command, environment: faults.settings)
            #expect(outcome.status == 0, "\(command): \(outcome.text)\(outcome.errorText)")
        }
        #expect(try stage.value(tables, on: .jobsOwner) == "1")
    }

    @Test(.enabled(if: Pooler.isInstalled, "PgBouncer is not installed"))
    func `a pooler in transaction or statement mode is refused for DATABASE_URL, one in session mode is not`() throws {
        let stage = try Stage.shared
        for (mode, ignoring) in [
            (Pooler.Mode.transaction, "options,extra_float_digits"), (.statement, "options"), (.session, ""),
        ] {
            let pooler = try Pooler(before: stage, mode, ignoring: ignoring)
            defer { pooler.stop() }
            let settings = stage.settings.merging(["PENSTOCK_DATABASE_URL": pooler.url(stage.url(.jobs))]) { $1 }
            let check = try Shell.run([TestRun.program, "check"], environment: settings)
            if mode == .session {
                #expect(check.status == 0, "\(check.text)")
                continue
            }
            #expect(check.status == 78, "\(mode): \(check.text)")
            #expect(check.text.contains("use session mode or a direct connection"), "\(check.text)")
            let serve = try Shell.run([TestRun.program, "serve"], environment: settings)
            #expect(serve.status == 78 && serve.errorText.contains("use session mode"), "\(serve.errorText)")
            // A part of the service may have an address of its own.
            let other = stage.settings.merging(["PENSTOCK_RESPONDER_DATABASE_URL": pooler.url(stage.url(.jobs))]) { $1 }
            let part = try Shell.run([TestRun.program, "check"], environment: other)
            #expect(
                part.status == 78 && part.text.contains("bad\troles: RESPONDER_DATABASE_URL leads to a pooler"),
                "\(part.text)")
        }
        // For the data transaction mode is well, and statement mode is not.
        for mode in [Pooler.Mode.transaction, .statement] {
            let pooler = try Pooler(before: stage, mode)
            defer { pooler.stop() }
            let settings = stage.settings.merging(["PENSTOCK_SOURCE_URL": pooler.url(stage.url(.source))]) { $1 }
            let check = try Shell.run([TestRun.program, "check"], environment: settings)
            #expect(check.status == (mode == .transaction ? 0 : 78), "\(mode): \(check.text)")
            let isExplained = check.text.contains("good\tsource: SOURCE_URL leads to a pooler in transaction mode")
            #expect(isExplained == (mode == .transaction), "\(check.text)")
        }
    }

    @Test func `F34 a standby behind DATABASE_URL is refused with the way out`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let standby = try Standby(of: stage)
        defer { standby.stop() }
        let settings = stage.settings.merging(["PENSTOCK_DATABASE_URL": standby.url(stage.url(.jobs))]) { $1 }
        for command in ["check", "serve", "migrate"] {
            let outcome = try Shell.run([TestRun.program, command], environment: settings)
            let words = outcome.text + outcome.errorText
            #expect(outcome.status == 78, "\(command): \(words)")
            #expect(
                words.contains("this is a standby") && words.contains("target_session_attrs=read-write"), "\(words)")
        }
    }

    @Test
    func `F34 while nothing can be written the service says so once, tries again seldom, and then works by itself`()
        throws
    {
        let faults = try FaultStage(rows: 10)
        let stage = faults.stage
        let before = faults.log.count
        try stage.psql(
            """
            alter database penstock set default_transaction_read_only = on;
            select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'penstock';
            """, on: .jobsOwner)
        func told(_ process: String, _ event: String) -> Int {
            faults.log.dropFirst(before).lines(with: #""process":"\#(process)""#, #""event":"\#(event)""#).count
        }
        let processes = ["dispatcher", "scheduler", "webhooks"]
        let noticed = eventually(within: 20) { processes.allSatisfy { told($0, "queue cannot be written") > 0 } }
        #expect(noticed, "\(faults.log.suffix(2000))")
        let check = try Shell.run([TestRun.program, "check"], environment: faults.settings)
        #expect(check.status == 78 && check.text.contains("default_transaction_read_only"), "\(check.text)")
        #expect(try stage.client.get("/report/exports").status == 200)
        #expect(try stage.client.post("/report/exports", FaultStage.request).status == 503)

        // Three processes whose pauses have grown to 5 s, and a housekeeper; once it was eight a second.
        func count() throws -> Int {
            let sessions = "select sessions from pg_stat_database where datname = 'penstock'"
            return try Int(stage.value(sessions, on: .sourceOwner) ?? "") ?? 0
        }
        let first = try count()
        let began = Clock.monotonicMilliseconds
        _ = eventually(within: 15) { Clock.monotonicMilliseconds - began > 12_000 }
        #expect(try count() - first < 30)
        for process in processes { #expect(told(process, "queue cannot be written") == 1) }

        try stage.psql(
            "set default_transaction_read_only = off; alter database penstock reset default_transaction_read_only",
            on: .jobsOwner)
        try stage.psql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'penstock responder'",
            on: .jobsOwner)
        _ = try faults.digest(try faults.create())
        #expect(eventually { told("dispatcher", "queue reached again") == 1 })
        faults.expectInvariants()
    }

    @Test func `a database of another encoding is refused by migrate before anything is made`() throws {
        let stage = try Stage.shared
        let name = "latin\(Random.integer() % 1_000_000)"
        try stage.psql(
            "create database \(name) owner penstock encoding 'LATIN1' locale 'C' template template0", on: .jobsOwner)
        let url = stage.url(.jobs).replacing("/penstock?", with: "/\(name)?")
        let outcome = try Shell.run([TestRun.program, "migrate"], environment: ["PENSTOCK_DATABASE_URL": url])
        #expect(outcome.status == 78 && outcome.errorText.contains("needs UTF8"), "\(outcome.errorText)")
        let made = try Shell.run(
            [
                "psql", "-X", "-At", "-d", url, "-c",
                "select count(*) from pg_class where relnamespace = 'public'::regnamespace",
            ])
        #expect(made.text == "0\n")
    }

    @Test func `commits are durable whatever the role says, unless the connection string says otherwise`() throws {
        let stage = try Stage.shared
        let name = "durable\(Random.integer() % 1_000_000)"
        try stage.psql("create database \(name) owner penstock", on: .jobsOwner)
        func place(_ url: String) -> String { url.replacing("/penstock?", with: "/\(name)?") }
        func psql(_ sql: String) throws -> String {
            let output = try Shell.output(
                ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", place(stage.url(.jobsOwner)), "-c", sql])
            return String(decoding: output, as: UTF8.self)
        }
        func penstock(_ arguments: [String], _ options: String = "") throws {
            let outcome = try Shell.run(
                [TestRun.program] + arguments,
                environment: ["PENSTOCK_DATABASE_URL": place(stage.url(.jobs)) + options])
            #expect(outcome.status == 0, "\(outcome.errorText)")
        }
        try penstock(["migrate"])
        _ = try psql(
            """
            create table seen (value text);
            grant insert on seen to penstock;
            create function see() returns trigger language plpgsql as
                'begin insert into public.seen values (current_setting(''synchronous_commit'')); return new; end';
            create trigger see before insert on penstock_api_keys for each row execute function see();
            """)
        // The last promises more than `on`.
        for (role, options, kept) in [
            ("off", "", "on"), ("local", "", "on"), ("remote_write", "", "on"), ("remote_apply", "", "remote_apply"),
            ("on", "&options=-c%20synchronous_commit%3Doff", "off"),
        ] {
            _ = try psql("truncate seen; alter role penstock in database \(name) set synchronous_commit = '\(role)'")
            try penstock(["keys", "create", "--tenant", "acme", "--name", "durable"], options)
            #expect(try psql("select value from seen") == "\(kept)\n", "\(role)\(options)")
        }
    }

    @Test func `no two processes give a prepared statement the same name`() throws {
        let faults = try FaultStage(rows: 10)
        try faults.stage.psql(
            """
            alter role penstock set log_min_duration_statement = 0;
            select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'penstock';
            """, on: .jobsOwner)
        try faults.waitUntilServing()
        var owners: [Substring: Set<Substring>] = [:]
        let seen = try eventually(within: 30) {
            for _ in 0..<8 { _ = try faults.client.get("/report/exports?limit=1") }
            let log = String(decoding: try File.bytes(at: "\(faults.stage.state)/log/postgres.log"), as: UTF8.self)
            owners = [:]
            for match in log.matches(of: #/\[([0-9]+)\] penstock@penstock .* parse (\S+):/#) {
                owners[match.2, default: []].insert(match.1)
            }
            return owners.count > 8 && Set(owners.values.flatMap { $0 }).count > 3
        }
        #expect(seen, "\(owners)")
        #expect(owners.allSatisfy { $0.value.count == 1 || $0.key == "<unnamed>" }, "\(owners)")
    }

    private func sha256(_ bytes: [UInt8]) throws -> String {
        String(decoding: try Shell.output(["sha256sum"], input: bytes).prefix(64), as: UTF8.self)
    }

    private func bytes(hexadecimal text: String) -> [UInt8] {
        let digits = Array(text)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }
}
