import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// Errors of the source's server that no repetition mends. All cases ask one stage beside one another: its report
    /// has rows for each state, on a day of their own, and reading them raises it.
    @Suite struct FinalErrors {
        static let final: [(state: String, code: String)] = [
            ("22012", "computation_failed"), ("22003", "computation_failed"), ("22P02", "computation_failed"),
            ("22023", "computation_failed"), ("21000", "computation_failed"), ("22021", "invalid_encoding"),
            ("22P05", "invalid_encoding"), ("42P01", "report_failed"), ("42883", "report_failed"),
            ("42703", "report_failed"), ("42704", "report_failed"), ("42803", "report_failed"),
            ("42846", "report_failed"), ("42P17", "report_failed"), ("42501", "source_refused"),
            ("55000", "report_failed"), ("23505", "report_failed"), ("P0001", "report_failed"),
            ("HV000", "report_failed"), ("25006", "report_writes"), ("53400", "source_limit"),
            ("54001", "source_limit"), ("54011", "source_limit"), ("54000", "row_too_large"),
            ("25P04", "source_limit"), ("XX000", "report_failed"), ("0A000", "report_failed"),
        ]

        @Test(arguments: final)
        func `an error that no repetition mends fails the job once, and says the same in the preview`(
            state: String, code: String
        ) throws {
            let faults = try Self.faults.get()
            let request = Self.request(state)
            let preview = try faults.client.post("/report/exports/preview", request)
            #expect(preview.status == 409, "\(preview.text)")
            #expect(try preview.json["message"] == .string(code))
            #expect(!preview.text.contains("secret"))
            let id = try faults.client.create(request)["id"]?.string ?? ""
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == .string(code))
            #expect(job["errorSummary"]?.string?.contains("secret") == false)
            let row = try faults.row(id)
            #expect(row.error == code && row.attempts == 1)
            let shown = try JSON.parse(try faults.stage.penstock("jobs", "show", id, "--json").output)
            #expect(shown["attemptSqlstate"] == .string(state))
            #expect(shown["attemptErrorDetail"]?.string?.contains("the secret word is \(state)") == true)
            let line = faults.log.lines(with: "\"job failed\"", id).last
            #expect(line?.contains("\"sqlstate\":\"\(state)\"") == true)
            #expect(line?.contains("the secret word is \(state)") == true)
            let logged = faults.log.lines(with: "request failed", preview["X-Request-Id"] ?? "none").last
            #expect(logged?.contains("the secret word is \(state)") == true)
        }

        /// The stage of all cases, which leave it as it was.
        nonisolated(unsafe) private static let faults = Result {
            let faults = try FaultStage(["PENSTOCK_WORKERS": "3", "PENSTOCK_TENANT_RUNNING": "3"], held: false)
            let states = final.enumerated().map { "('\($1.state)', \($0))" }.joined(separator: ", ")
            try faults.stage.rows(
                """
                create function public.fail_with(code text) returns text language plpgsql as $$
                begin
                    raise exception 'the secret word is %', code using errcode = code;
                end $$;
                create or replace view fault_rows as
                    select i as id, '\(faults.stage.tenant)' as tenant_id, public.fail_with(state) as note,
                        timestamptz '2026-01-01 12:00:00+00' + day * interval '1 day' as created_at
                    from generate_series(1, 3) i cross join (values \(states)) s (state, day);
                """, on: .sourceOwner)
            return faults
        }

        /// An export of the rows of a state.
        private static func request(_ state: String) -> JSON {
            let day = 1 + (final.firstIndex { $0.state == state } ?? 0)
            let date = JSON.string("2026-01-\(day < 10 ? "0" : "")\(day)")
            return FaultStage.request.setting("dateRange", to: ["from": date, "to": date])
        }
    }
}
