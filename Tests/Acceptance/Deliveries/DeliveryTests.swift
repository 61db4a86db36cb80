import Coding
import Glibc
import JSON
import Posix
import Support
import Testing

/// Exports that are delivered by e-mail, to a real server.
@Suite(.serialized, .waitsFirst) struct DeliveryTests {
    private let stage: Stage
    private let receiver: MailReceiver

    nonisolated(unsafe) private static let common = Result {
        let receiver = try MailReceiver()
        try receiver.expect(password: "secret")
        // Its certificates are there when the service looks for them.
        try receiver.start()
        let stage = try Stage(
            receiver.settings.merging([
                "STAGE_ROLES": "1", "PENSTOCK_MAIL_DOMAINS": "example.com,münchen.example",
                "PENSTOCK_MAIL_RETRY_SECONDS": "1", "PENSTOCK_MAIL_ATTEMPTS": "4",
                "PENSTOCK_MAIL_LINK_SECONDS": "86400",
                "PENSTOCK_MAIL_ATTACHMENT_MB": "1",
            ]) { $1 })
        return (stage, receiver)
    }

    init() throws {
        (stage, receiver) = try Self.common.get()
        try receiver.start()
    }

    private static func wanted(_ email: [(String, JSON)], _ more: [(String, JSON)] = []) -> JSON {
        var object = JobLifeTests.small.object ?? JSON.Object()
        for (name, value) in more { object[name] = value }
        object["deliver"] = ["email": .object(JSON.Object(email))]
        return .object(object)
    }

    private static func to(_ addresses: String...) -> (String, JSON) { ("to", .array(addresses.map { .string($0) })) }

    private static let orders: [(String, JSON)] = [
        ("module", "delivery"), ("catalog", "delivery-orders"), ("columns", .null),
    ]

    private func make(_ email: [(String, JSON)], _ more: [(String, JSON)] = []) throws -> String {
        let id = try stage.client.create(Self.wanted(email, more))["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        return id
    }

    /// A command by the owner of the tables: the stage's own role is the engine's.
    private func owner(_ arguments: String...) throws -> Shell.Outcome {
        try Shell.run(
            [TestRun.program] + arguments,
            environment: stage.settings.merging(["PENSTOCK_DATABASE_URL": stage["DATABASE_URL"]]) { $1 })
    }

    /// Of an export with one address: whether it was delivered, whether it is over, attempts, status, error, content.
    private func row(_ job: String) throws -> [String?] {
        try stage.rows(
            """
            select delivered_at is not null, due_at is null, attempts, last_status, last_error, content, id
            from report_mail_outbox where job_id = '\(job)'
            """
        ).first ?? Array(repeating: nil, count: 7)
    }

    private func isDelivered(_ job: String) throws -> Bool {
        try eventually(within: 30) { try row(job).first == "t" }
    }

    @Test func `an export is announced by a link, which is good for a day and for this file alone`() throws {
        let id = try make([Self.to("ops@example.com"), ("subject", "Ordrer – æøå\u{1F69A}")])
        #expect(try isDelivered(id))
        let mails = try receiver.mails(to: "<ops@example.com>").filter { $0.text.contains(id) }
        let mail = try #require(mails.first)
        #expect(mails.count == 1 && !mail.hasDefects && mail.files.isEmpty)
        #expect(mail["subject"] == "Ordrer – æøå\u{1F69A}" && mail["to"] == "ops@example.com")
        #expect(mail["from"] == "Reports <reports@example.com>" && mail["auto-submitted"] == "auto-generated")
        let mailID = try row(id)[6] ?? ""
        #expect(mail["message-id"] == "<\(mailID)@example.com>")

        let url = try #require(
            mail.text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("http") }.map(String.init))
        let path = try #require(url.firstRange(of: "/report/files/").map { String(url[$0.lowerBound...]) })
        let stranger = stage.client(.none)
        let file = try stage.client.file(id).body
        let answer = try stranger.get(path)
        #expect(answer.status == 200 && answer.body == file && !file.isEmpty)
        let expires = path.firstRange(of: "expires=").map { path[$0.upperBound...].prefix { $0 != "&" } } ?? ""
        let seconds = (Int64(expires) ?? 0) - Clock.wallMicroseconds / 1_000_000
        #expect(seconds > 80_000 && seconds <= 86_400)
        // A link of an hour at most stays one, whoever writes more into it; and the message is part of what is signed.
        let later = path.replacing("expires=\(expires)", with: "expires=\((Int64(expires) ?? 0) + 1)")
        #expect(try stranger.get(later).status == 403)
        #expect(try stranger.get(path.replacing("&mail=\(mailID)", with: "")).status == 403)
        #expect(try stranger.get(path.replacing(mailID, with: UUID.version4().description)).status == 403)

