import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// Two services on one database and one folder, as two hosts have them.
    @Suite struct Leases {
        private static let alive = "select count(*) from penstock_dispatchers where alive_until > clock_timestamp()"

        @Test func `F68 F69 neither a restart of PostgreSQL nor a host that is cut off costs an attempt or a file`()
            throws
        {
            let faults = try FaultStage(["PENSTOCK_WORKERS": "1", "PENSTOCK_TENANT_RUNNING": "2"], rows: 20_000)
            let stage = faults.stage
            let first = faults.supervisor
            let stalled = try faults.create()
            let child = try faults.stoppedExport()
            let dispatcher = try faults.dispatcher()
            try faults.serve(["PENSTOCK_SOCKET": "\(stage.state)/second.sock"])
            #expect(try eventually { try stage.value(Self.alive) == "2" })

            // The first host is cut off: its dispatcher and child stand still. Its lease runs out.
            for pid in [first, dispatcher] { kill(pid, SIGSTOP) }
            try stage.rows(
                """
                update penstock_dispatchers set alive_until = clock_timestamp() - interval '1 ms'
                where worker_id = (select worker_id from report_export_jobs where id = '\(stalled)')
                """)
            try stage.rows("update penstock_reach set since = since - interval '1 hour'")
            let digest = try faults.digest(stalled)
            let file = try stage.value("select stored_path from report_export_jobs where id = '\(stalled)'") ?? ""
            // It comes back, and finds that its claim is not held any more.
            for pid in [child, dispatcher, first] { kill(pid, SIGCONT) }
            #expect(eventually { Process.state(child) == nil })
            #expect(try eventually { try stage.value(Self.alive) == "2" })
            #expect(eventually { faults.files().map { $0.suffix(file.utf8.count) } == [file[...]] })
            #expect(try faults.digest(stalled) == digest)
            #expect(try stage.value("select attempts || '-' || losses from report_export_jobs") == "1-1")

            // Both have a job when PostgreSQL restarts.
            try faults.define(rows: 20_000, sleeping: 2)
            for _ in 0..<2 { _ = try faults.create() }
            let busy = "select count(distinct worker_id) from report_export_jobs where state = 'processing'"
            #expect(try eventually { try stage.value(busy) == "2" })
            try faults.stopPostgres(SIGINT)
            try faults.startPostgres()
            try faults.waitUntilServing()
            let ready = "select count(*) from report_export_jobs where state = 'ready'"
            #expect(eventually(within: 60) { (try? stage.value(ready)) == "3" }, "\(faults.log.suffix(2000))")
            #expect(try stage.value("select max(attempts) || '-' || sum(losses) from report_export_jobs") == "1-1")

            // A clean end leaves no lease.
            kill(first, SIGTERM)
            #expect(eventually(within: 20) { Process.state(first).map { $0 == "Z" } ?? true })
            #expect(try stage.value(Self.alive) == "1")
            faults.expectInvariants(within: 20)
        }
    }
}
