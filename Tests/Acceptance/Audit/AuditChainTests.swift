import Glibc
import JSON
import Posix
import Support
import Testing

/// The audit can be checked: nobody can change, add or take away a row without `penstock audit verify` naming it.
@Suite(.waits) struct AuditChainTests {
    /// A stage whose service runs as a role that owns nothing.
    private static let stage = Result { try Stage(["STAGE_SERVICE_ROLE": "penstock_service"]) }

    private static func verify(_ stage: Stage, _ options: String...) throws -> JSON {
        let outcome = try Shell.run(
            [TestRun.program, "audit", "verify", "--json"] + options, environment: stage.settings)
        let report = try JSON.parse(outcome.output, limits: .stored)
        #expect(outcome.status == (report["ok"] == true ? 0 : 65), "\(outcome.errorText)")
        return report
    }

    private static func attempts(_ stage: Stage, _ count: Int) throws {
        let unknown = "/report/exports/01900000-0000-7000-8000-000000000001/download"
        for number in 0..<count {
            let client = number % 3 == 0 ? stage.client(.bearer(stage["OTHER_TOKEN"])) : stage.client
            #expect(try client.get(unknown, [("User-Agent", "å\"\\,:\(number)")]).status == 404)
        }
        // Names no job that exists, so no tenant either.
        _ = try stage.client(.none).get(
            "/report/files/01900000-0000-7000-8000-000000000001/a.csv?expires=1&kid=a&sig=b")
    }

    /// What the database's owner can do who switches the trigger off.
    private static func tamper(_ stage: Stage, _ statement: String) throws {
        try stage.psql(
            """
            alter table report_download_audit disable trigger report_download_audit_append_only;
            alter table report_download_audit disable trigger report_download_audit_removal;
            \(statement);
            alter table report_download_audit enable always trigger report_download_audit_append_only;
            alter table report_download_audit enable always trigger report_download_audit_removal;
            """, on: .jobsOwner)
    }