        let audited = try stage.rows(
            "select via, outcome, subject, status from report_download_audit where job_id = '\(id)' order by id")
        #expect(audited.contains(["mail", "link_issued", "ops@example.com", "200"]))
        #expect(audited.contains(["mail", "delivered", "ops@example.com", "250"]))
        #expect(audited.contains(["link", "granted", "mail:\(mailID)", "200"]))
        #expect(try owner("audit", "verify").status == 0)
        #expect(try stage.log.lines(with: "permission denied").isEmpty)
    }

    @Test func `a file goes along byte for byte, one that is too large as a link, and an empty one not at all`() throws
    {
        let id = try make([Self.to("file@example.com", "post@münchen.example"), ("attach", true)])
        #expect(
            try eventually(within: 30) {
                try stage.value(
                    "select count(*) from report_mail_outbox where job_id = '\(id)' and delivered_at is not null")
                    == "2"
            })
        let job = try stage.client.get("/report/exports/\(id)").json["data"]
        let file = try stage.client.file(id).body
        for address in ["<file@example.com>", "<post@xn--mnchen-3ya.example>"] {
            let mail = try #require(try receiver.mails(to: address).last)
            #expect(mail.files.count == 1 && mail.files.first?.bytes == file && !mail.hasDefects)
            #expect(mail.files.first?.name == job?["fileName"]?.string && mail.files.first?.type == "text/csv")
            #expect(!mail.text.contains("http"))
        }
        for pid in stage.children(named: "webhooks") { kill(pid, SIGSTOP) }
        let large = try make([Self.to("large@example.com"), ("attach", true)])
        try stage.psql(
            "update report_export_jobs set file_size_bytes = (1 << 20) + 1 where id = '\(large)'", on: .jobsOwner)
        for pid in stage.children(named: "webhooks") { kill(pid, SIGCONT) }
        #expect(try isDelivered(large))
        let mail = try #require(try receiver.mails(to: "<large@example.com>").last)
        #expect(mail.files.isEmpty && mail.text.contains("too large") && mail.text.contains("/report/files/"))
        let never = Self.orders + [("dateRange", ["from": "1999-01-01", "to": "1999-01-02"])]
        let empty = try make([Self.to("empty@example.com"), ("skipEmpty", true)], never)
        #expect(try row(empty)[...2] == ["f", "t", "0"])
        let told = try make([Self.to("empty@example.com")], never)
        #expect(try isDelivered(told))
        let mails = try receiver.mails(to: "<empty@example.com>")
        #expect(mails.count == 1 && mails.first?.text.contains("Rows:    0") == true)
        let listed = try stage.penstock("deliveries", "list", "--export", empty, "--json")
        #expect(try JSON.parse(listed.output).array?.first?["state"] == "skipped")
    }

    @Test func `a file that is not the one of its receipt is never sent whole`() throws {
        for pid in stage.children(named: "webhooks") { kill(pid, SIGSTOP) }
        let id = try make([Self.to("changed@example.com"), ("attach", true)])
        let path = try stage.value("select stored_path from report_export_jobs where id = '\(id)'") ?? ""
        let place = "\(stage.state)/storage/\(path)"
        var bytes = try File.bytes(at: place)
        bytes[bytes.count - 2] ^= 1
        try FileDescriptor.open(place, O_WRONLY | O_TRUNC).writeAll(bytes)
        for pid in stage.children(named: "webhooks") { kill(pid, SIGCONT) }
        #expect(try eventually(within: 30) { try row(id)[1] == "t" })
        #expect(try row(id)[...4] == ["f", "t", "1", nil, "the file is not the one of its receipt"])
        #expect(try receiver.mails(to: "<changed@example.com>").isEmpty)
    }

    @Test(
        arguments: [
            (
                ["to": ["a@example.org"]], "deliver.email.to.0",
                "is of a domain that nothing is delivered to: example.org"
            ),
            (["to": ["a@x.example.com"]], "deliver.email.to.0", "is of a domain that nothing is delivered to"),
            (["to": ["a@example.com\r\nBcc: b@example.com"]], "deliver.email.to.0", "is no address of e-mail"),
            (["to": ["a@example.com", "a@EXAMPLE.com"]], "deliver.email.to.1", "is there twice"),
            (["to": []], "deliver.email.to", "must not be empty"), ([:], "deliver.email.to", "is required"),
            (["to": ["a@example.com"], "subject": "a\r\nBcc: b@example.com"], "deliver.email.subject", "printable"),
            (["to": ["a@example.com"], "linkSeconds": 86_401], "deliver.email.linkSeconds", "must be at most 86400"),
            (["to": ["a@example.com"], "linkSeconds": 1], "deliver.email.linkSeconds", "from 60 to"),
            (["to": ["a@example.com"], "cc": "b@example.com"], "deliver.email.cc", "unknown field"),
        ] as [(JSON, String, String)])
    func `a delivery that cannot be is refused when it is asked for, in schedules and saved requests too`(
        _ email: JSON, _ field: String, _ reason: String
    ) throws {
        var request = JobLifeTests.small.object ?? JSON.Object()
        request["deliver"] = ["email": email]
        func check(_ reply: Reply, _ place: String) throws {
            let text = String(decoding: reply.body, as: UTF8.self)
            #expect(reply.status == 400 && text.contains(place) && text.contains(reason), "\(text)")
        }
        try check(try stage.client.post("/report/exports", .object(request)), field)
        try check(
            try stage.client.post("/report/presets", ["name": "mail", "request": .object(request)]),
            "request.\(field)")
        try check(
            try stage.client.post(
                "/report/schedules",
                ["name": "mail", "interval": "daily", "time": "06:30", "request": .object(request)]),
            "request.\(field)")
    }

    @Test func `without a server, or without a domain, a request for delivery is refused and says why`() throws {
        let wanted = Self.wanted([Self.to("ops@example.com")])
        let answer = try Stage.shared.client.post("/report/exports", wanted)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == 400 && text.contains("SMTP_URL is not set"), "\(text)")
        let test = ["deliveries", "test", "--to", "ops@example.com"]
        let off = try Stage.shared.penstock(test, input: [])
        #expect(off.status == 78 && off.errorText.contains("SMTP_URL is not set"), "\(off.errorText)")
    }

    @Test func `a schedule and a saved request keep their delivery, and a failure is told`() throws {
        var request = JobLifeTests.small.object ?? JSON.Object()
        request["deliver"] = ["email": ["to": ["daily@example.com"]]]
        let saved = try stage.client.post("/report/presets", ["name": "mail", "request": .object(request)])
        #expect(try saved.json["data"]?["request"]?["deliver"]?["email"]?["to"] == ["daily@example.com"])
        let schedule = try stage.client.post(
            "/report/schedules",
            ["name": "mail", "interval": "daily", "time": "06:30", "preset": try saved.json["data"]?["id"] ?? .null])
        let due = try #require(try schedule.json["data"]?["id"]?.string)
        try stage.psql(
            """
            update report_export_schedules set next_due_at = clock_timestamp(), fire_at = clock_timestamp()
            where id = '\(due)';
            notify penstock_schedules;
            """, on: .jobsOwner)
        #expect(try eventually(within: 30) { try receiver.mails(to: "<daily@example.com>").count == 1 })
        #expect(
            try stage.value("select requires from report_export_jobs where schedule_id = '\(due)'") == "5")
        #expect(try stage.client.send("DELETE", "/report/schedules/\(due)").status == 204)

        let failed = UUID.version7().description
        try stage.psql(
            """
            select create_job('\(failed)', '\(stage.tenant)', 'delivery', 'no-longer-there', 'operational', 'csv', 'en',
                'test', '{"module":"delivery","catalog":"no-longer-there","format":"csv",
                    "deliver":{"email":{"to":["failed@example.com"],"subject":"Orders"}}}', sha256(''), null, null, 1000, 3)
            """, on: .jobsOwner)
        #expect(try eventually(within: 30) { try receiver.mails(to: "<failed@example.com>").count == 1 })
        let mail = try receiver.mails(to: "<failed@example.com>").first
        #expect(mail?["subject"] == "Orders: could not be made" && mail?.text.contains(failed) == true)
        #expect(mail?.text.contains("http") == false)
        #expect(try row(failed)[5] == "notice")
    }

    @Test func `a re-export goes to nobody unless it is asked for`() throws {
        let id = try make([Self.to("once@example.com")])
        #expect(try isDelivered(id))
        let made = try ReexportTests.create(id, [:], stage.client, notify: false)
        let uuid = try #require((made["reexport_id"]?.string).flatMap { UUID(ulid: String($0.dropFirst(6))) })
        _ = try stage.client.job(uuid.description, reaching: "ready")
        #expect(try stage.value("select count(*) from report_mail_outbox where job_id = '\(uuid)'") == "0")
    }

    @Test func `a server that is away, or puts a message off, is asked again, and one that refuses is not`() throws {
        receiver.stop()
        let away = try make([Self.to("away@example.com")])
        #expect(try eventually(within: 30) { try row(away)[4] != nil })
        #expect(try row(away)[...1] == ["f", "f"] && row(away)[3] == nil)
        try receiver.putOff(true)
        try receiver.start()
        #expect(try isDelivered(away))
        let later = try make([Self.to("later@example.com")])
        #expect(try eventually(within: 30) { try row(later)[3] == "451" })
        #expect(try row(later)[...1] == ["f", "f"])
        try receiver.putOff(false)
        #expect(try isDelivered(later))
        #expect(try Int(row(later)[2] ?? "") ?? 0 > 1)

        let refused = try make([Self.to("nobody@example.com")])
        let strict = try make([Self.to("strict@example.com"), ("attach", true)])
        for (job, status) in [(refused, "550"), (strict, "550")] {
            #expect(try eventually(within: 30) { try row(job)[1] == "t" })
            #expect(try row(job)[...3] == ["f", "t", "1", status])
        }
        #expect(try row(refused)[4] == "answered 550 no such user" && row(strict)[4] == "answered 550 not this one")
        let failed = try stage.penstock("deliveries", "list", "--failed", "--tenant", stage.tenant, "--json")
        let states = try JSON.parse(failed.output).array?.filter { $0["to"] == "nobody@example.com" }
        #expect(states?.map { $0["state"] } == ["given up"])
        let shown = try stage.client(.bearer(stage["ADMIN_TOKEN"])).get("/report/deliveries?exportId=\(refused)").json
        #expect(shown["data"]?.array?.map { $0["lastError"] } == ["answered 550 no such user"])
        #expect(try stage.client.get("/report/deliveries").status == 403)

        // A password that is not taken is no word about the message.
        try receiver.expect(password: "wrong")
        let waiting = try make([Self.to("ops@example.com")])
        #expect(try eventually(within: 30) { try row(waiting)[3] == "535" })
        #expect(try row(waiting)[1] == "f")
        try receiver.expect(password: "secret")
        #expect(try isDelivered(waiting))
    }

    @Test func `a sender that dies sends again under the same Message-ID, and so does an operator`() throws {
        let id = try make([Self.to("slow@example.com")])
        #expect(try eventually(within: 20) { try row(id)[2] == "1" })
        for pid in stage.children(named: "webhooks") { kill(pid, SIGKILL) }
        #expect(try row(id)[...1] == ["f", "f"])
        // What its lease would do in five minutes.
        try stage.psql(
            "update report_mail_outbox set due_at = clock_timestamp() where job_id = '\(id)'; notify penstock_webhooks;",
            on: .jobsOwner)
        #expect(try isDelivered(id))
        #expect(try row(id)[2] == "2")
        let mail = try row(id)[6] ?? ""
        let before = try receiver.mails(to: "<slow@example.com>").count
        #expect(try stage.penstock("deliveries", "send", mail).text == "\(mail) is sent again\n")
        #expect(try eventually(within: 30) { try receiver.mails(to: "<slow@example.com>").count > before })
        let ids = Set(try receiver.mails(to: "<slow@example.com>").map { $0["message-id"] })
        #expect(ids == ["<\(mail)@example.com>"])
        #expect(try stage.penstock("deliveries", "show", "mail:\(mail)").text.contains("slow@example.com"))
        #expect(try stage.penstock("deliveries", "send", UUID.version4().description).status == 66)
    }

    @Test func `a requester who has lost his right delivers nothing more, nor to a domain that was taken away`() throws
    {
        let made = try owner(
            "keys", "create", "--tenant", stage.tenant, "--name", "mail", "--permission", "view:reports",
            "--permission", "export:reports", "--json")
        let key = try #require(try JSON.parse(made.output)["key"]?.string)
        let prefix = try #require(try JSON.parse(made.output)["prefix"]?.string)
        for pid in stage.children(named: "webhooks") { kill(pid, SIGSTOP) }
        let id = try stage.client(.apiKey(key)).create(Self.wanted([Self.to("gone@example.com")]))["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        #expect(try owner("keys", "revoke", prefix).status == 0)
        let other = try make([Self.to("ops@example.com")])
        try stage.psql(
            "update report_mail_outbox set recipient = 'ops@example.org' where job_id = '\(other)'", on: .jobsOwner)
        for pid in stage.children(named: "webhooks") { kill(pid, SIGCONT) }
        #expect(try eventually(within: 30) { try row(id)[1] == "t" && row(other)[1] == "t" })
        #expect(try row(id)[4] == "the requester may not export for the tenant any more")
        #expect(try row(other)[4] == "nothing is delivered to this domain (MAIL_DOMAINS)")
        #expect(try receiver.mails(to: "<gone@example.com>").isEmpty && receiver.mails(to: "<ops@example.org>").isEmpty)
    }

    @Test func `without TLS, or with a certificate of others, nothing is said to a server`() throws {
        func test(_ settings: [String: String?]) throws -> Shell.Outcome {
            var environment = stage.settings
            for (name, value) in settings { environment["PENSTOCK_\(name)"] = value }
            return try Shell.run(
                [TestRun.program, "deliveries", "test", "--to", "tested@example.com"], environment: environment)
        }
        let plain = "smtp://127.0.0.1:\(receiver.ports[1])"
        let refused = try test(["SMTP_URL": plain])
        #expect(refused.status == 69 && refused.errorText.contains("STARTTLS"), "\(refused.errorText)")
        let stranger = try test(["SMTP_CA": nil])
        #expect(stranger.status == 69 && stranger.errorText.contains("certificate"), "\(stranger.errorText)")
        #expect(try receiver.mails(to: "<tested@example.com>").isEmpty)
        #expect(try test([:]).status == 0)
        #expect(try test(["SMTP_URL": "smtps://reports@127.0.0.1:\(receiver.ports[2])"]).status == 0)
        #expect(try test(["SMTP_URL": plain, "SMTP_TLS": "none"]).status == 0)
        let withUser = try test(["SMTP_URL": "smtp://reports@127.0.0.1:\(receiver.ports[1])", "SMTP_TLS": "none"])
        #expect(withUser.status == 78 && withUser.errorText.contains("SMTP_TLS"))
        #expect(try eventually { try receiver.mails(to: "<tested@example.com>").count == 3 })
        let elsewhere = try stage.penstock("deliveries", "test", "--to", "ops@example.net")
        #expect(elsewhere.status == 64 && elsewhere.errorText.contains("example.net"))
    }
}
