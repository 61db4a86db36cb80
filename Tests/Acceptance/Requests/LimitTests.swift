import Glibc
import JSON
import Posix
import Support
import Testing

/// Requests a minute, wrong passwords and stored bytes, over all responders of a service.
@Suite(.waits) struct LimitTests {
    private func reply(_ credential: Credential, _ stage: Stage, _ target: String = "/report/exports?limit=1") throws
        -> Reply
    {
        try stage.client(credential).get(target)
    }

    private func user(_ stage: Stage) throws -> String {
        let name = "limits-\(UInt32.random(in: 0 ... .max))"
        let outcome = try stage.penstock(
            "users", "add", name, "--tenant", stage.tenant, "--permission", "view:reports", "--password-stdin",
            input: Array("right\n".utf8))
        guard outcome.status == 0 else { throw Unmet(outcome.errorText) }
        return name
    }

    @Test func `I66 a caller gets its requests of a minute and no more, whichever responder answers and dies`() throws {
        let stage = try Stage(["PENSTOCK_RATE_PER_MINUTE": "60", "PENSTOCK_RESPONDERS": "4"])
        defer { stage.stop() }
        // The stage itself has used the others.
        let fresh = try stage.penstock(
            "token", "--subject", "fresh", "--tenant", stage.tenant, "--permission", "view:reports", "--permission",
            "report.can_view_report")
        let token = Credential.bearer(String(fresh.text.dropLast()))
        let before = stage.children(named: "responder")
        var remaining: [Int] = []
        for number in 0..<60 {
            // The counts are nobody's own: they outlive the responders.
            if number == 30 { for pid in before { kill(pid, SIGKILL) } }
            let answer = try reply(token, stage)
            #expect(answer.status == 200, "\(number): \(answer.status)")
            #expect(answer["RateLimit-Policy"] == "\"requests\";q=60;w=60")
            let field = answer["RateLimit"] ?? ""
            #expect(field.hasPrefix("\"requests\";r=") && field.contains(";t="), "\(field)")
            remaining.append(field.split(separator: ";").dropFirst().first.flatMap { Int($0.dropFirst(2)) } ?? -1)
        }
        #expect(remaining == Array((0..<60).reversed()))
        #expect(Set(stage.children(named: "responder")).isDisjoint(with: before))

        let refused = try reply(token, stage)
        let seconds = refused["Retry-After"].flatMap { Int($0) } ?? 0
        #expect(refused.status == 429 && (1...61).contains(seconds))
        #expect(refused.text == #"{"success":false,"message":"rate_limited"}"#)
        #expect(refused["RateLimit"]?.hasPrefix("\"requests\";r=0;t=") == true)
        // Each surface in its own form.
        for (target, body) in [
            ("/b/api/v1/reports", #"{"code":"rate_limited","message":"Too many requests"}"#),
            ("/api/v1/exports", #"{"error":{"code":"rate_limited","message":"Too many requests"}}"#),
            ("/api/v1/exports/", #"{"detail":"Request was throttled."}"#),
            ("/api/v1/report-reexports", #"{"error":{"code":"rate_limited","message":"Too many requests"}}"#),
        ] {
            let answer = try reply(token, stage, target)
            #expect(answer.status == 429 && answer.text == body, "\(target) \(answer.text)")
            #expect(answer["Retry-After"] != nil && answer["RateLimit"] != nil && answer["RateLimit-Policy"] != nil)
        }
        let problem = try stage.client(token).get("/report/exports", [("Accept", "application/problem+json")])
        #expect(try problem.status == 429 && problem.json["code"] == "rate_limited")
        // Another caller, and one without a credential, are counted by themselves or not at all.
        #expect(try reply(.bearer(stage["VIEW_TOKEN"]), stage).status == 200)
        #expect(try reply(.bearer(stage["OTHER_TOKEN"]), stage).status == 200)
        let anonymous = try reply(.none, stage)
        #expect(anonymous.status == 401 && anonymous["RateLimit"] == nil)
    }

    @Test func `I66 the sixth wrong password of a user and from an address is 429, and clients at work go on`() throws {
        let stage = try Stage(["PENSTOCK_LOGIN_FAILURES": "5", "PENSTOCK_RESPONDERS": "1"])
        defer { stage.stop() }
        let (guessed, working) = try (user(stage), user(stage))
        #expect(try reply(.basic("\(working):right"), stage).status == 200)
        for number in 0..<5 { #expect(try reply(.basic("\(guessed):guess-\(number)"), stage).status == 401) }
        let sixth = try reply(.basic("\(guessed):guess-5"), stage)
        let seconds = sixth["Retry-After"].flatMap { Int($0) } ?? 0
        #expect(try sixth.status == 429 && sixth.json["message"] == "rate_limited" && (1...120).contains(seconds))
        #expect(sixth["RateLimit-Policy"] == "\"failed-logins\";q=5;w=60" && sixth["WWW-Authenticate"] == nil)
        #expect(sixth["RateLimit"] == "\"failed-logins\";r=0;t=\(seconds)")
        // Not even the right one, nor another user's from this address; but who was in already stays in.
        #expect(try reply(.basic("\(guessed):right"), stage).status == 429)
        #expect(try reply(.basic("nobody:right"), stage).status == 429)
        #expect(try reply(.basic("\(working):right"), stage).status == 200)
        #expect(try reply(.bearer(stage["TOKEN"]), stage).status == 200)
    }

    @Test func `I66 a user's wrong passwords are counted over a network, and an address's over all users`() throws {
        let stage = try Stage(["PENSTOCK_LOGIN_FAILURES": "5"])
        defer { stage.stop() }
        func status(_ name: String, from address: String) throws -> String {
            let answer = try FastCGIClient.request(
                stage,
                [
                    ("REQUEST_METHOD", "GET"), ("DOCUMENT_URI", "/report/exports"), ("REMOTE_ADDR", address),
                    ("HTTP_AUTHORIZATION", "Basic \(base64(Array("\(name):wrong".utf8)))"),
                ])
            return String(answer.dropFirst(8).prefix(3))
        }
        for number in 1...5 { #expect(try status("one", from: "192.0.2.\(number)") == "401") }
        #expect(try status("one", from: "192.0.2.77") == "429")
        #expect(try status("one", from: "203.0.113.77") == "401", "a user was locked out by guesses from elsewhere")
        #expect(try status("another", from: "192.0.2.78") == "401")
        for number in 1...5 { #expect(try status("user-\(number)", from: "198.51.100.1") == "401") }
        #expect(try status("user-6", from: "198.51.100.1") == "429")
        #expect(try status("user-6", from: "198.51.100.2") == "401")
    }

    @Test func `I68 a tenant whose files take all their space gets no new export until one is gone`() throws {
        let stage = try Stage(["PENSTOCK_TENANT_STORED_MB": "1", "DEMO_ROWS": "36000"])
        defer { stage.stop() }
        let wide: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv",
            "columns": ["delivery_code", "note", "status", "created_at", "customer_id", "driver_id", "amount"],
        ]
        let job = try stage.client.export(wide).job
        #expect((job["fileSizeBytes"]?.int ?? 0) > 1 << 20)
        let refused = try stage.client.post("/report/exports", JobLifeTests.small)
        #expect(try refused.status == 429 && refused.json["message"] == "quota_exceeded")
        #expect(refused["Retry-After"] != nil)
        #expect(refused["RateLimit-Policy"] == "\"stored-bytes\";q=1048576;qu=\"content-bytes\"")
        // Other tenants have space of their own.
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        #expect(try other.post("/report/exports", JobLifeTests.small).status == 202)
        // Expired is not gone yet; deleted is.
        let id = job["id"]?.string ?? ""
        try stage.psql(
            "update report_export_jobs set state = 'expired', expires_at = clock_timestamp() where id = '\(id)'")
        #expect(try stage.client.post("/report/exports", JobLifeTests.small).status == 429)
        try stage.psql("select record_deletion('\(id)')")
        // Nor are the rows that are kept of it, which outlive it.
        let rows = try stage.value("select rows_size from report_export_jobs where id = '\(id)'").flatMap { Int($0) }
        #expect((rows ?? 0) >= 1 << 20, "\(rows ?? 0) bytes of rows were kept")
        #expect(try stage.client.post("/report/exports", JobLifeTests.small).status == 429)
        try stage.psql("select record_rows_deletion('\(id)')")
        #expect(try stage.client.post("/report/exports", JobLifeTests.small).status == 202)
    }

    @Test func `creates at the same moment do not pass a limit together`() throws {
        let stage = try Stage(["PENSTOCK_TENANT_QUEUED": "10", "PENSTOCK_RESPONDERS": "8"])
        defer { stage.stop() }
        try stage.psql(
            """
            create function hold_job() returns trigger language plpgsql as 'begin new.run_after := ''infinity''; return new; end';
            create trigger hold before insert on report_export_jobs for each row execute function hold_job();
            """, on: .jobsOwner)
        let exchanges = try (0..<40).map { _ in
            try stage.client.begin(
                "POST", "/report/exports", [("Content-Type", "application/json")], body: JobLifeTests.small.serialized)
        }
        let statuses = try exchanges.map { try $0.reply().status }
        #expect(statuses.count { $0 == 202 } == 10 && statuses.count { $0 == 429 } == 30, "\(statuses)")
    }

    @Test func `F51 ten thousand exports of one tenant delay another's by no more than those that are running`() throws
    {
        let stage = try Stage(
            [
                "PENSTOCK_TENANT_QUEUED": "20000", "PENSTOCK_WORKERS": "2", "PENSTOCK_TENANT_RUNNING": "2",
            ])
        defer { stage.stop() }
        let model = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
        try stage.psql(
            """
            insert into report_export_jobs (id, tenant_id, module, catalog, category, format, language, requested_by, request,
                request_hash)
            select gen_random_uuid(), tenant_id, module, catalog, category, format, language, requested_by, request, request_hash
            from report_export_jobs, generate_series(1, 10000) where id = '\(model)';
            """)
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        for _ in 0..<5 {
            let id = try other.create(JobLifeTests.small)["id"]?.string ?? ""
            _ = try other.job(id, reaching: "ready")
            let between = try stage.value(
                """
                select count(*) from report_export_jobs j, report_export_jobs mine
                where mine.id = '\(id)' and j.tenant_id <> mine.tenant_id
                    and j.started_at > mine.requested_at and j.started_at < mine.started_at
                """)
            // A claim that was under way for each worker.
            #expect(Int(between ?? "").map { $0 <= 2 } == true, "\(between ?? "") were begun before it")
        }
        let pending = try stage.value("select count(*) from report_export_jobs where state = 'pending'")
        #expect(Int(pending ?? "").map { $0 > 5000 } == true, "\(pending ?? "")")
    }
}
