import Glibc
import JSON
import Posix
import Support
import Testing

extension Faults {
    /// The process that works on one export, and what may befall it.
    @Suite struct Workers {
        @Test func `F1 an export that is killed in the middle of its COPY runs again and its file is whole`() throws {
            let faults = try Faults.shared()
            let undisturbed = try faults.digest(try faults.create())
            let id = try faults.create()
            kill(try faults.stoppedExport(), SIGKILL)
            #expect(try faults.digest(id) == undisturbed)
            let row = try faults.row(id)
            #expect(row.attempts == 2)
            #expect(row.epoch == 2)
            faults.expectInvariants()
        }

        @Test func `F2 a file that was published before its dispatcher died is made again and the first one goes`()
            throws
        {
            let faults = try Faults.shared(rows: 100)
            let dispatcher = try faults.dispatcher()
            let before = Set(faults.files())
            // The child of a stopped dispatcher publishes, and nobody records it.
            let id = try faults.create()
            let child = eventually { !Process.children(of: dispatcher).isEmpty }
            kill(dispatcher, SIGSTOP)
            try #require(child)
            let published = eventually { faults.files().contains { $0.contains("\(id).1-") && $0.hasSuffix(".csv") } }
            kill(dispatcher, SIGKILL)
            try #require(published)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            #expect(
                faults.files().filter { !before.contains($0) }.map { $0.contains("\(id).2-") && $0.hasSuffix(".csv") }
                    == [true])
            faults.expectInvariants()
        }

        @Test func `F4 F6 a child that is stopped while rows come is killed, its file is not taken, its query ends`()
            throws
        {
            let faults = try Faults.shared()
            let id = try faults.create()
            let child = try faults.stoppedExport()
            // Neither a time-out nor a cancellation reaches a server that waits for its client to read.
            let sending =
                "select count(*) from pg_stat_activity where application_name = 'penstock export' and wait_event = 'ClientWrite'"
            #expect(try eventually { try faults.stage.value(sending, on: .jobsOwner) == "1" })
            try #require(eventually { Process.state(child) == nil })
            #expect(try eventually { try faults.stage.value(sending, on: .jobsOwner) == "0" })
            kill(child, SIGCONT)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 2)
            #expect(faults.log.contains("export stalled"))
            faults.expectInvariants()
        }

        @Test func `F16 a file over its limit and a row over the memory fail with a reason`() throws {
            let faults = try Faults.shared(rows: 70_000)
            let large = try faults.create()
            _ = try faults.client.job(large, reaching: "failed")
            #expect(try faults.row(large).error == "storage_full")

            try faults.define(rows: 1, note: "repeat('x', 60000000)")
            let heavy = try faults.create()
            _ = try faults.client.job(heavy, reaching: "failed")
            // One that another attempt would not hold either.
            #expect(try faults.row(heavy).error == "row_too_large")
            #expect(try faults.row(heavy).attempts == 1)

            try faults.define(rows: 100)
            _ = try faults.digest(try faults.create())
            faults.expectInvariants()
        }

        @Test(.enabled(if: getuid() == 0, "which worker has which job shows in descriptors that are for root"))
        func `F17 a job that kills its worker each time fails after its last attempt and others go on`() throws {
            // Long enough for each attempt to be found on a busy machine.
            let faults = try Faults.shared(rows: 100, sleeping: 3)
            let poison = try faults.create()
            let other = try faults.create(faults.otherClient)
            var killed = 0
            let failed = try eventually(within: 30) {
                let row = try faults.row(poison)
                if let child = faults.export(of: poison) { killed += kill(child, SIGKILL) == 0 ? 1 : 0 }
                return row.state == "failed"
            }
            #expect(failed)
            #expect(killed >= 3)
            let row = try faults.row(poison)
            #expect(row.attempts == 3)
            #expect(row.error == "worker_crashed")
            let summary = try faults.client.job(poison)["errorSummary"]?.string ?? ""
            #expect(summary.contains("signal 9"))
            #expect(summary.contains("attempt 3 of 3"))
            _ = try faults.otherClient.job(other, reaching: "ready")
            faults.expectInvariants()
        }

        @Test
        func
            `F57 F62 S35 processes have one thread and no more rights than they need, a worker its own descriptors only`()
            throws
        {
            let faults = try Faults.shared()
            _ = try faults.create()
            let child = try faults.stoppedExport()
            for pid in [faults.supervisor, try faults.dispatcher(), child] + faults.responders {
                #expect(try File.names(in: "/proc/\(pid)/task").count == 1)
                #expect(Process.words("/proc/\(pid)/status", 10).contains("NoNewPrivs:\t1"))
                let core = Process.words("/proc/\(pid)/limits", 10).first { $0.hasPrefix("Max core file size") }
                #expect(core?.split(separator: " ").dropFirst(4).first == "0")
            }
            // To its own user a process that is not dumpable shows none.
            if getuid() == 0 {
                let own = Process.descriptors(of: child).filter { $0.key > 2 }.values
                #expect(own.filter { $0.hasSuffix(".part") }.count == 1)
                #expect(own.filter { $0.hasPrefix("pipe:") }.count == 1)
                // Its rows, and the count beside them when it is long enough under way.
                #expect((1...2).contains(own.filter { $0.hasPrefix("socket:") }.count))
                #expect(own.count <= 4, "\(own.sorted())")
                // The dispatcher has no socket to listen on, the supervisor none to a database.
                let listening = Process.descriptors(of: faults.supervisor).values.filter { $0.hasPrefix("socket:") }
                let dispatcher = try faults.dispatcher()
                #expect(Set(Process.descriptors(of: dispatcher).values).isDisjoint(with: listening))
            }
            kill(child, SIGCONT)
            #expect(eventually { faults.exports.isEmpty })
            faults.expectInvariants()
        }

        @Test func `F64 a job is cancelled at once although its worker is deaf or its query blocked`() throws {
            let faults = try Faults.shared(sleeping: 30)
            let asleep = try faults.create()
            try #require(eventually { faults.exports.count == 1 })
            let busy = "select count(*) from pg_stat_activity where application_name = 'penstock export'"
            try #require(try eventually { try faults.stage.value(busy, on: .jobsOwner) == "1" })
            #expect(try faults.client.post("/report/exports/\(asleep)/cancel", [:]).status == 200)
            #expect(eventually(within: 4) { faults.exports.isEmpty })
            #expect(try eventually(within: 4) { try faults.stage.value(busy, on: .jobsOwner) == "0" })

            try faults.define(rows: 50_000)
            let before = faults.files().count
            let deaf = try faults.create()
            _ = try faults.stoppedExport()
            #expect(try faults.client.post("/report/exports/\(deaf)/cancel", [:]).status == 200)
            #expect(eventually(within: 4) { faults.exports.isEmpty })
            #expect(eventually(within: 4) { faults.files().count == before })
            #expect(try faults.row(deaf).state == "cancelled")
            faults.expectInvariants()
        }

        @Test(.enabled(if: getuid() == 0, "strace must attach to a process that is not dumpable"))
        func `F19 a fork that the kernel refuses leaves the job waiting and costs no attempt`() throws {
            let faults = try Faults.shared(rows: 100)
            let dispatcher = try faults.dispatcher()
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            let tracer = try Launched(
                [
                    "strace", "-qq", "-p", "\(dispatcher)", "-e", "trace=clone,clone3,fork", "-e",
                    "inject=clone,clone3,fork:error=EAGAIN",
                ], environment: plainEnvironment(),
                descriptors: (null.raw, null.raw, null.raw))
            try #require(
                eventually { Process.words("/proc/\(dispatcher)/status", 10).contains("TracerPid:\t\(tracer.pid)") })
            let id = try faults.create()
            #expect(
                eventually {
                    faults.log.contains("fork: Resource temporarily unavailable")
                        || faults.log.contains("fork pst-export")
                })
            kill(tracer.pid, SIGTERM)
            _ = tracer.wait(within: 5)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            // Backed off, not tried again and again.
            #expect(try faults.row(id).epoch <= 4)
            faults.expectInvariants()
        }
    }
}

