import JSON
import Posix
import Support
import Testing

/// A service whose parts have roles of their own does all its work, and each role no more than its part.
@Suite(.waits, .overFolder) struct RolesTests {
    @Test func `each part works with its own role, and check names a right that is missing or needless`() throws {
        let stage = try Stage([
            "STAGE_ROLES": "1", "STAGE_ROW_SECURITY": "1", "PENSTOCK_WEBHOOK_TRUSTED_RANGES": "127.0.0.0/8",
            "PENSTOCK_SWEEP_SECONDS": "1",
        ])
        defer { stage.stop() }
        let receiver = try Receiver()
        func program(_ url: String, _ arguments: String...) throws -> Shell.Outcome {
            try Shell.run(
                [TestRun.program] + arguments,
                environment: stage.settings.merging([
                    "PENSTOCK_DATABASE_URL": url, "PENSTOCK_RESPONDER_DATABASE_URL": "",
                    "PENSTOCK_WEBHOOKS_DATABASE_URL": "",
                ]) { $1 })
        }
        let owner = stage["DATABASE_URL"]
        func role(_ part: String) -> String {
            owner.replacing("//penstock@", with: "//penstock_\(part)@", maxReplacements: 1)
        }
        #expect(
            try program(owner, "webhooks", "set", "--tenant", stage.tenant, "--url", receiver.url("/ok")).status == 0)

        // Responder, engine, webhooks and the recording of transfers.
        var wanted = JobLifeTests.small.object ?? JSON.Object()
        wanted["notifyOnCompletion"] = true
        let (job, file) = try stage.client.export(.object(wanted))
        let id = job["id"]?.string ?? ""
        // Its rows are behind row-level security, and the same as without it.
        #expect(try file == Stage.shared.client.export(JobLifeTests.small).file && !file.isEmpty)
        #expect(try stage.value("select count(*) from delivery_orders", on: .source) == "0")
        #expect(eventually { receiver.requests("/ok").contains { $0["body"]?.string?.contains(id) == true } })
        #expect(
            try eventually {
                try stage.value("select notified_at is not null from report_export_jobs where id = '\(id)'") == "t"
            })
        let cancelled = try stage.client.create(JobLifeTests.small)["id"]?.string ?? ""
        _ = try stage.client.post("/report/exports/\(cancelled)/cancel", .object(JSON.Object()))
        let made = try ReexportTests.create(id, [:], stage.client, notify: false)
        #expect(made["reexport_id"]?.string != nil)
        // A schedule, fired by the engine.
        let schedule = try stage.client.post("/report/schedules", ScheduleTests.body([("interval", "daily")]))
        let due = try #require(try schedule.json["data"]?["id"]?.string)
        try stage.psql(
            """
            update report_export_schedules set next_due_at = clock_timestamp(), fire_at = clock_timestamp()
            where id = '\(due)';
            notify penstock_schedules;
            """, on: .jobsOwner)
        #expect(
            try eventually(within: 30) {
                try stage.value(
                    "select count(*) from report_export_jobs where schedule_id = '\(due)' and state = 'ready'")
                    == "1"
            })
        #expect(try stage.client.send("DELETE", "/report/schedules/\(due)").status == 204)
        #expect(try stage.client(.apiKey(stage["API_KEY"])).get("/report/exports").status == 200)
        // A lost file, found by the sweep.
        let path = try stage.value("select stored_path from report_export_jobs where id = '\(id)'") ?? ""
        _ = try Shell.output(["rm", "\(stage.state)/storage/\(path)"])
        #expect(
            try eventually(within: 30) {
                try stage.value("select state from report_export_jobs where id = '\(id)'") == "failed"
            })
        // People.
        #expect(try program(role("auditor"), "audit", "--job", id).text.contains("granted"))
        #expect(try program(role("auditor"), "audit", "verify").status == 0)
        #expect(try program(role("auditor"), "jobs", "--tenant", stage.tenant).status != 0)
        #expect(try program(role("reader"), "jobs", "--tenant", stage.tenant).text.contains(id))
        let denied = try stage.log.lines(with: "permission denied")
        #expect(denied.isEmpty, "\(denied)")

        let check = try stage.penstock("check")
        #expect(check.status == 0 && check.text.contains("its role may what responder needs"), "\(check.text)")
        try stage.psql("grant delete on report_export_jobs to penstock_responder", on: .jobsOwner)
        let more = try stage.penstock("check")
        #expect(more.text.contains("may more than responder needs: delete on report_export_jobs"), "\(more.text)")
        try stage.psql("revoke insert on report_download_audit from penstock_responder", on: .jobsOwner)
        let less = try stage.penstock("check")
        #expect(less.status == 78 && less.text.contains("may not insert on report_download_audit"), "\(less.text)")
        // The next migration puts both right.
        #expect(try program(owner, "migrate").status == 0)
        #expect(try stage.penstock("check").status == 0)
        for (part, statement) in [
            ("responder", "insert into penstock_users (name, password_hash, tenants) values ('x', 'x', '{x}')"),
            ("responder", "select secret from penstock_webhooks"), ("responder", "delete from report_export_jobs"),
            ("webhooks", "select password_hash from penstock_users"), ("webhooks", "delete from report_export_jobs"),
            ("engine", "select key_hash from penstock_api_keys"), ("engine", "delete from report_download_audit"),
            ("auditor", "insert into report_download_audit (via, outcome, status) values ('x', 'x', 1)"),
            ("reader", "select secret from penstock_webhooks"),
        ] {
            let outcome = try Shell.run(["psql", "-X", "-q", "-d", role(part), "-c", statement])
            #expect(outcome.status != 0 && outcome.errorText.contains("denied"), "\(part): \(statement)")
        }
    }
}
