import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// What nginx tells of downloads while the database cannot take it: nothing is lost, and nobody dies or spins.
    @Suite struct Transfers {
        /// The process that takes nginx's messages.
        private func receiver(_ faults: FaultStage) throws -> pid_t {
            guard let pid = Process.named("audit", under: faults.supervisor).first else {
                throw Unmet("nobody takes nginx's messages")
            }
            return pid
        }

        /// Processor time that a process has used, in clock ticks of which there are 100 a second.
        private func ticks(_ pid: pid_t) -> Int {
            let fields = Process.words("/proc/\(pid)/stat", 32)
            return fields.count > 14 ? (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0) : 0
        }

        private func recorded(_ faults: FaultStage) throws -> [String?] {
            try faults.stage.rows("select request_id from report_download_transfers where completed").map { $0[0] }
        }

        /// Waits until every one of these requests is recorded as completed, once.
        private func expectRecorded(
            _ ids: [String], _ faults: FaultStage, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let all = eventually(within: 30) {
                ((try? recorded(faults)) ?? []).compactMap { $0 }.filter { ids.contains($0) }.count == ids.count
            }
            #expect(all, "\(faults.log.suffix(1500))", sourceLocation: sourceLocation)
            #expect(!ids.contains("") && Set(ids).count == ids.count, sourceLocation: sourceLocation)
            let rows = try faults.stage.value(
                "select count(*) = count(distinct request_id) from report_download_transfers")
            #expect(rows == "t", sourceLocation: sourceLocation)
            #expect(!faults.log.contains("transfers lost"), sourceLocation: sourceLocation)
        }

        /// A file of ten megabytes, more than the sockets between nginx and a client hold.
        private func link(_ faults: FaultStage) throws -> String {
            let id = try faults.create()
            _ = try faults.client.job(id, reaching: "ready")
            return try faults.client.link(id)
        }

        /// Downloads that have begun, each with its request's id.
        private func begin(_ count: Int, _ link: String, _ faults: FaultStage) throws -> [(Exchange, String)] {
            try (0..<count).map { _ in
                let exchange = try faults.stage.client(.none).begin("GET", link)
                let head = String(decoding: try exchange.read(2048), as: UTF8.self)
                let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("x-request-id:") } ?? ""
                return (exchange, String(line.split(separator: " ").last ?? ""))
            }
        }

        private func finish(_ downloads: [(Exchange, String)]) throws {
            for (exchange, _) in downloads {
                while try !exchange.read(1 << 16).isEmpty {}
            }
        }

        @Test func `downloads that end while PostgreSQL is away are recorded when it is back`() throws {
            let faults = try FaultStage(rows: 10_000)
            let link = try link(faults)
            let pid = try receiver(faults)
            let downloads = try begin(15, link, faults)
            try faults.stopPostgres(SIGINT)
            let before = ticks(pid)
            try finish(downloads)
            // It has tried, and tries again, with longer and longer pauses.
            #expect(eventually { faults.log.contains("transfers wait") })
            #expect(ticks(pid) - before < 50)
            try faults.startPostgres()
            try expectRecorded(downloads.map(\.1), faults)
            #expect(try receiver(faults) == pid)
            #expect(faults.log.contains("transfers are recorded again"))

            // Stopping at once is no reason to lose what has just come.
            let last = try begin(3, link, faults)
            try finish(last)
            kill(faults.supervisor, SIGINT)
            try expectRecorded(last.map(\.1), faults)
        }

        @Test func `a service that ends while PostgreSQL is away waits a while for it with what it holds`() throws {
            let faults = try FaultStage(rows: 10_000)
            let link = try link(faults)
            let downloads = try begin(5, link, faults)
            try faults.stopPostgres(SIGQUIT)
            try finish(downloads)
            #expect(eventually { faults.log.contains("transfers wait") })
            kill(faults.supervisor, SIGTERM)
            try faults.startPostgres()
            try expectRecorded(downloads.map(\.1), faults)
            #expect(eventually(within: 20) { Process.state(faults.supervisor).map { $0 == "Z" } ?? true })
        }

        @Test func `what the database refuses waits for it, and a message that no table takes goes alone`() throws {
            let faults = try FaultStage(rows: 10)
            let link = try link(faults)
            let pid = try receiver(faults)
            func download(_ count: Int) throws -> [String] {
                try (0..<count).map { _ in try faults.stage.client(.none).get(link)["X-Request-Id"] ?? "" }
            }
            // A schema that is not (yet) what the program needs.
            try faults.stage.psql("alter function record_transfers(jsonb) rename to not_there", on: .jobsOwner)
            let early = try download(3)
            let told = eventually { faults.log.contains("transfers wait") && faults.log.contains("42883") }
            try faults.stage.psql("alter function not_there(jsonb) rename to record_transfers", on: .jobsOwner)
            #expect(told)
            try expectRecorded(early, faults)

            try faults.stage.psql(
                "alter table report_download_transfers add constraint no_poison check (request_id <> 'poison')",
                on: .jobsOwner)
            defer {
                _ = try? faults.stage.psql(
                    "alter table report_download_transfers drop constraint no_poison", on: .jobsOwner)
            }
            let socket = try #require(faults.settings["PENSTOCK_SOCKET"]).replacing("penstock.sock", with: "audit.sock")
            let send = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(sys.argv[1])
                s.send(b'<190>Nov 25 04:30:00 penstock: {"request_id":"poison","uri":"/","method":"GET","status":"200",'
                    b'"bytes":"1","range":"","seconds":"0.001","completion":"OK","from":"::1"}')
                """
            kill(pid, SIGSTOP)
            let before = try download(3)
            _ = try Shell.output(["python3", "-c", send, socket])
            let after = try download(3)
            kill(pid, SIGCONT)
            let all = eventually {
                ((try? recorded(faults)) ?? []).filter { (before + after).contains($0 ?? "") }.count == 6
            }
            #expect(all, "\(faults.log.suffix(1500))")
            #expect(eventually { faults.log.contains("transfer refused") && faults.log.contains("no_poison") })
            #expect(try receiver(faults) == pid)
        }

        @Test func `the first download of each worker after a restart is recorded, and nginx logs no signature`() throws
        {
            let faults = try FaultStage(rows: 10)
            let link = try link(faults)
            func download(_ count: Int) throws -> [String] {
                try (0..<count).map { _ in try faults.stage.client(.none).get(link)["X-Request-Id"] ?? "" }
            }
            try expectRecorded(try download(8), faults)
            for signal in [SIGTERM, SIGKILL, SIGINT] {
                let old = faults.supervisor
                kill(old, signal)
                try #require(eventually(within: 20) { Process.state(old).map { $0 == "Z" } ?? true })
                // While the service is down, what nginx could not do is not told with the address either.
                #expect(try [502, 503].contains(faults.stage.client(.none).get(link).status))
                try faults.serve()
                try faults.waitUntilServing()
                // Enough that each of nginx's workers has some.
                try expectRecorded(try download(12), faults)
            }
            // Nothing changes hands on a HUP.
            kill(faults.supervisor, SIGHUP)
            try expectRecorded(try download(12), faults)
            let log = String(
                decoding: try File.bytes(at: "\(faults.stage.state)/log/nginx-error.log"), as: UTF8.self)
            #expect(!log.contains("sig=") && !log.contains("/report/files/"), "\(log.suffix(1500))")
            #expect(!faults.log.contains("sig="))
        }

        @Test func `a server that is silent, on a connection or before one, keeps no message waiting in the socket`()
            throws
        {
            let faults = try FaultStage(rows: 10)
            let link = try link(faults)
            let pid = try receiver(faults)
            func download(_ count: Int) throws -> [String] {
                try (0..<count).map { _ in try faults.stage.client(.none).get(link)["X-Request-Id"] ?? "" }
            }
            let backend = "select pid from pg_stat_activity where application_name = 'penstock audit'"
            try expectRecorded(try download(1), faults)
            let session = try #require(try faults.stage.value(backend).flatMap { pid_t($0) })
            kill(session, SIGSTOP)
            defer { kill(session, SIGCONT) }
            // More than the socket holds.
            let before = ticks(pid)
            let onConnection = try download(40)
            #expect(ticks(pid) - before < 50)
            kill(session, SIGCONT)
            try expectRecorded(onConnection, faults)

            // Sessions that are there go on; a new one gets no word from a postmaster that stands still.
            try faults.stage.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock audit'")
            kill(faults.postgres, SIGSTOP)
            defer { kill(faults.postgres, SIGCONT) }
            let beforeOne = try download(40)
            kill(faults.postgres, SIGCONT)
            try expectRecorded(beforeOne, faults)
            #expect(try receiver(faults) == pid)
        }
    }
}
