import Glibc
import JSON
import Posix
import Support
import Testing

/// Webhooks, taken by a real receiver.
@Suite(.serialized, .waitsFirst) struct WebhookTests {
    private let stage: Stage
    private let receiver: Receiver

    nonisolated(unsafe) private static let common = Result {
        (
            try Stage([
                "PENSTOCK_WEBHOOK_TRUSTED_RANGES": "127.0.0.0/8", "PENSTOCK_WEBHOOK_RETRY_SECONDS": "1",
                "PENSTOCK_WEBHOOK_ATTEMPTS": "3", "DEMO_ROWS": "2000",
            ]), try Receiver()
        )
    }

    init() throws { (stage, receiver) = try Self.common.get() }

    private static var wanted: JSON {
        var object = JobLifeTests.small.object ?? JSON.Object()
        object["notifyOnCompletion"] = true
        return .object(object)
    }

    private func set(_ url: String, tenant: String? = nil, _ more: String...) throws -> String {
        let outcome = try Shell.run(
            [TestRun.program, "webhooks", "set", "--tenant", tenant ?? stage.tenant, "--url", url] + more,
            environment: stage.settings)
        guard outcome.status == 0 else { throw Unmet(outcome.errorText) }
        return String(outcome.text.dropLast())
    }

    private func row(_ job: String) throws -> [String?] {
        try stage.rows(
            """
            select delivered_at is not null, due_at is null, o.attempts, last_status, last_error, notified_at is not null
            from report_webhook_outbox o join report_export_jobs j on j.id = o.job_id where o.job_id = '\(job)'
            """
        ).first ?? Array(repeating: nil, count: 6)
    }

    @Test func `an export that asks for it is told with a right signature, and is notified after a 2xx`() throws {
        let secret = try set(receiver.url("/ok"), "--new-secret")
        try receiver.expect([secret, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])
        let silent = try stage.client.create(JobLifeTests.small)["id"]?.string ?? ""
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let id = try stage.client.create(Self.wanted, [("traceparent", trace)])["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        #expect(try eventually { try row(id).first == "t" })
        let got = receiver.requests("/ok").filter { $0["body"]?.string?.contains(id) == true }
        #expect(got.count == 1 && got.first?["valid"] == [true, false])
        let headers = try #require(got.first?["headers"])
        #expect(
            headers["content-type"] == "application/json" && headers["webhook-id"]?.string?.hasPrefix("msg_") == true)
        let sent = headers["webhook-timestamp"]?.string.flatMap { Int64($0) } ?? 0
        #expect(abs(sent - Clock.wallMicroseconds / 1_000_000) < 30)
        let body = try JSON.parse(Array((got.first?["body"]?.string ?? "").utf8), limits: .stored)
        #expect(body.object?.keys == ["type", "timestamp", "data"] && body["type"] == "report.ready")
        var expected = try #require(job.object)
        expected["downloadUrl"] = nil
        #expect(body["data"] == .object(expected))
        #expect(try row(id) == ["t", "t", "1", "200", nil, "t"])
        // Its caller's trace is in the row, in the header and in the log; an invalid one, and none, is in none of them.
        let invalid = try stage.client.create(Self.wanted, [("traceparent", trace.uppercased())])["id"]?.string ?? ""
        #expect(try eventually { try row(invalid).first == "t" })
        let untraced = receiver.requests("/ok").filter { $0["body"]?.string?.contains(invalid) == true }
        #expect(headers["traceparent"] == .string(trace) && untraced.first?["headers"]?["traceparent"] == nil)
        #expect(untraced.count == 1)
        func traces(_ job: String) throws -> [String?] {
            try stage.rows("select traceparent from report_export_jobs where id = '\(job)'").first ?? []
        }
        #expect(try traces(id) == [trace] && traces(silent) == [nil] && traces(invalid) == [nil])
        for event in ["job ready", "webhook delivered"] {
            func lines(_ job: String) throws -> [String] {
                try stage.log.lines(with: "\"event\":\"\(event)\"", job)
            }
            #expect(try eventually { try lines(id).count == 1 && lines(invalid).count == 1 })
            #expect(try lines(id).first?.contains("\"traceparent\":\"\(trace)\"") == true)
            #expect(try lines(invalid).first?.contains("traceparent") == false)
        }
        #expect(try stage.value("select notified_at is null from report_export_jobs where id = '\(silent)'") == "t")
    }

    @Test func `a re-export that asks for it says notified once its message was taken`() throws {
        _ = try set(receiver.url("/ok"))
        let report = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
        let made = try ReexportTests.create(report, [:], stage.client, notify: true)
        #expect(made["notified"] == false)
        let id = made["reexport_id"]?.string ?? ""
        let notified = try eventually(within: 20) {
            try stage.client.get("\(ReexportTests.path)/\(id)").json["notified"] == true
        }
        #expect(notified)
        let uuid = try #require(UUID(ulid: String(id.dropFirst(6)))).description
        #expect(receiver.requests("/ok").contains { $0["body"]?.string?.contains(uuid) == true })
    }