extension PrivateFaults {
    /// A service that is told to end while it works on exports.
    @Suite struct Workers {
        @Test func `F14 a second TERM gives a running job back with the attempt not counted`() throws {
            let faults = try FaultStage()
            let id = try faults.create()
            let child = try faults.stoppedExport()
            let supervisor = faults.supervisor
            kill(supervisor, SIGTERM)
            try #require(eventually { faults.log.contains("draining") })
            #expect(eventually { Process.state(child) == "T" })
            kill(supervisor, SIGTERM)
            try #require(eventually { Process.state(supervisor) == "Z" })
            let row = try faults.row(id)
            #expect(row.state == "pending")
            #expect(row.attempts == 0)
            try faults.serve()
            try faults.waitUntilServing()
            _ = try faults.digest(id)
            faults.expectInvariants()
        }

        @Test func `F14 INT at once gives jobs back, TERM alone lets them finish`() throws {
            let faults = try FaultStage()
            let id = try faults.create()
            let child = try faults.stoppedExport()
            let first = faults.supervisor
            kill(first, SIGTERM)
            try #require(eventually { faults.responders.isEmpty })
            // The next service can take over while the last one drains.
            try faults.serve()
            try faults.waitUntilServing()
            kill(child, SIGCONT)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            try #require(eventually { Process.state(first) == "Z" })

            let second = try faults.create()
            _ = try faults.stoppedExport()
            let supervisor = faults.supervisor
            kill(supervisor, SIGINT)
            #expect(faults.waitForEnd(of: supervisor) == .exited(0))
            #expect(try faults.row(second).attempts == 0)
            try faults.serve()
            try faults.waitUntilServing()
            _ = try faults.digest(second)
            faults.expectInvariants()
        }
    }
}
