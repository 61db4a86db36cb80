import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// The service's own processes, under load.
    @Suite struct Service {
        /// Keeps requests under way, every eighth a create, and checks every answer.
        struct Load {
            let faults: FaultStage
            private(set) var answers: [Int: Int] = [:]
            private(set) var problems: [String] = []
            private(set) var keys: Set<String> = []
            private var open: [Exchange] = []
            let width: Int

            init(_ faults: FaultStage, width: Int = 8) {
                self.faults = faults
                self.width = width
            }

            /// Begins requests until `width` are open, then takes the oldest one's answer.
            mutating func step() throws {
                while open.count < width { open.append(try next()) }
                take()
            }

            mutating func finish() { while !open.isEmpty { take() } }

            private mutating func next() throws -> Exchange {
                guard keys.count * 8 <= answers.values.reduce(0, +) else {
                    return try faults.client.begin("GET", "/report/exports?limit=1")
                }
                let key = "load-\(Random.integer())"
                keys.insert(key)
                return try faults.client.begin(
                    "POST", "/report/exports", [("Content-Type", "application/json"), ("Idempotency-Key", key)],
                    body: FaultStage.request.serialized)
            }

            private mutating func take() {
                do {
                    let reply = try open.removeFirst().reply()
                    answers[reply.status, default: 0] += 1
                    if reply.status >= 500, (try? reply.json["success"]?.bool) != false {
                        problems.append("\(reply.status) is not JSON: \(reply.text.prefix(80))")
                    }
                } catch {
                    problems.append("\(error)")
                }
            }

            /// Everything was answered well, and each create made one job.
            func expectNothingFailed(sourceLocation: SourceLocation = #_sourceLocation) throws {
                #expect(problems.isEmpty, sourceLocation: sourceLocation)
                #expect(Set(answers.keys) == [200, 202], "\(answers)", sourceLocation: sourceLocation)
                let made = try faults.stage.value(
                    "select count(*) from report_export_jobs where idempotency_key like 'load-%'")
                #expect(made == "\(keys.count)", sourceLocation: sourceLocation)
            }
        }

        /// Runs a load for a while, and on until `enough` holds, and calls `disturb` every so many milliseconds, but
        /// not before each request that was under way the last time has its answer: nginx sends one again only once.
        private func load(
            _ faults: FaultStage, seconds: Double, every milliseconds: Int64, until enough: () -> Bool = { true },
            _ disturb: () throws -> Void
        ) throws -> Load {
            var load = Load(faults)
            let end = Clock.monotonicMilliseconds + Int64(seconds * 1000)
            var due = Clock.monotonicMilliseconds
            var answered = load.width
            while Clock.monotonicMilliseconds < end || !enough() {
                guard Clock.monotonicMilliseconds < end + 60_000 else { throw Unmet("the load was not enough") }
                try load.step()
                answered += 1
                if Clock.monotonicMilliseconds >= due, answered >= load.width {
                    try disturb()
                    due = Clock.monotonicMilliseconds + milliseconds
                    answered = 0
                }
            }
            load.finish()
            return load
        }

        @Test func `F10 F12 neither killed responders nor reloads fail a request, and every create makes one job`()
            throws
        {
            let faults = try FaultStage(["PENSTOCK_TENANT_QUEUED": "100000"], rows: 10)
            var turn = 0
            let killing = try load(faults, seconds: 3, every: 150, until: { turn >= 10 }) {
                turn += 1
                let responders = faults.responders
                if !responders.isEmpty { kill(responders[turn % responders.count], SIGKILL) }
            }
            try killing.expectNothingFailed()
            try faults.stage.rows("update report_export_jobs set idempotency_key = null")
            // Signals that come while a reload is under way are one, so the clock does not say how many there were.
            let reloads = { faults.log.count(of: "\"reloaded\"") }
            let reloading = try load(faults, seconds: 4, every: 1000, until: { reloads() >= 3 }) {
                kill(faults.supervisor, SIGHUP)
            }
            try reloading.expectNothingFailed()
            #expect(reloads() >= 3)
            try faults.stage.rows("update report_export_jobs set idempotency_key = null")
            // A responder that is told to end by anybody finishes what it has begun.
            let ending = try load(faults, seconds: 2, every: 150) {
                if let responder = faults.responders.first { kill(responder, SIGTERM) }
            }
            try ending.expectNothingFailed()
            let active = "select count(*) from report_export_jobs where state in ('pending', 'processing')"
            #expect(try eventually(within: 60) { try faults.stage.value(active) == "0" })
            #expect(try faults.stage.value("select count(*) from report_export_jobs where state <> 'ready'") == "0")
            faults.expectInvariants()
        }

        @Test func `F12 TERM answers whoever is connected and the rest get JSON, and a restart serves again`() throws {
            let faults = try FaultStage(rows: 10)
            let first = faults.supervisor
            var load = Load(faults, width: 16)
            for _ in 0..<30 { try load.step() }
            kill(first, SIGTERM)
            let ended = try eventually {
                try load.step()
                return Process.state(first) == "Z"
            }
            #expect(ended)
            for _ in 0..<20 { try load.step() }
            load.finish()
            #expect(load.problems.isEmpty)
            #expect(Set(load.answers.keys).isSubset(of: [200, 202, 502, 503]), "\(load.answers)")
            let refused = try faults.client.get("/report/exports")
            #expect([502, 503].contains(refused.status))
            #expect(refused["Retry-After"] != nil)
            try faults.serve()
            try faults.waitUntilServing()
            faults.expectInvariants()
        }

        @Test func `F11 a request that waits for the database when TERM comes is answered`() throws {
            let faults = try FaultStage(rows: 10)
            try faults.define(rows: 10, sleeping: 1)
            let slow = try faults.client.begin(
                "POST", "/report/exports/preview", [("Content-Type", "application/json")],
                body: FaultStage.request.serialized)
            let busy =
                "select count(*) from pg_stat_activity where application_name = 'penstock preview' and state = 'active'"
            try #require(try eventually { try faults.stage.value(busy, on: .jobsOwner) == "1" })
            kill(faults.supervisor, SIGTERM)
            #expect(try slow.reply().status == 200)
            #expect(eventually { Process.state(faults.supervisor) == "Z" })
        }

        @Test
        func `F13 a socket that is passed on descriptor 0 is served by one service after the other without a loss`()
            throws
        {
            let faults = try FaultStage(rows: 10)
            kill(faults.supervisor, SIGTERM)
            try #require(eventually { Process.state(faults.supervisor) == "Z" })
            let path = faults.settings["PENSTOCK_SOCKET"] ?? ""
            let listener = try Self.listener(at: path)
            try faults.serve(input: listener.raw)
            try faults.waitUntilServing()
            var load = Load(faults)
            for round in 0..<3 {
                let old = faults.supervisor
                // The next one before the last one ends, as a socket's owner would do it.
                try faults.serve(input: listener.raw)
                try #require(eventually { faults.responders.count == 4 })
                kill(old, SIGTERM)
                for _ in 0..<40 { try load.step() }
                #expect(faults.waitForEnd(of: old) == .exited(0), "round \(round)")
            }
            load.finish()
            try load.expectNothingFailed()
            // Nobody but responders and supervisor has it.
            let dispatcher = try faults.dispatcher()
            // To its own user a process that is not dumpable shows nothing.
            if getuid() == 0 { #expect(Process.descriptors(of: dispatcher)[0] == "/dev/null") }
            faults.expectInvariants()
        }

        @Test
        func `F8 F56 a killed supervisor takes its children along, and the next service starts at once, but only one`()
            throws
        {
            let faults = try FaultStage()
            let id = try faults.create()
            let child = try faults.stoppedExport()
            let old = faults.supervisor
            let second = try faults.stage.penstock("serve", within: 20)
            #expect(second.status != 0)
            #expect(second.errorText.contains("another service"))

            let everyone = Process.children(of: old) + [child]
            kill(old, SIGKILL)
            #expect(eventually { everyone.allSatisfy { Process.state($0) == nil } })
            let began = Clock.monotonicMilliseconds
            try faults.serve()
            try faults.waitUntilServing()
            _ = try faults.digest(id)
            #expect(Clock.monotonicMilliseconds - began < 60_000)
            #expect(try faults.row(id).attempts == 1)
            faults.expectInvariants()
        }

        @Test func `half a request on the socket costs one responder for a while and is not waited for for ever`()
            throws
        {
            let faults = try FaultStage(["PENSTOCK_REQUEST_SECONDS": "2"], rows: 10)
            let path = faults.settings["PENSTOCK_SOCKET"] ?? ""
            // A record's header announces 8 bytes that never come.
            let silent = try (0..<2).map { _ in try Self.connection(to: path, sending: [1, 1, 0, 1, 0, 8, 0, 0]) }
            for _ in 0..<10 { #expect(try faults.client.get("/report/exports?limit=1").status == 200) }
            // Retired by a reload, they are still watched.
            kill(faults.supervisor, SIGHUP)
            #expect(eventually(within: 15) { faults.log.count(of: "responder stuck") == 2 })
            for _ in 0..<10 { #expect(try faults.client.get("/report/exports?limit=1").status == 200) }
            #expect(faults.responders.count == 4)
            #expect(silent.count == 2)
            faults.expectInvariants()
        }

        private static func socketAddress(_ path: String) -> sockaddr_un {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return address
        }

        private static func listener(at path: String) throws -> FileDescriptor {
            unlink(path)
            var address = socketAddress(path)
            let descriptor = FileDescriptor(
                owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
            let length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor.raw, $0, length) }
            }
            guard bound == 0, listen(descriptor.raw, 512) == 0 else { throw PosixError("bind", subject: path) }
            return descriptor
        }

        private static func connection(to path: String, sending bytes: [UInt8]) throws -> Int32 {
            var address = socketAddress(path)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            let length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
            }
            guard connected == 0, Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
                throw PosixError("connect", subject: path)
            }
            return descriptor
        }
    }
}
