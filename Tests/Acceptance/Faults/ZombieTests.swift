import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// Dispatchers that stand still past their lease and then go on, of two services on one database and one folder.
    @Suite(.enabled(if: FaultStage.hasFailpoints, FaultStage.failpointsAway)) struct Zombies {
        /// How many claims are to stand still; `make sweep` for five hundred.
        private static let wanted = environmentValue("PENSTOCK_ZOMBIES").flatMap { Int($0) } ?? 2

        /// A dispatcher that stands still at a place where it was stopped.
        private static func stopped(_ faults: FaultStage, of first: pid_t, but other: pid_t = 0) throws -> pid_t {
            var found: pid_t?
            _ = eventually {
                found = [first, faults.supervisor].flatMap { Process.named("dispatcher", under: $0) }
                    .first { $0 != other && Process.state($0) == "T" }
                return found != nil
            }
            guard let found else { throw Unmet("no dispatcher stands still") }
            return found
        }

        /// What the clock does while a dispatcher stands still; its leases are the ones of these claims.
        private static func overrun(_ jobs: String, _ stage: Stage) throws {
            try stage.rows(
                """
                update penstock_dispatchers set alive_until = clock_timestamp() - interval '1 ms'
                where worker_id in (select worker_id from report_export_jobs where \(jobs));
                update penstock_reach set since = since - interval '1 hour'
                """)
        }

        /// A clock that is an hour ahead, where libfaketime is installed.
        private static let fastClock: [String: String] = {
            let places = ["x86_64", "aarch64"].map { (cpu: String) -> String in
                "/usr/lib/\(cpu)-linux-gnu/faketime/libfaketime.so.1"
            }
            return places.first { access($0, R_OK) == 0 }.map {
                ["LD_PRELOAD": $0, "FAKETIME": "+1h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
            } ?? [:]
        }()

        @Test
        func
            `F4 F5 F33 what a dispatcher does that stood still past its lease changes nothing, whatever its clock says`()
            throws
        {
            let faults = try FaultStage(["PENSTOCK_WORKERS": "4", "PENSTOCK_TENANT_RUNNING": "8"], rows: 100)
            let (stage, first) = (faults.stage, faults.supervisor)
            let undisturbed = try faults.digest(try faults.create())
            try faults.serve(
                ["PENSTOCK_SOCKET": "\(stage.state)/second.sock"].merging(Self.fastClock) { $1 })
            let alive = "select count(*) from penstock_dispatchers where alive_until > clock_timestamp()"
            try #require(try eventually { try stage.value(alive) == "2" })
            for _ in 0..<2 { try Self.sameState(faults, first, undisturbed) }
            var count = 2
            while count < Self.wanted { count += try Self.several(faults, first, undisturbed) }
            print("\(count) claims stood still past their lease, no row and no file of another attempt was changed")
            kill(first, SIGTERM)
            #expect(eventually(within: 20) { Process.state(first).map { $0 == "Z" } ?? true })
            faults.expectInvariants(within: 20)
        }

        /// Both have the whole file of their attempt and are about to record it, so the row's state is the same for
        /// the one whose claim it is and for the one whose claim it was.
        private static func sameState(_ faults: FaultStage, _ first: pid_t, _ undisturbed: String) throws {
            try faults.arm(.settling, "stop")
            let id = try faults.create()
            let zombie = try stopped(faults, of: first)
            try faults.arm(.settling, "stop")
            try overrun("id = '\(id)'", faults.stage)
            let holder = try stopped(faults, of: first, but: zombie)
            let row =
                "select concat_ws(' ', state, claim_token, epoch, attempts, losses) from report_export_jobs where id = '\(id)'"
            let held = try faults.stage.value(row)
            #expect(held?.hasPrefix("processing ") == true && held?.hasSuffix(" 2 1 1") == true, "\(held ?? "")")
            kill(zombie, SIGCONT)
            #expect(eventually { !faults.files().contains { $0.contains("\(id).1-") } })
            #expect(try faults.stage.value(row) == held)
            #expect(faults.files().contains { $0.contains("\(id).2-") })
            kill(holder, SIGCONT)
            #expect(try faults.digest(id) == undisturbed)
        }

        /// One stands still with all of its claims.
        /// - Returns: how many these were.
        private static func several(_ faults: FaultStage, _ first: pid_t, _ undisturbed: String) throws -> Int {
            let ids = try (0..<12).map { number -> String in
                if number == 4 { try faults.arm(.settling, "stop") }
                return try faults.create()
            }
            let jobs = "id in (\(ids.map { "'\($0)'" }.joined(separator: ",")))"
            let zombie = try stopped(faults, of: first)
            try overrun("\(jobs) and state = 'processing'", faults.stage)
            for id in ids { #expect(try faults.digest(id) == undisturbed) }
            kill(zombie, SIGCONT)
            // Of each job one file stays, that of its last attempt.
            #expect(eventually { faults.files().count { path in ids.contains { path.contains($0) } } == ids.count })
            let lost = try faults.stage.value("select sum(losses) from report_export_jobs where \(jobs)")
            #expect(try faults.stage.value("select max(attempts) from report_export_jobs where \(jobs)") == "1")
            return Int(lost ?? "") ?? 0
        }
    }
}