    @Test func `a message that fails is sent again as it was, and its export is notified only then`() throws {
        let secret = try set(receiver.url("/fail/1"))
        try receiver.expect([secret])
        let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        func got() -> [JSON] { receiver.requests("/fail/1").filter { $0["body"]?.string?.contains(id) == true } }
        #expect(eventually { got().count == 1 })
        var first: [String?] = []
        let isTold = try eventually {
            first = try row(id)
            return first[3] == "500"
        }
        #expect(isTold && first == ["f", "f", "1", "500", "answered 500", "f"])
        #expect(try eventually { try row(id).first == "t" })
        #expect(try row(id) == ["t", "t", "2", "204", nil, "t"])
        let both = got()
        #expect(both.count == 2 && both.first?["body"] == both.last?["body"])
        #expect(both.first?["headers"]?["webhook-id"] == both.last?["headers"]?["webhook-id"])
        #expect(both.allSatisfy { $0["valid"] == [true] })
        let apart = zip(both, both.dropFirst()).compactMap { first, second -> Double? in
            guard case .number(let a)? = first["at"], case .number(let b)? = second["at"] else { return nil }
            return (Double(b) ?? 0) - (Double(a) ?? 0)
        }
        #expect(apart.first.map { $0 >= 1 } == true, "\(apart)")
    }

