import Glibc
import JSON
import Posix
import Support
import Testing

extension Faults {
    /// Names that the database knew when they were asked for, and knows no more: each surface calls them by name.
    @Suite struct VanishedNames {
        private static let rule = "timezone must be an IANA time zone such as UTC or Europe/Oslo"

        @Test(arguments: [
            "localtime", "posixrules", "Factory", "posix/Europe/Oslo", "right/UTC", "EST5", "Europe/Oslo3",
        ])
        func `what is no IANA zone is refused, though the server would take it`(zone: String) throws {
            let faults = try Faults.shared(rows: 3)
            var request = FaultStage.request.object ?? JSON.Object()
            request["timezone"] = .string(zone)
            for path in ["/report/exports", "/report/exports/preview"] {
                let reply = try faults.client.post(path, .object(request))
                #expect(reply.status == 400)
                #expect(try reply.json["errors"]?.array?.first?["message"] == .string(Self.rule))
            }
        }

        @Test func `a zone that the database does not have is refused by name, in create and preview`() throws {
            let faults = try Faults.shared(rows: 3)
            var request = FaultStage.request.object ?? JSON.Object()
            request["timezone"] = "US/Nowhere"
            for path in ["/report/exports", "/report/exports/preview"] {
                let reply = try faults.client.post(path, .object(request))
                #expect(reply.status == 400)
                #expect(
                    try reply.json["errors"]?.array?.first?["message"]
                        == .string("\(Self.rule); the database does not know US/Nowhere"))
            }
        }

        /// The list of all zones cannot be read there (58P01), and is not needed for any.
        @Test(.enabled(if: getuid() == 0, "only root can give the server another folder of zones"))
        func `a link that leads nowhere among the server's zones costs nobody else theirs`() throws {
            let faults = try FaultStage(rows: 3)
            try faults.stopPostgres(SIGINT)
            try faults.startPostgres(zoneLeadingNowhere: "Europe/Atlantis")
            try faults.waitUntilServing(within: 20)
            let all = try Shell.run(
                ["psql", "-X", "-d", faults.stage.url(.sourceOwner), "-c", "select count(*) from pg_timezone_names"])
            #expect(all.status != 0 && all.errorText.contains("Europe/Atlantis"), "\(all.text)\(all.errorText)")

            for (zone, status) in [("Europe/Oslo", 200), ("UTC", 200), ("Europe/Atlantis", 400)] {
                let request = FaultStage.request.setting("timezone", to: .string(zone))
                let preview = try faults.client.post("/report/exports/preview", request)
                #expect(preview.status == status, "\(preview.text)")
                #expect(status == 200 || preview.text.contains("the database does not know \(zone)"))
                let export = try Shell.run(
                    [
                        TestRun.program, "export", "--catalog", "faults/rows", "--tenant", faults.stage.tenant,
                        "--timezone", zone, "--output", "-",
                    ], environment: faults.settings)
                #expect((export.status == 0) == (status == 200), "\(zone): \(export.errorText)")
            }
            _ = try faults.digest(try faults.create())
            let check = try Shell.run([TestRun.program, "check"], environment: faults.settings)
            #expect(check.status == 0, "\(check.text)")
        }

        @Test func `a job whose zone has vanished fails by its name, and a re-export of today's data is refused`()
            throws
        {
            let faults = try Faults.shared(rows: 3)
            let dispatcher = try faults.dispatcher()
            kill(dispatcher, SIGSTOP)
            let id = try faults.create()
            let rename = """
                update report_export_jobs set request = jsonb_set(request, '{timezone}', '"US/Nowhere"') where id = 
                """
            try faults.stage.rows("\(rename)'\(id)'", on: .jobsOwner)
            kill(dispatcher, SIGCONT)
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == "unknown_timezone")
            #expect(job["errorSummary"] == "The database does not know the time zone US/Nowhere")
            #expect(try faults.row(id).attempts == 1)

            let report = try faults.create()
            _ = try faults.digest(report)
            try faults.stage.rows("\(rename)'\(report)'", on: .jobsOwner)
            let again = try faults.client.post(
                "/api/v1/report-reexports",
                [
                    "report_id": .string(try ReexportTests.reportID(report)), "export_params": ["timezone": "UTC"],
                    "notify_on_completion": false,
                ])
            #expect(again.status == 409, "\(again.text)")
            #expect(again.text.contains("does not know the time zone US/Nowhere"))
        }

        @Test func `a status that the database has renamed is named by job, preview, Recent and schedule`() throws {
            let faults = try FaultStage(rows: 3)
            try faults.stage.rows(
                """
                create type public.fault_mood as enum ('open', 'closed');
                create table public.fault_moods (
                    id int primary key, tenant_id text not null, status public.fault_mood,
                    created_at timestamptz not null default now());
                insert into public.fault_moods select i, '\(faults.stage.tenant)', 'open' from generate_series(1, 3) i;
                grant select on public.fault_moods to penstock_reader;
                """, on: .sourceOwner)
            try faults.write(
                """
                module: faults
                key: moods
                category: tests
                label: Moods
                table: public.fault_moods
                tenant: { column: tenant_id, type: text }
                uniqueKey: { column: id, type: integer }
                dateField: { column: created_at, type: datetime, label: Created at }
                statuses: { column: status, values: [open, closed] }
                columns:
                  - { key: id, label: ID, type: integer, default: true }
                """, to: "\(faults.catalogs)/moods.yaml")
            try faults.stage.reload(faults.supervisor) {
                try faults.client.get("/report/catalogs/faults").text.contains("moods")
            }
            let request: JSON = [
                "module": "faults", "catalog": "moods", "format": "csv", "columns": ["id"], "statuses": ["open"],
            ]
            let words = "The database does not know the status open any more"
            let (whole, _) = try faults.client.export(request)
            #expect(whole["rowCount"] == 3)
            try faults.stage.rows("alter type public.fault_mood rename value 'open' to 'new'", on: .sourceOwner)

            let preview = try faults.client.post("/report/exports/preview", request)
            #expect(preview.status == 409)
            #expect(try preview.json["message"] == "catalog_changed")
            let id = try faults.client.create(request)["id"]?.string ?? ""
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == "catalog_changed" && job["errorSummary"] == .string(words))

            let recent = try faults.client.post(
                "/api/v1/exports", ["report_type": "moods_csv", "search_params": ["statuses": ["open"]]])
            #expect([200, 201, 202].contains(recent.status), "\(recent.text)")
            let isNamed = try eventually {
                try faults.client.get("/api/v1/exports").json["exports"]?.array?.first?["error_message"]
                    == .string(words)
            }
            #expect(isNamed)

            let schedule = try faults.client.post(
                "/report/schedules",
                [
                    "name": "Moods", "interval": "daily", "time": "06:30", "request": request,
                ])
            #expect(schedule.status == 201, "\(schedule.text)")
            let name = try schedule.json["data"]?["id"]?.string ?? ""
            try faults.stage.rows(
                """
                update report_export_schedules
                set next_due_at = now() - interval '1 minute', fire_at = now() - interval '1 minute';
                notify penstock_schedules;
                """, on: .jobsOwner)
            let told = try eventually(within: 40) {
                try faults.client.get("/report/schedules/\(name)").json["data"]?["lastError"]?["message"]
                    == .string(words)
            }
            #expect(told)
        }
    }
}
