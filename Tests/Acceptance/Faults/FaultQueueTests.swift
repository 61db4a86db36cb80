import Glibc
import JSON
import Posix
import Support
import Testing

extension Faults {
    /// Callers that stand in each other's way.
    @Suite struct Queues {
        @Test func `F45 of a cancel and a completion exactly one wins, whenever the cancel comes`() throws {
            let faults = try Faults.shared(rows: 300)
            var random: UInt64 = 45
            var outcomes: [String: Int] = [:]
            for _ in 0..<30 {
                let id = try faults.create()
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                usleep(UInt32(random >> 33) % 60_000)
                let twice = try (0..<2).map { _ in
                    try faults.client.begin(
                        "POST", "/report/exports/\(id)/cancel", [("Content-Type", "application/json")], body: [])
                }
                let statuses = try twice.map { try $0.reply().status }.sorted()
                let state = try faults.row(id).state
                outcomes[state, default: 0] += 1
                #expect(statuses == (state == "cancelled" ? [200, 409] : [409, 409]), "\(state)")
            }
            #expect(Set(outcomes.keys).isSubset(of: ["cancelled", "ready"]), "\(outcomes)")
            faults.expectInvariants()
        }

        @Test func `F46 many creates with one key at the same time make one job`() throws {
            let faults = try Faults.shared(rows: 10)
            let key = "one-\(Random.integer())"
            func begin(_ body: JSON) throws -> Exchange {
                try faults.client.begin(
                    "POST", "/report/exports", [("Content-Type", "application/json"), ("Idempotency-Key", key)],
                    body: body.serialized)
            }
            let replies = try (0..<40).map { _ in try begin(FaultStage.request) }.map { try $0.reply() }
            #expect(Set(replies.map(\.status)) == [202])
            #expect(Set(try replies.map { try $0.json["data"]?["id"]?.string }).count == 1)
            let other: JSON = ["module": "faults", "catalog": "rows", "format": "csv", "columns": ["id"]]
            #expect(try begin(other).reply().status == 422)
            #expect(
                try faults.stage.value("select count(*) from report_export_jobs where idempotency_key = '\(key)'")
                    == "1")
            faults.expectInvariants()
        }

        @Test func `F47 clients that go away in the middle disturb nobody and create at most once`() throws {
            let faults = try Faults.shared(rows: 10)
            let responders = faults.responders
            for number in 0..<40 {
                let exchange = try faults.client.begin(
                    "POST", "/report/exports",
                    [("Content-Type", "application/json"), ("Idempotency-Key", "gone-\(number)")],
                    body: FaultStage.request.serialized)
                var reset = linger(l_onoff: 1, l_linger: 0)
                setsockopt(exchange.descriptor, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
                if number % 2 == 0 { usleep(3000) }
            }
            #expect(try faults.client.get("/report/exports?limit=1").status == 200)
            #expect(faults.responders == responders)
            let most = try faults.stage.value(
                """
                select coalesce(max(n), 0) from (select count(*) n from report_export_jobs
                    where idempotency_key like 'gone-%' group by idempotency_key) counted
                """)
            #expect(["0", "1"].contains(most))
            let active = "select count(*) from report_export_jobs where state in ('pending', 'processing')"
            #expect(try eventually(within: 30) { try faults.stage.value(active) == "0" })
            faults.expectInvariants()
        }

        @Test func `F50 F51 a tenant with many jobs does not keep the other one waiting`() throws {
            let faults = try Faults.shared(rows: 100)
            let model = try faults.create()
            _ = try faults.digest(model)
            // As many as a tenant may have queued, in one transaction: one wake-up for all.
            try faults.stage.rows(
                """
                select count(*) from generate_series(1, 900) i, create_job(
                    md5(random()::text || i)::uuid, '\(faults.stage.tenant)', 'faults', 'rows', 'tests', 'csv', 'en', 'test',
                    (select request from report_export_jobs where id = '\(model)'), sha256(''), null, null, 1000, 3)
                """)
            let began = Clock.monotonicMilliseconds
            let id = try faults.create(faults.otherClient)
            _ = try faults.otherClient.job(id, reaching: "ready")
            #expect(Clock.monotonicMilliseconds - began < 3000)
            let pending = "select count(*) from report_export_jobs where state = 'pending'"
            #expect(Int(try faults.stage.value(pending) ?? "") ?? 0 > 500)
            try faults.stage.rows(
                "select count(*) from report_export_jobs j, cancel_job(j.tenant_id, j.id) where j.state = 'pending'")
            #expect(eventually(within: 20) { faults.exports.isEmpty })
            faults.expectInvariants()
        }

        @Test
        func `F54 links signed before a rotation of the keys stay good, and new ones are signed with the new key`()
            throws
        {
            let faults = try Faults.shared(rows: 10)
            let id = try faults.create()
            _ = try faults.digest(id)
            let before = try faults.client.link(id)
            let path = "\(faults.stage.state)/keys/signing-keys"
            let keys = String(decoding: try File.bytes(at: path), as: UTF8.self)
            let fresh = Random.bytes(32).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            try faults.write("fresh \(fresh)\n\(keys)", to: path)
            kill(faults.supervisor, SIGHUP)
            let rotated = try eventually {
                #expect(try faults.client.get(before).status == 200)
                return try faults.client.link(id).contains("kid=fresh")
            }
            #expect(rotated)
            #expect(try faults.client.get(before).status == 200)
            #expect(try faults.client.file(id).status == 200)
            #expect(eventually { Process.named("dispatcher", under: faults.supervisor).count == 1 })
            faults.expectInvariants()
        }
    }
}
