import Glibc
import JSON
import Posix
import Support
import Testing

extension Faults {
    /// Memory, descriptors and connections that are not enough, and clients that keep what there is.
    @Suite struct Shortages {
        private static let memory = "/sys/fs/cgroup/memory"

        @Test(
            .enabled(
                if: getuid() == 0 && access("\(memory)/memory.limit_in_bytes", F_OK) == 0,
                "needs root and the memory controller of cgroup v1"))
        func `F15 a worker that the kernel kills for its memory costs an attempt and nobody else anything`() throws {
            let faults = try Faults.shared(rows: 20_000)
            let others = Set(Process.children(of: faults.supervisor))
            let id = try faults.create()
            let child = try faults.stoppedExport()
            let group = "\(Self.memory)/penstock-tests-\(getpid())"
            mkdir(group, 0o755)
            defer { rmdir(group) }
            // The next page that it wants is one too many.
            try faults.write("0", to: "\(group)/memory.limit_in_bytes")
            try faults.write("\(child)", to: "\(group)/cgroup.procs")
            kill(child, SIGCONT)
            #expect(eventually { Process.state(child) == nil })
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 2)
            #expect(!faults.log.lines(with: "attempt failed", id, "worker_crashed", "signal 9").isEmpty)
            #expect(Set(Process.children(of: faults.supervisor)) == others)
            faults.expectInvariants()
            // The next one is the kernel's choice too: it is offered before the service.
            #expect(Process.words("/proc/\(faults.supervisor)/oom_score_adj", 10).first != "500")
        }

        @Test(.enabled(if: getuid() == 0, "limits of a process that is not dumpable are set by root"))
        func `F20 responders without a free descriptor lose no request, and answer when they have some`() throws {
            let faults = try Faults.shared(rows: 10)
            let responders = faults.responders
            func limit(_ count: (pid_t) -> String) throws {
                for pid in responders {
                    _ = try Shell.output(["prlimit", "--pid", "\(pid)", "--nofile=\(count(pid))"])
                }
            }
            for free in 0...2 {
                // The soft limit alone, so that it can be raised again.
                try limit { "\((Process.descriptors(of: $0).keys.max() ?? 0) + 1 + Int32(free)):" }
                let asked = try (0..<8).map { _ in try faults.client.begin("GET", "/report/exports?limit=1") }
                // All stand at the socket; they are neither busy nor dead.
                #expect(faults.responders == responders)
                try limit { _ in "1024:" }
                let statuses = Set(try asked.map { try $0.reply().status })
                #expect(statuses.isSubset(of: [200, 503]), "\(free) \(statuses)")
                #expect(try faults.client.get("/report/exports?limit=1").status == 200)
            }
            #expect(faults.responders == responders)
            faults.expectInvariants()
        }

        @Test func `F48 clients that send or read a byte at a time keep no responder from the others`() throws {
            let faults = try Faults.shared(rows: 10)
            let slow = try (0..<12).map { _ in
                let exchange = try faults.client.begin(
                    "POST", "/report/exports", [("Content-Type", "application/json"), ("Content-Length", "500")])
                try exchange.write([UInt8(ascii: "{")])
                return exchange
            }
            let unread = try (0..<12).map { _ in try faults.client.begin("GET", "/report/catalogs/delivery") }
            // Three times as many as there are responders.
            for _ in 0..<20 {
                for exchange in slow { try exchange.write([UInt8(ascii: " ")]) }
                #expect(try faults.otherClient.get("/report/exports?limit=1").status == 200)
            }
            for exchange in unread { #expect(try !exchange.read(1).isEmpty) }
            #expect(faults.log.count(of: "responder stuck") == 0)
            withExtendedLifetime(slow) {}
            faults.expectInvariants()
        }

        @Test func `F49 many requests at once are all answered, in JSON`() throws {
            let faults = try Faults.shared(rows: 10)
            let responders = faults.responders
            let open = try (0..<300).map { _ in try faults.client.begin("GET", "/report/exports?limit=1") }
            for exchange in open {
                let reply = try exchange.reply()
                #expect(reply.status == 200 || (reply.status == 503 && reply["Retry-After"] != nil))
                #expect(try reply.json["success"]?.bool == (reply.status == 200))
            }
            #expect(faults.responders == responders)
            faults.expectInvariants()
        }

        @Test func `F52 without a connection to be had requests are 503, jobs wait, and all goes on by itself`() throws
        {
            let faults = try Faults.shared(rows: 10)
            let dispatcher = try faults.dispatcher()
            try faults.stage.rows("alter role penstock connection limit 0", on: .jobsOwner)
            func end() throws {
                try faults.stage.rows(
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'penstock'", on: .jobsOwner)
            }
            try end()
            let away = try faults.client.get("/report/exports?limit=1")
            #expect(away.status == 503 && away["Retry-After"] != nil)
            #expect(try away.json["success"] == .bool(false))
            #expect(eventually { faults.log.contains("queue out of reach") })
            try faults.stage.rows("alter role penstock connection limit -1", on: .jobsOwner)
            // Each responder comes back by itself.
            try #require(
                try eventually {
                    try (0..<16).allSatisfy { _ in try faults.client.get("/report/exports?limit=1").status == 200 }
                })
            _ = try faults.digest(try faults.create())
            #expect(try faults.dispatcher() == dispatcher)
            faults.expectInvariants()
        }

        @Test(
            .disabled(
                "no process is replaced because of its age or its number of requests, so none can be replaced at once"))
        func `F55 workers that are recycled are not recycled all at once`() {}

        @Test func `F63 children that end together are all reaped, told once and replaced`() throws {
            let faults = try Faults.shared(rows: 10)
            let children = Process.children(of: faults.supervisor)
            let told = faults.log.count(of: "child lost")
            kill(faults.supervisor, SIGSTOP)
            for pid in children { kill(pid, SIGKILL) }
            #expect(eventually { children.allSatisfy { Process.state($0) == "Z" } })
            // One SIGCHLD for all of them.
            kill(faults.supervisor, SIGCONT)
            #expect(
                eventually {
                    let now = Process.children(of: faults.supervisor)
                    return now.count == children.count && Set(now).isDisjoint(with: children)
                })
            #expect(eventually { faults.log.count(of: "child lost") == told + children.count })
            try faults.waitUntilServing()
            _ = try faults.digest(try faults.create())
            faults.expectInvariants()
        }

