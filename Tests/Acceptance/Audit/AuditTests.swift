import JSON
import Support
import Testing

/// Every attempt to download is in the audit, with who, what, when, from where and the outcome.
@Suite(.waits) struct AuditTests {
    /// Newest first.
    static func entries(_ stage: Stage, job: String? = nil) throws -> [JSON] {
        let outcome =
            if let job {
                try stage.penstock("audit", "--json", "--limit", "1000", "--job", job)
            } else {
                try stage.penstock("audit", "--json", "--limit", "1000")
            }
        guard outcome.status == 0 else { throw Unmet("audit: \(outcome.errorText)") }
        return try JSON.parse(outcome.output, limits: .stored).array ?? []
    }

    @Test func `an attempt at a link that ends before any look at the job is in the audit, with who it was`() throws {
        let stage = try Stage.shared
        let token = try stage.penstock("token", "--subject", "sees-nothing", "--tenant", stage.tenant).text.dropLast()
        let path = "/report/exports/01900000-0000-7000-8000-000000000001/download"
        let attempts: [(Reply, Int, String, JSON)] = [
            (try stage.client(.none).get(path), 401, "unauthorized", .null),
            (try stage.client(.bearer(String(token))).get(path), 403, "forbidden", "sees-nothing"),
            (try stage.client.get("\(path)?tenant_id=not-mine"), 403, "forbidden", "demo"),
            (try stage.client.get("\(path)?nonsense=1"), 400, "invalid_request", "demo"),
        ]
        let rows = try Self.entries(stage)
        for (reply, status, outcome, subject) in attempts {
            let row = try #require(rows.first { $0["requestId"]?.string == reply["X-Request-Id"] }, "\(outcome)")
            #expect(reply.status == status && row["status"] == .int(status), "\(outcome): \(reply.text)")
            #expect(row["outcome"] == .string(outcome) && row["via"] == "exports", "\(row.text)")
            #expect(row["subject"] == subject && row["tenant"] == .null && row["job"] == .null, "\(row.text)")
        }
    }

    @Test func `each attempt has its row with its outcome`() throws {
        let stage = try Stage.shared
        var ids: [String: Reply] = [:]
        let (job, _) = try stage.client.export(JobLifeTests.small)
        let id = try #require(job["id"]?.string)
        let anonymous = stage.client(.none)
        ids["link_issued"] = try stage.client.get(
            "/report/exports/\(id)/download", [("User-Agent", "tests\u{1B}[31m/1")])
        let link = try stage.client.link(id)
        ids["granted"] = try anonymous.get(link, [("Range", "bytes=0-3"), ("User-Agent", "tests/2")])
        ids["forged"] = try anonymous.get(link + "A")
        let running = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        ids["not_ready"] = try stage.client.get("/report/exports/\(running)/download")
        _ = try stage.client.send("POST", "/report/exports/\(running)/cancel")
        ids["not_found"] = try stage.client.get("/report/exports/01900000-0000-7000-8000-000000000001/download")

        let (old, _) = try stage.client.export(JobLifeTests.small)
        let oldID = try #require(old["id"]?.string)
        let oldLink = try stage.client.link(oldID)
        try stage.rows(
            "update report_export_jobs set expires_at = clock_timestamp(), state = 'expired' where id = '\(oldID)'")
        ids["expired"] = try anonymous.get(oldLink)
        #expect(ids["expired"]?.status == 410)
        #expect(ids["expired"]?.text == #"{"success":false,"message":"gone"}"#)

        let rows = try Self.entries(stage)
        for (outcome, reply) in ids {
            let requestID = try #require(reply["X-Request-Id"])
            let row = try #require(rows.first { $0["requestId"] == .string(requestID) }, "\(outcome)")
            #expect(row["outcome"] == .string(outcome))
            let status = reply.status == 206 ? 200 : reply.status
            #expect(row["status"] == .int(status), "\(outcome)")
            #expect(row["remoteAddress"] == "127.0.0.1")
            #expect(isTime(row["at"]?.string ?? ""))
            let isLink = ["granted", "forged", "expired"].contains(outcome)
            #expect(row["via"] == (isLink ? "link" : "exports"))
            #expect(row["subject"] == (isLink ? .null : "demo"), "\(outcome)")
            #expect(row["tenant"] == .string(stage.tenant), "\(outcome)")
        }
        let granted = try #require(rows.first { $0["requestId"] == .string(ids["granted"]?["X-Request-Id"] ?? "") })
        #expect(granted["range"] == "bytes=0-3" && granted["userAgent"] == "tests/2" && granted["job"] == .string(id))
        #expect(try Self.entries(stage, job: id).allSatisfy { $0["job"] == .string(id) })
    }

