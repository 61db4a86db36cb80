import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// F72: a call to the storage does not come back.
    @Suite struct StorageHangs {
        @Test(.enabled(if: getuid() == 0, "strace must attach to processes that are not dumpable"))
        func `a storage that hangs costs downloads alone, which are 503 until it answers`() throws {
            let faults = try FaultStage(rows: 10)
            let id = try faults.create()
            _ = try faults.digest(id)
            let link = try faults.client.link(id)
            let path = try faults.stage.value("select stored_path from report_export_jobs where id = '\(id)'") ?? ""
            let hung = faults.responders
            let null = try FileDescriptor.open("/dev/null", O_RDWR)
            // Each of these responders hangs at its next look at the file, those that take their places do not.
            let tracer = try Launched(
                ["strace", "-qq"] + hung.flatMap { ["-p", "\($0)"] } + [
                    "-P", "\(faults.stage.state)/storage/\(path)", "-e", "trace=newfstatat", "-e",
                    "inject=newfstatat:delay_enter=600000000",
                ], environment: plainEnvironment(), descriptors: (null.raw, null.raw, null.raw))
            defer {
                kill(tracer.pid, SIGKILL)
                _ = tracer.wait(within: 5)
            }
            try #require(
                eventually {
                    hung.allSatisfy { pid in
                        Process.words("/proc/\(pid)/status", 10).contains("TracerPid:\t\(tracer.pid)")
                    }
                })

            let client = faults.stage.client(.none)
            let downloads = try (0..<hung.count * 2).map { _ in try client.begin("GET", link) }
            // What needs no storage is answered while half of the responders hang.
            #expect(eventually { faults.log.contains("storage_unavailable") })
            for _ in 0..<20 {
                #expect(try faults.otherClient.get("/report/exports?limit=1").status == 200)
                #expect(try faults.client.job(id)["status"] == "ready")
            }
            // The tracer keeps those that were killed from ending, as a disk does whose calls cannot be interrupted.
            #expect(eventually { faults.log.count(of: "responder stuck in the storage") == hung.count / 2 })
            #expect(eventually { faults.responders.count == hung.count + hung.count / 2 })
            #expect(faults.log.count(of: "storage does not answer") == 1)
            kill(tracer.pid, SIGKILL)
            let replies = try downloads.map { try $0.reply() }
            #expect(replies.allSatisfy { $0.status == 200 || ($0.status == 503 && $0["Retry-After"] == "5") })
            #expect(replies.count { $0.status == 503 } >= hung.count)

            // One that tries it finds that it answers.
            #expect(try eventually(within: 30) { try client.get(link).status == 200 })
            #expect(eventually { faults.log.contains("storage answers again") })
            #expect(eventually { faults.responders.count == hung.count && Set(faults.responders) != Set(hung) })
            faults.expectInvariants()
        }
    }
}