        @Test func `F59 a program that gets no more memory ends with a reason or a signal, never with half a file`()
            throws
        {
            let faults = try Faults.shared(rows: 2_000)
            let output = "\(faults.stage.state)/export.csv"
            var whole: [UInt8]?
            var failures = 0
            // Bytes of address space; the program itself takes most of it.
            for limit in [4_000_000_000, 20, 60, 100, 140, 180, 220, 260, 300, 400].map({ $0 < 1000 ? $0 << 20 : $0 }) {
                unlink(output)
                let outcome = try Shell.run(
                    [
                        "prlimit", "--as=\(limit)", "--core=0", "--", TestRun.program, "export",
                        "--catalog", "faults/rows", "--tenant", faults.stage.tenant, "--format", "csv",
                        "--column", "id", "--column", "note", "--output", output,
                    ], environment: faults.settings.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 })
                let bytes = try? File.bytes(at: output, limit: 1 << 30)
                if outcome.status == 0 {
                    if whole == nil { whole = bytes }
                    #expect(bytes != nil && bytes == whole, "\(limit)")
                } else {
                    failures += 1
                    #expect(bytes == nil, "\(limit)")
                }
            }
            #expect(whole != nil && failures > 0)
        }

        @Test func `F60 a download whose nginx worker is killed is resumed, and its parts are one file`() throws {
            let faults = try Faults.shared(rows: 20_000)
            let id = try faults.create()
            let digest = try faults.digest(id)
            let link = try faults.client.link(id)
            let client = faults.stage.client(.none)
            let master = String(decoding: try File.bytes(at: "\(faults.stage.state)/nginx/nginx.pid"), as: UTF8.self)
            let pid = try #require(pid_t(master.filter(\.isNumber)))
            let workers = Process.children(of: pid)
            let download = try client.begin("GET", link)
            var bytes = try download.read()
            for worker in workers { kill(worker, SIGKILL) }
            while case let more = try download.read(), !more.isEmpty { bytes += more }
            let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            let tag = try #require(
                head.split(whereSeparator: \.isNewline).first { $0.hasPrefix("ETag: ") }?.dropFirst(6))
            var file = Array(bytes[end.upperBound...])
            #expect(file.count < 20_000_000)
            try #require(eventually { Set(Process.children(of: pid)).isDisjoint(with: workers) })
            var rest: Reply?
            _ = eventually {
                rest = try? client.get(link, [("Range", "bytes=\(file.count)-"), ("If-Range", String(tag))])
                return rest != nil
            }
            #expect(rest?.status == 206)
            file += rest?.body ?? []
            let sum = try Shell.output(["sha256sum"], input: file)
            #expect(String(decoding: sum.prefix(64), as: UTF8.self) == digest)
            faults.expectInvariants()
        }
    }
}