    @Test func `I20 each call by the id of another tenant's job is in the audit, and so is one by nobody's id`() throws
    {
        let stage = try Stage.shared
        let other = stage.client(.bearer(stage["OTHER_TOKEN"]))
        let theirs = try other.export(ReexportTests.report).job["id"]?.string ?? ""
        let reexport = try ReexportTests.create(theirs, [:], other)["reexport_id"]?.string ?? ""
        let nobody = "01900000-0000-7000-8000-000000000001"
        let json = [("Content-Type", "application/json")]
        let admin = "?tenant_id=\(stage.tenant)"
        let user = stage.client
        let superuser = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        for (id, serial, again) in [
            (theirs, try RecentTests.serial(stage, theirs), reexport),
            (nobody, "9223372036854775807", ReexportTests.missing),
        ] {
            let calls: [(via: String, outcome: String, status: Int, reply: Reply)] = [
                ("exports", "unknown_id", 404, try user.get("/report/exports/\(id)")),
                ("exports", "unknown_id", 404, try user.head("/report/exports/\(id)")),
                ("exports", "not_found", 404, try user.get("/report/exports/\(id)/download")),
                ("exports", "unknown_id", 409, try user.send("POST", "/report/exports/\(id)/cancel")),
                ("recent", "unknown_id", 404, try user.get("/api/v1/exports/\(serial)")),
                ("records", "unknown_id", 404, try user.get("/api/v1/exports/\(id)/")),
                (
                    "records", "unknown_id", 404,
                    try superuser.send("POST", "/api/v1/exports/\(serial)/set_cancel/\(admin)")
                ),
                ("reexports", "unknown_id", 404, try user.get("\(ReexportTests.path)/\(again)")),
                (
                    "reexports", "unknown_id", 404,
                    try superuser.send(
                        "PUT", "\(ReexportTests.path)/\(again)\(admin)", json, body: Array(#"{"status":"failed"}"#.utf8)
                    )
                ),
                ("reexports", "unknown_id", 404, try user.send("DELETE", "\(ReexportTests.path)/\(again)")),
                (
                    "reexports", "unknown_id", 404,
                    try user.post(ReexportTests.path, ["report_id": .string(id)])
                ),
                ("reexports", "unknown_id", 200, try user.get("\(ReexportTests.path)?report_id=\(id)")),
                ("recent", "unknown_id", 200, try user.get("/api/v1/exports?parent_report_id=\(serial)")),
            ]
            let rows = try Self.entries(stage)
            for (number, call) in calls.enumerated() {
                #expect(call.reply.status == call.status, "\(number): \(call.reply.text)")
                let row = try #require(
                    rows.first { $0["requestId"]?.string == call.reply["X-Request-Id"] }, "\(number), \(call.via)")
                #expect(row["outcome"] == .string(call.outcome) && row["via"] == .string(call.via), "\(row.text)")
                #expect(row["status"] == .int(call.status) && row["tenant"] == .string(stage.tenant), "\(row.text)")
                // Whose the id was, nobody is told, not even by the caller's own audit.
                #expect(row["job"] == .null && row["subject"]?.string != nil, "\(row.text)")
            }
        }
        // What is there and over is an answer like others.
        let done = try user.export(JobLifeTests.small).job["id"]?.string ?? ""
        let quiet = [
            try user.send("POST", "/report/exports/\(done)/cancel"), try user.get("/report/exports/\(done)"),
            try user.get("\(ReexportTests.path)?report_id=\(done)"),
            try user.get("/api/v1/exports?parent_report_id=\(try RecentTests.serial(stage, done))"),
        ]
        let rows = try Self.entries(stage)
        for reply in quiet { #expect(!rows.contains { $0["requestId"]?.string == reply["X-Request-Id"] }) }
    }

    @Test func `I20 a text that is no id is in the audit like an id that nobody has`() throws {
        let stage = try Stage.shared
        let user = stage.client
        let bodies = [try user.post(ReexportTests.path, ["report_id": "abc"])]
        let targets = [
            "/report/exports/12345", "/report/schedules/12345", "/api/v1/exports/abc", "/api/v1/exports/abc/",
            "\(ReexportTests.path)/abc", "\(ReexportTests.path)?report_id=abc", "/api/v1/exports?parent_report_id=abc",
        ]
        let replies = try targets.map { try user.get($0) } + bodies
        let rows = try Self.entries(stage)
        for (what, reply) in zip(targets + ["a body"], replies) {
            let own = rows.filter { $0["requestId"]?.string == reply["X-Request-Id"] }
            #expect(own.map { $0["outcome"] } == ["unknown_id"], "\(what): \(reply.text)")
            #expect(own.first?["status"] == .int(reply.status) && own.first?["tenant"] == .string(stage.tenant))
        }
    }

    @Test(arguments: [
        "update report_download_audit set outcome = 'x'", "delete from report_download_audit",
        "truncate report_download_audit",
    ])
    func `no row of the audit can be changed or taken away`(_ statement: String) throws {
        let stage = try Stage.shared
        let outcome = try Shell.run(["psql", "-X", "-q", "-d", stage.url(.jobs), "-c", statement])
        #expect(outcome.status != 0)
        #expect(outcome.errorText.contains("append-only"))
    }

    @Test func `what clients send stands in the log as one escaped line of bounded length, without secrets`() throws {
        let stage = try Stage.shared
        let (job, _) = try stage.client.export(JobLifeTests.small)
        let link = try stage.client.link(job["id"]?.string ?? "")
        let agent = "evil%s\u{1B}[2J" + String(repeating: "x", count: 6000)
        _ = try stage.client(.none).get(link, [("User-Agent", agent)])
        _ = try stage.client.get("/report/exports/%0a%0d%1b%5b31m%ff", [("User-Agent", agent)])
        let log = String(decoding: try Shell.output(["cat", "\(stage.state)/log/penstock.log"]), as: UTF8.self)
        for line in log.split(separator: "\n") {
            #expect((try? JSON.parse(Array(line.utf8), limits: .stored))?.object != nil, "\(line.prefix(200))")
            #expect(line.utf8.count <= 4096)
        }
        let signature = link.split(separator: "=").last.map(String.init) ?? ""
        let access = String(decoding: try Shell.output(["cat", "\(stage.state)/log/nginx-access.log"]), as: UTF8.self)
        for secret in [stage["TOKEN"], stage["API_KEY"], stage["BASIC"], signature] {
            #expect(!log.contains(secret) && !access.contains(secret))
        }
        let row = try #require(try AuditTests.entries(stage, job: job["id"]?.string).first)
        #expect((row["userAgent"]?.string?.utf8.count ?? 0) <= 512)
    }
}
