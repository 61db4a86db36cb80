import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// F66: a process of the service hangs.
    @Suite struct Hangs {
        /// The processes of which the log says that they were ended. One that is not gone at the next look is told
        /// again. A responder that is stopped before it has seen the end of its last request is busy, and hangs in
        /// that.
        private static func told(_ faults: FaultStage) -> Set<Int> {
            let lines = faults.log.lines(with: "process hangs") + faults.log.lines(with: "responder stuck")
            return Set(lines.compactMap { (try? JSON.parse(Array($0.utf8)))?["child"]?.int.map { Int($0) } })
        }

        /// Stops a process, so that it gives no sign of life.
        /// - Returns: the process that takes its place.
        private static func replacement(of pid: pid_t, _ kind: String, _ faults: FaultStage) throws -> pid_t {
            let told = told(faults)
            let others = Set(Process.named(kind, under: faults.supervisor)).subtracting([pid])
            kill(pid, SIGSTOP)
            var replacement: pid_t?
            let isReplaced = eventually(within: 30) {
                replacement = Process.named(kind, under: faults.supervisor).first { $0 != pid && !others.contains($0) }
                return replacement != nil && Process.state(pid) == nil
            }
            #expect(isReplaced, "\(kind)")
            #expect(Self.told(faults) == told.union([Int(pid)]))
            return try #require(replacement)
        }

        @Test func `a dispatcher that hangs is replaced, and its running job is made by the next one`() throws {
            let faults = try FaultStage(["PENSTOCK_HANG_SECONDS": "2"], rows: 20_000)
            try faults.define(rows: 20_000, sleeping: 4)
            let id = try faults.create()
            #expect(eventually { !faults.exports.isEmpty })
            let dispatcher = try #require(Process.named("dispatcher", under: faults.supervisor).first)
            let child = try #require(faults.exports.first)
            let next = try Self.replacement(of: dispatcher, "dispatcher", faults)
            #expect(next != dispatcher && eventually { Process.state(child) == nil })
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            // And what is asked for afterwards is made as ever.
            _ = try faults.digest(try faults.create())
            faults.expectInvariants()
        }

        @Test func `each of the other processes that hangs is replaced, and requests are answered meanwhile`() throws {
            let faults = try FaultStage(["PENSTOCK_HANG_SECONDS": "2", "PENSTOCK_REQUEST_SECONDS": "10"], rows: 10)
            for kind in ["responder", "events", "housekeeper", "scheduler", "webhooks", "audit"] {
                let pid = try #require(Process.named(kind, under: faults.supervisor).first, "\(kind)")
                _ = try Self.replacement(of: pid, kind, faults)
                for _ in 0..<8 { #expect(try faults.client.get("/report/exports?limit=1").status == 200) }
            }
            #expect(faults.responders.count == 4)
            _ = try faults.digest(try faults.create())
            faults.expectInvariants()
        }

        @Test func `a dispatcher whose statement waits for a lock does not hang`() throws {
            let faults = try FaultStage(["PENSTOCK_HANG_SECONDS": "2"], rows: 10)
            let dispatcher = Process.named("dispatcher", under: faults.supervisor)
            // Longer than the limit and a look, shorter than lock_timeout.
            try faults.stage.psql(
                "begin; lock table report_export_jobs in access exclusive mode; select pg_sleep(6); commit",
                on: .jobsOwner)
            _ = try faults.digest(try faults.create())
            #expect(Process.named("dispatcher", under: faults.supervisor) == dispatcher)
            #expect(faults.log.count(of: "process hangs") == 0)
            faults.expectInvariants()
        }
    }
}
