import Glibc
import JSON
import Posix
import Support
import Testing

extension Faults {
    /// What the source's server says of an export reaches those who can mend it: the job's code and words, the
    /// preview's, the log and the operator.
    @Suite struct DatabaseErrors {
        /// A report whose one text comes from a function that raises a state, and a word that no user may see.
        private func raising(_ state: String) throws -> FaultStage {
            let faults = try Faults.shared(rows: 3)
            try faults.stage.rows(
                """
                create or replace function public.fail_with(code text) returns text language plpgsql as $$
                begin
                    raise exception 'the secret word is %', code using errcode = code;
                end $$;
                """, on: .sourceOwner)
            try faults.define(rows: 3, note: "public.fail_with('\(state)')")
            return faults
        }

        static let passing: [(state: String, code: String)] = [
            ("57P01", "source_unavailable"), ("53100", "source_unavailable"), ("53200", "source_unavailable"),
            ("53300", "source_unavailable"), ("08006", "source_unavailable"), ("40001", "source_conflict"),
            ("55P03", "source_locked"),
        ]

        @Test(arguments: passing)
        func `an error that passes makes the job wait, costs no attempt, and is 503 in the preview`(
            state: String, code: String
        ) throws {
            let faults = try raising(state)
            let preview = try faults.client.post("/report/exports/preview", FaultStage.request)
            #expect(preview.status == 503, "\(preview.text)")
            #expect(try preview.json["message"] == .string(code))
            #expect(preview["Retry-After"] != nil && !preview.text.contains("secret"))
            let id = try faults.create()
            var waiting: JSON?
            let waits = try eventually {
                waiting = try faults.client.job(id)["waiting"]
                return waiting != nil
            }
            #expect(waits && waiting?["code"] == .string(code))
            try faults.define(rows: 3)
            _ = try faults.client.job(id, reaching: "ready")
            let row = try faults.row(id)
            #expect(row.attempts == 1)
            let sqlState = "select attempt_sqlstate from report_export_jobs where id = '\(id)'"
            #expect(try faults.stage.value(sqlState) == state)
        }

        /// Real faults of real reports.
        static let reports: [(name: String, define: String, code: String, words: String)] = [
            ("a division by zero", "(1 / (i - i))::text", "computation_failed", "a division by zero"),
            ("a text that is no number", "('x' || i)::int::text", "computation_failed", "a text is no value"),
            ("a setting that nobody made", "current_setting('app.region')", "report_failed", "A view or function"),
            ("a function that writes", "public.fault_write()", "report_writes", "transaction_read_only"),
            ("a function whose table is elsewhere", "public.fault_path()", "report_failed", "is missing in"),
            (
                "a subquery of many rows", "(select x::text from generate_series(1, i + 1) x)", "computation_failed",
                "more than one row"
            ),
        ]

        @Test(arguments: reports)
        func `a report that fails says why in words of its own`(
            name: String, define: String, code: String, words: String
        ) throws {
            let faults = try Faults.shared(rows: 3)
            try faults.stage.rows(
                """
                create table if not exists public.fault_writes (at timestamptz);
                grant insert on public.fault_writes to penstock_reader;
                create or replace function public.fault_write() returns text language sql as
                    $$ insert into public.fault_writes values (now()) returning at::text $$;
                create or replace function public.fault_path() returns text language plpgsql as
                    $$ begin return (select note from table_of_another_path); end $$;
                """, on: .sourceOwner)
            try faults.define(rows: 3, note: define)
            let preview = try faults.client.post("/report/exports/preview", FaultStage.request)
            #expect(preview.status == 409)
            #expect(try preview.json["message"] == .string(code))
            let id = try faults.create()
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == .string(code))
            #expect(job["errorSummary"]?.string?.contains(words) == true, "\(job["errorSummary"]?.text ?? "")")
            #expect(try faults.row(id).attempts == 1)
        }

        @Test func `a sort beyond temp_file_limit is one failure that names the limit`() throws {
            let faults = try Faults.shared(rows: 20_000)
            try faults.stage.rows("alter role penstock_reader set temp_file_limit = '1MB'", on: .sourceOwner)
            defer { _ = try? faults.stage.rows("alter role penstock_reader reset temp_file_limit", on: .sourceOwner) }
            var request = FaultStage.request.object ?? JSON.Object()
            request["sort"] = [["field": "note", "direction": "asc"]]
            let id = try faults.client.create(.object(request))["id"]?.string ?? ""
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == "source_limit")
            #expect(job["errorSummary"]?.string?.contains("temp_file_limit") == true)
            #expect(try faults.row(id).attempts == 1)
        }

        @Test func `a materialized view that was never filled is named, and is ready when it has been`() throws {
            let faults = try Faults.shared(rows: 3)
            try faults.stage.rows(
                """
                drop view fault_rows;
                create materialized view fault_rows as select 1 as id, '\(faults.stage.tenant)' as tenant_id,
                    'x' as note, timestamptz '2026-01-01' as created_at with no data;
                grant select on fault_rows to penstock_reader;
                """, on: .sourceOwner)
            defer { _ = try? faults.stage.rows("drop materialized view fault_rows", on: .sourceOwner) }
            let preview = try faults.client.post("/report/exports/preview", FaultStage.request)
            #expect(preview.status == 409)
            #expect(try preview.json["message"] == "source_not_filled")
            let id = try faults.create()
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == "source_not_filled")
            #expect(job["errorSummary"] == "The materialized view of the report Rows has not been filled yet")
            try faults.stage.rows("refresh materialized view fault_rows", on: .sourceOwner)
            #expect(try faults.client.post("/report/exports/preview", FaultStage.request).status == 200)
            _ = try faults.digest(try faults.create())
        }

        @Test(arguments: [12, 20, 30, 60])
        func `a row larger than a worker may hold is one failure that names the row`(megabytes: Int) throws {
            let faults = try Faults.shared(rows: 3)
            try faults.define(rows: 3, note: "case i when 2 then repeat('x', \(megabytes << 20)) else 'a' end")
            let id = try faults.create()
            let job = try faults.client.job(id, reaching: "failed")
            #expect(job["errorCode"] == "row_too_large")
            #expect(
                job["errorSummary"] == "Row 2 of this report is larger than a worker may hold (WORKER_MEMORY_MB)")
            #expect(try faults.row(id).attempts == 1)
            faults.expectInvariants()
        }

        @Test(arguments: [("csv", 10_000_000), ("csv.gz", 6_000_000)])
        func `a row that a worker of 64 MiB can hold is written whole`(format: String, bytes: Int) throws {
            let faults = try Faults.shared(rows: 3)
            try faults.define(rows: 3, note: "case i when 2 then repeat('x', \(bytes)) else 'a' end")
            var request = FaultStage.request.object ?? JSON.Object()
            if format == "csv.gz" { request["compression"] = "gzip" }
            let (job, _) = try faults.client.export(.object(request))
            #expect(job["rowCount"] == 3)
        }
    }
}
