import Glibc
import JSON
import Posix
import Support
import Testing

extension PrivateFaults {
    /// The network between the service and the queue's database.
    @Suite struct Network {
        /// A stage whose service reaches the queue through a proxy.
        private static func stage() throws -> (faults: FaultStage, proxy: Proxy) {
            let faults = try FaultStage(["PENSTOCK_RESPONDERS": "2"], rows: 20_000)
            kill(faults.supervisor, SIGTERM)
            try #require(eventually { Process.state(faults.supervisor) == "Z" })
            let folder = "\(TestRun.folder)/proxy-\(Random.integer() % 1_000_000)"
            try File.makeFolders(folder)
            let sockets = try faults.stage.value("select current_setting('unix_socket_directories')", on: .sourceOwner)
            let socket = "\((sockets ?? "").replacing("\"", with: ""))/.s.PGSQL.5432"
            let proxy = try Proxy("\(folder)/.s.PGSQL.5432", to: socket)
            let direct = faults.stage["DATABASE_URL"]
            try faults.serve(["PENSTOCK_DATABASE_URL": "\(direct.prefix { $0 != "?" })?host=\(folder)"])
            try faults.waitUntilServing()
            return (faults, proxy)
        }

        @Test func `F7 an export goes on while the queue is silent, and its end is recorded afterwards`() throws {
            let (faults, proxy) = try Self.stage()
            let id = try faults.create()
            let child = try faults.stoppedExport()
            proxy.set(.silent)
            kill(child, SIGCONT)
            // The file is whole and has its name, and nobody can be told.
            #expect(eventually { Process.state(child) == nil })
            #expect(eventually { faults.files().contains { $0.hasSuffix(".csv") } })
            #expect(try faults.row(id).state == "processing")
            let waiting = try faults.client.begin("GET", "/report/exports?limit=1")
            proxy.set(.up)
            _ = try faults.digest(id)
            #expect(try faults.row(id).attempts == 1)
            #expect(try waiting.reply().status == 200)
            #expect(try faults.stage.value("select losses + interruptions + waits from report_export_jobs") == "0")
            faults.expectInvariants()
        }

        @Test func `F23 a create and an export whose commit was not answered are made once`() throws {
            let (faults, proxy) = try Self.stage()
            let key = "unanswered-\(Random.integer())"
            proxy.swallowAnswer(to: key)
            let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)]
            func create() throws -> Reply {
                try faults.client.reply("POST", "/report/exports", headers, body: FaultStage.request.serialized)
            }
            var reply = try create()
            // 503 where the responder has given up; a second try finds what the first has made.
            if reply.status == 503 { reply = try create() }
            #expect(reply.status == 202 && proxy.swallowed == 1)
            let id = try #require(try reply.json["data"]?["id"]?.string)
            let count = "select count(*) from report_export_jobs"
            #expect(try faults.stage.value(count) == "1")

            let child = try faults.stoppedExport()
            // The file's name stands in the statement that makes the export ready, and in no other.
            proxy.swallowAnswer(to: "\(id).1-")
            kill(child, SIGCONT)
            _ = try faults.digest(id)
            #expect(eventually { faults.log.contains("queue reached again") })
            #expect(proxy.swallowed == 2)
            let row = try faults.row(id)
            #expect(row.attempts == 1 && row.epoch == 1)
            faults.expectInvariants()
        }
    }
}