    @Test func `after the last attempt a message is given up, and its export is not notified`() throws {
        _ = try set(receiver.url("/status/404"))
        let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually(within: 20) { try row(id).dropFirst().first == "t" })
        #expect(try row(id) == ["f", "t", "3", "404", "answered 404", "f"])
        let shown = try stage.penstock("webhooks", "show", "--tenant", stage.tenant, "--json")
        let endpoint = try JSON.parse(shown.output).array?.first
        #expect((endpoint?["givenUp"]?.int ?? 0) >= 1 && endpoint?["lastError"] == "answered 404")
        #expect(endpoint?["secret"] == nil)
    }

    @Test func `a redirect is not followed, and a long answer is as good as a short one`() throws {
        _ = try set(receiver.url("/redirect"))
        let before = receiver.requests("/ok").count
        let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually { try row(id).dropFirst(3).first == "302" })
        #expect(receiver.requests("/ok").count == before)
        _ = try set(receiver.url("/big"))
        let big = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually { try row(big).first == "t" })
    }

    @Test func `what the endpoint asks for by Retry-After is given`() throws {
        _ = try set(receiver.url("/wait"))
        let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually { try row(id).dropFirst(3).first == "503" })
        let wait = try stage.value(
            "select extract(epoch from due_at - clock_timestamp()) from report_webhook_outbox where job_id = '\(id)'")
        #expect(Double(wait ?? "").map { $0 > 1.5 } == true, "\(wait ?? "")")
        #expect(try eventually { try row(id).first == "t" })
    }

    @Test func `cancelled and failed exports are told too, with their own words`() throws {
        _ = try set(receiver.url("/ok"))
        var long = JobLifeTests.long.object ?? JSON.Object()
        long["notifyOnCompletion"] = true
        let cancelled = try stage.client.create(.object(long))["id"]?.string ?? ""
        let answer = try stage.client.send("POST", "/report/exports/\(cancelled)/cancel").status
        #expect(try eventually { try row(cancelled).first == "t" })
        #expect(answer == 200)
        func type(_ id: String) throws -> JSON? {
            let got = receiver.requests("/ok").first { $0["body"]?.string?.contains(id) == true }
            return try JSON.parse(Array((got?["body"]?.string ?? "{}").utf8), limits: .stored)["type"]
        }
        #expect(try type(cancelled) == "report.cancelled")
        let failed = UUID.version7().description
        try stage.psql(
            """
            select create_job('\(failed)', '\(stage.tenant)', 'delivery', 'no-longer-there', 'operational', 'csv', 'en',
                'test', '{"module":"delivery","catalog":"no-longer-there","format":"csv"}', sha256(''), null, null, 1000, 3,
                null, true)
            """)
        #expect(try eventually { try row(failed).first == "t" })
        #expect(try type(failed) == "report.failed")
    }

    @Test func `an endpoint that does not answer holds up nobody else`() throws {
        _ = try set(receiver.url("/slow"))
        _ = try set(receiver.url("/ok"), tenant: stage.otherTenant)
        var waiting: [String] = []
        for _ in 0..<12 { waiting.append(try stage.client.create(Self.wanted)["id"]?.string ?? "") }
        #expect(
            try eventually(within: 30) {
                try stage.value(
                    "select count(*) from report_webhook_outbox where attempts > 0 and due_at is not null and tenant_id = '\(stage.tenant)'"
                ) != "0"
            })
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let id = try other.create(Self.wanted)["id"]?.string ?? ""
        _ = try other.job(id, reaching: "ready")
        let began = Clock.monotonicMilliseconds
        #expect(try eventually { try row(id).first == "t" })
        // Behind a single one of the others it would have waited for five seconds.
        #expect(Clock.monotonicMilliseconds - began < 4500)
        // Five seconds are all that it gets.
        #expect(try eventually(within: 20) { try row(waiting[0])[4]?.lowercased().contains("time") == true })
        #expect(try stage.penstock("webhooks", "remove", "--tenant", stage.tenant).status == 0)
        #expect(try row(waiting[11])[1] == "t")
    }

    @Test func `a message that was written while nobody could send it is sent when somebody can`() throws {
        _ = try set(receiver.url("/ok"))
        for pid in stage.children(named: "webhooks") { kill(pid, SIGSTOP) }
        let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        #expect(try row(id) == ["f", "f", "0", nil, nil, "f"])
        for pid in stage.children(named: "webhooks") { kill(pid, SIGKILL) }
        #expect(try eventually { try row(id).first == "t" })
        // A sender that dies between sending and settling leaves a lease; when it is over, the same message comes
        // again.
        let message =
            "update report_webhook_outbox set delivered_at = null, due_at = clock_timestamp() where job_id = '\(id)'"
        try stage.psql("\(message); notify penstock_webhooks;")
        #expect(try eventually { try row(id)[2] == "2" && row(id).first == "t" })
        let got = receiver.requests("/ok").filter { $0["body"]?.string?.contains(id) == true }
        #expect(got.count == 2 && got[0]["headers"]?["webhook-id"] == got[1]["headers"]?["webhook-id"])
    }

    @Test func `a message that cannot be sent costs the others nothing, and is sent again when it is asked for`() throws
    {
        let secret = try set(receiver.url("/ok"), "--new-secret")
        _ = try set(receiver.url("/ok"), tenant: stage.otherTenant)
        for pid in stage.children(named: "webhooks") { kill(pid, SIGSTOP) }
        let broken = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        _ = try stage.client.job(broken, reaching: "ready")
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let good = try other.create(Self.wanted)["id"]?.string ?? ""
        _ = try other.job(good, reaching: "ready")
        try stage.psql("update penstock_webhooks set secret = 'unreadable' where tenant_id = '\(stage.tenant)'")
        for pid in stage.children(named: "webhooks") { kill(pid, SIGCONT) }
        #expect(try eventually { try row(good).first == "t" })
        #expect(try row(good)[2] == "1")
        #expect(try eventually { try row(broken)[4] == "the endpoint's secret cannot be read" })
        #expect(receiver.requests("/ok").allSatisfy { $0["body"]?.string?.contains(broken) != true })
        let shown = try stage.penstock("webhooks", "show", "--secrets", "--json")
        let secrets = try JSON.parse(shown.output).array?.map { ($0["tenant"]?.string, $0["secret"]) } ?? []
        #expect(secrets.contains { $0 == stage.tenant && $1 == .null }, "\(secrets)")
        #expect(secrets.contains { $0 == stage.otherTenant && $1?.string?.hasPrefix("whsec_") == true })
        #expect(try stage.penstock("webhooks", "test", "--tenant", stage.tenant).status == 65)

        // It is given up before it is listed, so that no attempt of its own comes in between.
        #expect(try eventually(within: 60) { try row(broken)[1] == "t" })
        let listed = try stage.penstock("webhooks", "deliveries", "--tenant", stage.tenant, "--failed", "--json")
        let delivery = try JSON.parse(listed.output).array?.first { $0["job"] == .string(broken) }
        #expect(delivery?["event"] == "report.ready" && delivery?["error"] == "the endpoint's secret cannot be read")
        let id = delivery?["id"]?.string ?? ""
        try stage.psql("update penstock_webhooks set secret = '\(secret)' where tenant_id = '\(stage.tenant)'")
        #expect(try stage.penstock("webhooks", "resend", id).status == 0)
        #expect(try eventually { try row(broken).first == "t" })
        #expect(try stage.penstock("webhooks", "resend", "msg_\(id)").status == 0)
        #expect(
            eventually { receiver.requests("/ok").count { $0["body"]?.string?.contains(broken) == true } == 2 })
        #expect(try stage.penstock("webhooks", "resend", UUID.version4().description).status == 66)
    }

    @Test func `a secret can come by standard input, and only in one way`() throws {
        let secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="
        let set = ["webhooks", "set", "--tenant", "quiet", "--url", receiver.url("/ok"), "--secret-stdin"]
        let outcome = try stage.penstock(set, input: Array("\(secret)\n".utf8))
        #expect(outcome.status == 0 && outcome.text == "\(secret)\n")
        #expect(try stage.penstock(set, input: []).status == 64)
        #expect(try stage.penstock(set + ["--new-secret"], input: Array("\(secret)\n".utf8)).status == 64)
    }

    @Test func `an endpoint that is gone is told no more`() throws {
        let tenant = stage.otherTenant
        _ = try set(receiver.url("/status/410"), tenant: tenant)
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let id = try other.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually { try row(id).dropFirst().first == "t" })
        let shown = try stage.penstock("webhooks", "show", "--tenant", tenant, "--json")
        #expect(try JSON.parse(shown.output).array?.first?["enabled"] == false)
        let later = try other.create(Self.wanted)["id"]?.string ?? ""
        _ = try other.job(later, reaching: "ready")
        #expect(try row(later).allSatisfy { $0 == nil })
        _ = try set(receiver.url("/ok"), tenant: tenant)
        let again = try other.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually { try row(again).first == "t" })
    }

    @Test func `a changed secret signs beside the old one, and a test message tells what came of it`() throws {
        let old = try set(receiver.url("/ok"), "--new-secret")
        #expect(try set(receiver.url("/ok")) == old)
        let new = try set(receiver.url("/ok"), "--new-secret")
        #expect(new != old)
        try receiver.expect([new, old])
        let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
        #expect(try eventually { try row(id).first == "t" })
        let got = receiver.requests("/ok").last { $0["body"]?.string?.contains(id) == true }
        #expect(got?["valid"] == [true, true])

        // A proxy of the environment's is not asked; there is none at this port.
        let proxies = ["http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"]
        let good = try Shell.run(
            [TestRun.program, "webhooks", "test", "--tenant", stage.tenant, "--json"],
            environment: stage.settings.merging(proxies) { $1 })
        #expect(try good.status == 0 && JSON.parse(good.output)["delivered"] == true)
        #expect(receiver.requests("/ok").last?["body"]?.string?.contains("webhook.test") == true)
        _ = try set(receiver.url("/status/500"))
        let bad = try stage.penstock("webhooks", "test", "--tenant", stage.tenant)
        #expect(bad.status == 69 && bad.errorText.contains("answered 500"))
        #expect(try stage.penstock("webhooks", "test", "--tenant", "nobody").status == 66)
    }

    @Test(arguments: [
        "http://169.254.169.254/", "http://[::1]/", "http://2130706433/", "file:///etc/passwd", "gopher://example.com/",
        "https://user:pass@example.com/", "https://example.com:5432/", "http://10.0.0.1/", "http://localhost/",
        "ftp://x/",
        "https://", "example.com", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/", "http://127.0.0.1:8080/",
    ])
    func `I64 a destination that must not be is refused when it is set`(_ url: String) throws {
        var settings = stage.settings
        settings["PENSTOCK_WEBHOOK_TRUSTED_RANGES"] = nil
        let outcome = try Shell.run(
            [TestRun.program, "webhooks", "set", "--tenant", "refused", "--url", url], environment: settings)
        #expect(
            outcome.status == 64 && outcome.errorText.contains(url) && outcome.output.isEmpty, "\(outcome.errorText)")
        #expect(outcome.errors.count { $0 == 0x0A } == 1)
    }

    @Test func `I64 a name that leads into a private network is refused on the socket`() throws {
        let stage = try Stage(["PENSTOCK_WEBHOOK_ATTEMPTS": "1"])
        defer { stage.stop() }
        // Names that no list of names could hold against anybody; both lead to this machine.
        let name = String(decoding: try Shell.output(["hostname"]), as: UTF8.self).split(separator: "\n").first ?? ""
        for host in [String(name), "ip6-localhost", "127.0.0.1"] {
            let url = "http://\(host):8080/"
            try stage.psql(
                """
                insert into penstock_webhooks (tenant_id, url, secret)
                values ('\(stage.tenant)', '\(url)', 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=')
                on conflict (tenant_id) do update set url = excluded.url
                """)
            let id = try stage.client.create(Self.wanted)["id"]?.string ?? ""
            func row() throws -> [String?] {
                try stage.rows(
                    "select due_at is null, last_error, last_status from report_webhook_outbox where job_id = '\(id)'"
                ).first ?? []
            }
            #expect(try eventually(within: 20) { try row().first == "t" })
            let error = try row().dropFirst().first ?? ""
            #expect(
                ["the address is not allowed", "its address is not on the public internet"].contains(error)
                    || host == "ip6-localhost" && error?.contains("resolve") == true, "\(host): \(error ?? "")")
        }
        #expect(try stage.value("select count(*) from report_export_jobs where notified_at is not null") == "0")
    }
}