    @Test func `a changed, a missing, an added and a cut off row are found, the first of each chain by its number`()
        throws
    {
        let stage = try Stage()
        defer { stage.stop() }
        try Self.attempts(stage, 12)
        let (job, _) = try stage.client.export(JobLifeTests.small)
        #expect(
            try eventually(within: 15) {
                try stage.value(
                    "select count(*) from report_download_transfers where job_id = '\(job["id"]?.string ?? "")'")
                    == "1"
            })
        let whole = try Self.verify(stage)
        #expect(whole["ok"] == true, "\(whole)")
        let chains = whole["chains"]?.array?.compactMap { $0["chain"]?.string } ?? []
        #expect(
            Set(chains) == [
                "downloads", "downloads/\(stage.tenant)", "downloads/\(stage.otherTenant)", "transfers/\(stage.tenant)",
            ])
        let heads = "\(TestRun.folder)/heads-\(Random.integer()).json"
        let printed = try stage.penstock("audit", "heads", "--json")
        _ = try Shell.output(["tee", heads], input: printed.output)
        #expect(try Self.verify(stage, "--heads", heads)["ok"] == true)

        let own = "downloads/\(stage.tenant)"
        let copy = "create table saved as select * from report_download_audit"
        try stage.psql(copy, on: .jobsOwner)
        let restore =
            "delete from report_download_audit; insert into report_download_audit overriding system value select * from saved"
        func broken(_ statement: String, _ options: String...) throws -> [(String, Int, String)] {
            try Self.tamper(
                stage, "alter table report_download_audit disable trigger report_download_audit_link; \(statement)")
            let outcome = try Shell.run(
                [TestRun.program, "audit", "verify", "--json"] + options, environment: stage.settings)
            let report = try JSON.parse(outcome.output, limits: .stored)
            try Self.tamper(
                stage, "\(restore); alter table report_download_audit enable always trigger report_download_audit_link")
            return (report["broken"]?.array ?? []).map {
                ($0["chain"]?.string ?? "", $0["link"]?.int ?? 0, $0["reason"]?.string ?? "")
            }
        }
        let changed = try broken("update report_download_audit set outcome = 'x' where chain = '\(own)' and link = 4")
        #expect(changed.map(\.0) == [own] && changed.map(\.1) == [4], "\(changed)")
        let moved = try broken(
            "update report_download_audit set at = at + interval '1 microsecond' where chain = 'downloads' and link = 1"
        )
        #expect(moved.map(\.0) == ["downloads"] && moved.map(\.1) == [1], "\(moved)")
        let missing = try broken("delete from report_download_audit where chain = '\(own)' and link = 3")
        #expect(missing.map(\.1) == [3] && missing[0].2.contains("missing"), "\(missing)")
        // Taken away, and the numbers closed up.
        let closed = try broken(
            """
            delete from report_download_audit where chain = '\(own)' and link = 3;
            update report_download_audit set link = -link where chain = '\(own)' and link > 3;
            update report_download_audit set link = -link - 1 where chain = '\(own)' and link < 0
            """)
        #expect(closed.map(\.1) == [3], "\(closed)")
        // The end cut off: whole by itself, and found against the heads that were kept.
        let last = "delete from report_download_audit where chain = '\(own)' and link > 6"
        #expect(try broken(last).isEmpty)
        let cut = try broken(last, "--heads", heads)
        #expect(cut.map(\.0) == [own] && cut.map(\.1) == [7] && cut[0].2.contains("cut off"), "\(cut)")
        let gone = try broken("delete from report_download_audit where chain = '\(own)'", "--heads", heads)
        #expect(gone.map(\.0) == [own] && gone[0].2.contains("gone"), "\(gone)")
        #expect(try Self.verify(stage, "--heads", heads)["ok"] == true)
        let text = try stage.penstock("audit", "verify")
        #expect(text.status == 0 && text.text.contains("whole\t\(own): "))
    }

    @Test func `rows that come at the same time find their places`() throws {
        let stage = try Stage.shared
        let writers = try (0..<8).map { number in
            let script = """
                select record_download('chain-\(number % 2)', null, 'w\(number)', 'link', 'granted', 200, null, null, null, null)
                from generate_series(1, 50);
                select record_download('chain-\(number % 2)', null, 'w\(number)', 'link', 'granted', 200, null, null, null, null)\\;
                """
            let path = "\(TestRun.folder)/writer-\(number)"
            let lines = String(
                repeating: script.split(separator: "\n")[2].replacing("\\;", with: ";") + "\n", count: 50)
            _ = try Shell.output(["tee", path], input: Array(lines.utf8))
            let null = open("/dev/null", O_RDWR)
            defer { close(null) }
            return try Launched(
                ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", stage.url(.jobs), "-f", path],
                environment: plainEnvironment(), descriptors: (null, null, null))
        }
        for writer in writers { #expect(writer.wait(within: 60) == .exited(0)) }
        let counts = try stage.rows(
            """
            select chain, count(*), max(link), count(distinct link) from report_download_audit where chain like '%/chain-%'
            group by chain order by chain
            """)
        #expect(
            counts == [
                ["downloads/chain-0", "200", "200", "200"], ["downloads/chain-1", "200", "200", "200"],
            ])
        let report = try Self.verify(stage)
        #expect(report["ok"] == true, "\(report["broken"] ?? nil)")
    }

    @Test func `a service that owns nothing does all its work, and can only add to the audit`() throws {
        let stage = try Self.stage.get()
        let url = stage.settings["PENSTOCK_DATABASE_URL"] ?? ""
        #expect(url.contains("penstock_service"))
        let (job, file) = try stage.client.export(JobLifeTests.small)
        #expect(!file.isEmpty)
        let id = job["id"]?.string ?? ""
        #expect(try stage.penstock("audit", "--job", id).text.contains("granted"))
        #expect(try stage.penstock("check").status == 0)
        let tables = ["report_download_audit", "report_download_transfers"]
        for table in tables {
            for statement in [
                "update \(table) set status = 1", "delete from \(table)", "truncate \(table)", "drop table \(table)",
                "alter table \(table) disable trigger all",
                "create trigger t before insert on \(table) execute function link_audit()",
                "set session_replication_role = replica",
            ] {
                let outcome = try Shell.run(["psql", "-X", "-q", "-d", url, "-c", statement])
                #expect(
                    outcome.status != 0
                        && (outcome.errorText.contains("denied") || outcome.errorText.contains("must be owner")),
                    "\(statement): \(outcome.errorText)")
            }
        }
        // The owner, who may, meets the trigger.
        for table in tables {
            let outcome = try Shell.run(["psql", "-X", "-q", "-d", stage["DATABASE_URL"], "-c", "delete from \(table)"])
            #expect(outcome.status != 0 && outcome.errorText.contains("append-only"))
        }
    }

    @Test func `F53: without its row in the audit there is no download`() throws {
        let stage = try Stage(["STAGE_SERVICE_ROLE": "penstock_service"])
        defer { stage.stop() }
        let (job, file) = try stage.client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        let link = try stage.client.link(id)
        let token = try stage.client(.apiKey(stage["API_KEY"])).get("/b/api/v1/reports").json["results"]?.array?.first?[
            "download_action"]?["url"]?.string
        try stage.psql("revoke insert on report_download_audit from penstock_service", on: .jobs)
        let reply = try stage.client(.none).get(link)
        #expect(reply.status == 500 && reply.body.count < 500 && reply.body != file, "\(reply.status)")
        #expect(try stage.client.get("/report/exports/\(id)/download").status == 500)
        if let path = token.flatMap({ url in url.firstRange(of: "/b/api").map { String(url[$0.lowerBound...]) } }) {
            #expect(try stage.client(.apiKey(stage["API_KEY"])).get(path).status == 500)
        } else {
            Issue.record("the Reports API gave no download")
        }
        try stage.psql("grant insert on report_download_audit to penstock_service", on: .jobs)
        #expect(try stage.client(.none).get(link).body == file)
    }
}
