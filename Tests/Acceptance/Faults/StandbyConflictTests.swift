import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// A standby as source: it may end what reads rows that its primary has cleaned away.
    @Suite struct StandbyConflicts {
        @Test func `F29 a conflict with recovery in parts is called one, costs no attempt, and check names the cure`()
            throws
        {
            let faults = try FaultStage(["DEMO_ROWS": "220000", "PENSTOCK_WORKERS": "2"], rows: 10)
            let source = try Standby(
                of: faults.stage, ["max_standby_streaming_delay=100ms", "hot_standby_feedback=off"])
            let sourceURL = source.url(faults.stage["SOURCE_URL"])
            kill(faults.supervisor, SIGTERM)
            try #require(eventually { Process.state(faults.supervisor) == "Z" })
            try faults.serve(["PENSTOCK_SOURCE_URL": sourceURL])
            try faults.waitUntilServing()

            // Its own sessions may meet a conflict as well, and it says so; then it is run again.
            var check: Shell.Outcome?
            let isGood = try eventually(within: 60) {
                check = try Shell.run(
                    [TestRun.program, "check"],
                    environment: faults.settings.merging(["PENSTOCK_SOURCE_URL": sourceURL]) { $1 })
                return check?.status == 0
            }
            let words = (check?.text ?? "") + (check?.errorText ?? "")
            #expect(isGood, "\(words)")
            #expect(words.contains("hot_standby_feedback = on"))

            let id = try faults.client.create(PartFilesTests.request("csv"))["id"]?.string ?? ""
            var parts: [pid_t] = []
            let caught = eventually(within: 20) {
                parts = faults.exports.flatMap { Process.named("part", under: $0) }
                return parts.count == 2
            }
            try #require(caught)
            for part in parts { kill(part, SIGSTOP) }
            defer { for part in parts { kill(part, SIGCONT) } }
            // A server that sends to a part that does not read takes no cancel, so recovery may stand still before any
            // conflict is counted; a snapshot of another session may keep the dead rows for a moment.
            let met = try eventually(within: 60) {
                let written = try faults.stage.psql(
                    """
                    update public.delivery_orders set note = note || 'x'
                        where id in (select id from public.delivery_orders limit 1000);
                    vacuum public.delivery_orders;
                    select pg_current_wal_flush_lsn()
                    """, on: .sourceOwner)
                let isReplayed = try eventually(within: 5) {
                    let asked = "select pg_last_wal_replay_lsn() >= '\(written)'"
                    return try Shell.run(["psql", "-X", "-At", "-d", sourceURL, "-c", asked]).text.hasPrefix("t")
                }
                let counted = try Shell.run([
                    "psql", "-X", "-At", "-d", sourceURL, "-c",
                    "select sum(confl_snapshot) > 0 from pg_stat_database_conflicts",
                ])
                return !isReplayed || counted.text.hasPrefix("t")
            }
            #expect(met)
            for part in parts { kill(part, SIGCONT) }
            let name = "select attempt_error_code, attempt_error_detail from report_export_jobs where id = '\(id)'"
            var row: [String?] = []
            let told = try eventually(within: 30) {
                row = try faults.stage.rows(name).first ?? []
                return row.first != .some(nil)
            }
            #expect(told && row.first == "source_conflict", "\(row)")
            #expect(row.last??.contains("hot_standby_feedback") == true)
            _ = try faults.client.job(id, reaching: "ready", within: 60)
            #expect(try faults.row(id).attempts == 1)
        }
    }
}
