import Glibc
import JSON
import Posix
import Support
import Testing

/// The source away while the queue is there: jobs wait, and none loses an attempt.
@Suite(.waitsFirst) struct OutageTests {
    /// Seconds that the source is away; ten minutes were tried by hand.
    private static let away = Double(environmentInteger("PENSTOCK_OUTAGE_SECONDS") ?? 20)
    private static let jobs = 20

    @Test(.timeLimit(.minutes(10 + 2 * Int(away / 60))))
    func `an outage of the source in the middle of twenty jobs: all are ready, and no attempt is lost`() throws {
        let faults = try FaultStage(
            ["PENSTOCK_WORKERS": "4", "PENSTOCK_TENANT_RUNNING": "4", "PENSTOCK_RESPONDERS": "2"], rows: 2_000)
        try faults.define(rows: 2_000, sleeping: 0.4)
        let source = try Standby(of: faults.stage)
        kill(faults.supervisor, SIGTERM)
        try #require(eventually { Process.state(faults.supervisor) == "Z" })
        try faults.serve(["PENSTOCK_SOURCE_URL": source.url(faults.stage["SOURCE_URL"])])
        try faults.waitUntilServing()

        let ids = try (0..<Self.jobs).map { _ in try faults.create() }
        let ready = "select count(*) from report_export_jobs where state = 'ready'"
        try #require(try eventually(within: 60) { Int(try faults.stage.value(ready) ?? "") ?? 0 >= 4 })
        try #require(try faults.stage.value(ready) != "\(Self.jobs)")
        let began = Clock.monotonicMilliseconds
        source.stop(SIGQUIT)
        // Some were interrupted, then one finds that the source is away.
        try #require(eventually { faults.log.contains("source out of reach") })
        #expect(try faults.client.post("/report/exports/preview", FaultStage.request).status == 503)
        let late = try faults.create()
        let waits = "select id from report_export_jobs where state = 'pending' and waits > 0 limit 1"
        try #require(try eventually { try !faults.stage.rows(waits).isEmpty })
        let waiter = try faults.stage.value(waits) ?? ""
        let waiting = try faults.client.job(waiter)["waiting"]
        #expect(waiting?["code"] == "source_unavailable")
        #expect(waiting?["message"] == "The database was out of reach")
        let shown = try JSON.parse(try faults.stage.penstock("jobs", "show", waiter, "--json").output)
        #expect(shown["attempts"] == 0 && shown["attemptErrorCode"] == "source_unavailable")
        #expect(shown["attemptErrorDetail"]?.string?.contains("connect") == true)
        _ = eventually(within: Self.away + 10) {
            Double(Clock.monotonicMilliseconds - began) >= Self.away * 1000
        }
        let epochs = Int(try faults.stage.value("select sum(epoch) from report_export_jobs") ?? "") ?? 0
        let counted = "select count(*) from report_export_jobs where attempts > 1 or state = 'failed'"
        #expect(try faults.stage.value(counted) == "0")
        try source.start()

        for id in ids + [late] { _ = try faults.client.job(id, reaching: "ready", within: 120) }
        let seconds = Double(Clock.monotonicMilliseconds - began) / 1000 - Self.away
        print("outage of \(Self.away) s: \(epochs) claims before its end, all ready \(seconds) s after it")
        #expect(try faults.stage.value("select max(attempts) from report_export_jobs") == "1")
        #expect(try faults.stage.value("select max(interruptions) from report_export_jobs") == "1")
        #expect(try faults.client.job(late)["waiting"] == nil)
        // Nothing hammers at a source that is away: pauses of 1, 2, 4 … 30 s, and one export at a time.
        #expect(Double(epochs) <= Double(Self.jobs) + 12 + Self.away / 20)
        #expect(faults.log.contains("source reached again"))
        faults.expectInvariants(within: 20)
    }

    private static func environmentInteger(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }
}

extension Faults {
    @Suite struct Interruptions {
        @Test func `an export that is interrupted again and again fails in the end`() throws {
            let faults = try Faults.shared(rows: 10, sleeping: 20)
            let id = try faults.create()
            let token = "select claim_token from report_export_jobs where id = '\(id)'"
            try #require(try eventually { try faults.stage.value(token) != nil })
            // As if it had happened ten times already.
            try faults.stage.rows("update report_export_jobs set interruptions = 10 where id = '\(id)'", on: .jobsOwner)
            for child in faults.exports { kill(child, SIGKILL) }
            let end = """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where application_name = 'penstock export' and state = 'active'
                """
            var ended = 0
            let failed = try eventually(within: 60) {
                if try faults.stage.value(end, on: .sourceOwner) != "0" { ended += 1 }
                return try faults.row(id).state == "failed"
            }
            #expect(failed)
            #expect(ended >= 1)
            let row = try faults.row(id)
            #expect(row.error == "source_unavailable" && row.attempts == 3)
            let state = "select attempt_sqlstate from report_export_jobs where id = '\(id)'"
            #expect(try faults.stage.value(state) == "57P01")
            faults.expectInvariants()
        }
    }
}
