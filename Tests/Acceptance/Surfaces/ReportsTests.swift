import JSON
import Support
import Testing

/// The Reports API: finished reports for the systems of a tenant, and every attempt at a file in the audit.
@Suite(.waits) struct ReportsTests {
    static let list = "/b/api/v1/reports/files/"

    /// The path and query of an absolute address of this stage.
    static func target(_ url: String?, _ stage: Stage) throws -> String {
        guard let url, url.hasPrefix(stage["URL"] + "/") else { throw Unmet("\(url ?? "nothing") is no address here") }
        return String(url.dropFirst(stage["URL"].count))
    }

    /// A small request whose file no other test makes.
    static func unique() -> JSON {
        let columns = [
            "name", "code", "status", "address", "postal_code", "city", "area_m2", "opens_at", "opened_on", "is_bonded",
            "id",
        ]
        return JobLifeTests.small.setting("columns", to: .array(columns.shuffled().map { .string($0) }))
    }

    /// The entry of a file in the newest page.
    static func entry(_ client: Client, sha256: String, _ path: String = list) throws -> JSON {
        let results = try client.get("\(path)?limit=200").json["results"]?.array ?? []
        guard let entry = results.first(where: { $0["sha256"] == .string(sha256) }) else {
            throw Unmet("no report of \(sha256)")
        }
        return entry
    }

    private func download(_ client: Client, _ token: String?) throws -> Reply {
        try client.get("/b/api/v1/reports/files/\(token ?? "")/download/")
    }

    @Test func `a finished report is listed under each path and its file comes by id and by link`() throws {
        let stage = try Stage.shared
        let (job, file) = try stage.client.export(Self.unique())
        let sha256 = job["metadata"]?["sha256"]?.string ?? ""
        let client = stage.client(.apiKey(stage["API_KEY"]))
        for path in ["/b/api/v1/reports", "/b/api/v1/reports/", Self.list] {
            let entry = try Self.entry(client, sha256: sha256, path)
            #expect(entry["name"] == job["fileName"] && entry["row_count"] == job["rowCount"])
            #expect(entry["size_bytes"] == job["fileSizeBytes"] && entry["created_at"] == job["requestedAt"])
            #expect(entry["source"] == "manual" && entry["interval"] == .null)
        }
        let entry = try Self.entry(client, sha256: sha256)
        // The id is the same whenever it is asked for; a link's token is not the id.
        #expect(try Self.entry(client, sha256: sha256)["encrypted_id"] == entry["encrypted_id"])
        let link = try Self.target(entry["download_action"]?["url"]?.string, stage)
        #expect(!link.contains(entry["encrypted_id"]?.string ?? ""))
        let byID = try download(client, entry["encrypted_id"]?.string)
        let byLink = try client.get(link)
        for reply in [byID, byLink] {
            #expect(reply.status == 200 && reply.body == file)
            #expect(reply["Content-Disposition"]?.contains(job["fileName"]?.string ?? "?") == true)
        }
        #expect(try client.get(link, [("Range", "bytes=0-3")]).status == 206)
        #expect(try client.head(link).status == 200)
        // Nothing of the job can be read from either.
        let id = job["id"]?.string ?? ""
        for text in [entry["encrypted_id"]?.string ?? "", link] {
            #expect(!text.contains(id) && !text.contains(id.filter { $0 != "-" }))
        }
    }

    @Test func `who may see and download is decided by the kind of credential`() throws {
        let stage = try Stage.shared
        let (job, _) = try stage.client.export(Self.unique())
        let entry = try Self.entry(
            stage.client(.apiKey(stage["API_KEY"])), sha256: job["metadata"]?["sha256"]?.string ?? "")
        let target = "/b/api/v1/reports/files/\(entry["encrypted_id"]?.string ?? "")/download/"
        let bare = try stage.penstock("keys", "create", "--tenant", stage.tenant, "--name", "bare", "--json")
        let key = try JSON.parse(bare.output, limits: .stored)["key"]?.string ?? ""
        let cases: [(String, Credential, Int)] = [
            ("a key without any permission", .apiKey(key), 200), ("a user who may", .basic(stage["BASIC"]), 200),
            ("a user who may not", .basic(stage["BASIC_DENIED"]), 403),
            ("a superuser's token", .bearer(stage["ADMIN_TOKEN"]), 200),
            ("a viewer's token", .bearer(stage["VIEW_TOKEN"]), 200),
            ("a wrong key", .apiKey(stage["API_KEY"] + "x"), 401), ("nobody", .none, 401),
        ]
        for (who, credential, status) in cases {
            let client = stage.client(credential)
            let list = try client.get(Self.list)
            let file = try client.get(target)
            #expect(list.status == status && file.status == status, "\(who)")
            if status == 401 {
                #expect(list.text == #"{"code":"unauthorized","message":"Invalid/missing auth"}"#, "\(who)")
                #expect(file.text == list.text && file["WWW-Authenticate"] != nil, "\(who)")
            }
            if status == 403 {
                #expect(list.text == #"{"code":"forbidden","message":"No permission assigned"}"#, "\(who)")
                #expect(file.text == list.text, "\(who)")
            }
        }
    }

    @Test func `every attempt at a file is in the audit`() throws {
        let stage = try Stage.shared
        let (job, _) = try stage.client.export(Self.unique())
        let (old, _) = try stage.client.export(Self.unique())
        let client = stage.client(.apiKey(stage["API_KEY"]))
        let entry = try Self.entry(client, sha256: job["metadata"]?["sha256"]?.string ?? "")
        let gone = try Self.entry(client, sha256: old["metadata"]?["sha256"]?.string ?? "")
        let token = entry["encrypted_id"]?.string ?? ""
        try stage.rows(
            "update report_export_jobs set expires_at = clock_timestamp(), state = 'expired' "
                + "where id = '\(old["id"]?.string ?? "")'")
        let attempts: [(outcome: String, status: Int, subject: String?, job: JSON?, reply: Reply)] = [
            ("granted", 200, "key", job["id"], try download(client, token)),
            ("unauthorized", 401, nil, nil, try download(stage.client(.none), token)),
            ("forbidden", 403, "user", nil, try download(stage.client(.basic(stage["BASIC_DENIED"])), token)),
            ("forged", 404, "key", nil, try download(client, token.dropLast() + (token.hasSuffix("A") ? "Q" : "A"))),
            ("forged", 404, "key", nil, try download(client, "a75cd20e-d5b7-4019-972e-c0fe45c1bb96")),
            // Another tenant's session: the token was not sealed for it.
            ("forged", 404, "other", nil, try download(stage.client(.bearer(stage["OTHER_TOKEN"])), token)),
            ("expired", 410, "key", old["id"], try download(client, gone["encrypted_id"]?.string)),
            (
                "ambiguous_credentials", 400, nil, nil,
                try client.get(
                    "/b/api/v1/reports/files/\(token)/download/", [("Authorization", "Bearer \(stage["TOKEN"])")])
            ),
        ]
        let rows = try AuditTests.entries(stage)
        for attempt in attempts {
            #expect(attempt.reply.status == attempt.status, "\(attempt.outcome): \(attempt.reply.text)")
            let row = try #require(
                rows.first { $0["requestId"]?.string == attempt.reply["X-Request-Id"] }, "\(attempt.outcome)")
            #expect(row["outcome"] == .string(attempt.outcome) && row["via"] == "reports", "\(row.text)")
            #expect(row["status"] == .int(attempt.status) && row["job"] == attempt.job ?? .null, "\(row.text)")
            #expect((row["subject"]?.string != nil) == (attempt.subject != nil), "\(row.text)")
        }
        #expect(attempts[3].reply.text == #"{"code":"not_found","message":"Report not found"}"#)
        for other in attempts[4...5] { #expect(other.reply.text == attempts[3].reply.text) }
    }

    @Test func `an attempt beyond the caller's requests of a minute is in the audit too`() throws {
        let stage = try Stage(["PENSTOCK_RATE_PER_MINUTE": "60"])
        defer { stage.stop() }
        let client = stage.client(.apiKey(stage["API_KEY"]))
        var reply: Reply?
        for _ in 0..<61 where reply?.status != 429 { reply = try download(client, "x") }
        #expect(reply?.status == 429 && reply?["Retry-After"] != nil)
        #expect(reply?.text == #"{"code":"rate_limited","message":"Too many requests"}"#)
        let row = try AuditTests.entries(stage).first { $0["requestId"]?.string == reply?["X-Request-Id"] }
        #expect(row?["outcome"] == "rate_limited" && row?["status"] == 429 && row?["via"] == "reports")
        // Its name is as well known as that of an attempt that was not too many.
        let others = try AuditTests.entries(stage).filter { $0["outcome"] == "forged" }
        #expect(row?["subject"]?.string != nil && others.allSatisfy { $0["subject"] == row?["subject"] })
        #expect(!others.isEmpty)
        let link = try client.get("/report/exports/01900000-0000-7000-8000-000000000001/download")
        let linkRow = try AuditTests.entries(stage).first { $0["requestId"]?.string == link["X-Request-Id"] }
        #expect(link.status == 429 && linkRow?["outcome"] == "rate_limited" && linkRow?["via"] == "exports")
        #expect(linkRow?["subject"] == row?["subject"])
    }

    @Test func `a login that is refused unseen names nobody in the audit`() throws {
        let stage = try Stage(["PENSTOCK_LOGIN_FAILURES": "2"])
        defer { stage.stop() }
        let guesser = stage.client(.basic("nobody-there:wrong"))
        var reply: Reply?
        for _ in 0..<3 { reply = try download(guesser, "x") }
        #expect(reply?.status == 429)
        let row = try AuditTests.entries(stage).first { $0["requestId"]?.string == reply?["X-Request-Id"] }
        #expect(row?["outcome"] == "rate_limited" && row?["status"] == 429 && row?["subject"] == .null)
    }

    @Test func `a schedule's report says how often it comes, and is found by that`() throws {
        let stage = try Stage.shared
        let client = stage.client(.apiKey(stage["API_KEY"]))
        let made = try stage.client.post("/report/schedules", ScheduleTests.body([("interval", "daily")]))
        let id = try #require(try made.json["data"]?["id"]?.string)
        defer { _ = try? stage.client.send("DELETE", "/report/schedules/\(id)") }
        try stage.psql(
            """
            update report_export_schedules set next_due_at = clock_timestamp(), fire_at = clock_timestamp()
            where id = '\(id)';
            notify penstock_schedules;
            """)
        var job = ""
        let ready = try eventually(within: 60) {
            let row = try stage.rows(
                "select id from report_export_jobs where schedule_id = '\(id)' and state = 'ready'")
            job = row.first?[0] ?? ""
            return !job.isEmpty
        }
        #expect(ready)
        let sha256 = try stage.value("select encode(sha256, 'hex') from report_export_jobs where id = '\(job)'") ?? ""
        let auto = try client.get("\(Self.list)?source=auto&interval=daily&limit=200").json["results"]?.array ?? []
        let entry = auto.first { $0["sha256"]?.string == sha256 }
        #expect(entry?["source"] == "auto" && entry?["interval"] == "daily")
        #expect(auto.allSatisfy { $0["source"] == "auto" && $0["interval"] == "daily" })
        for other in ["source=manual", "source=auto&interval=monthly", "interval=weekly"] {
            let results = try client.get("\(Self.list)?\(other)&limit=200").json["results"]?.array ?? []
            #expect(results.allSatisfy { $0["source"] != "auto" || $0["interval"] != "daily" }, "\(other)")
        }
    }

    @Test func `only finished reports are listed, newest first, and filters narrow them`() throws {
        let stage = try Stage.shared
        let client = stage.client(.apiKey(stage["API_KEY"]))
        let running = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        let (job, _) = try stage.client.export(Self.unique())
        let all = try client.get("\(Self.list)?limit=200").json
        let results = all["results"]?.array ?? []
        #expect(all.object?.keys == ["count", "next", "previous", "results"])
        #expect(results.contains { $0["sha256"] == job["metadata"]?["sha256"] })
        let times = results.compactMap { $0["created_at"]?.string }
        #expect(times == times.sorted(by: >) && times.count == results.count)
        // What runs has no name yet, and no digest.
        #expect(results.allSatisfy { $0["sha256"]?.string?.utf8.count == 64 && $0["name"]?.string != nil })
        _ = try stage.client.send("POST", "/report/exports/\(running)/cancel")

        let today = String((job["requestedAt"]?.string ?? "").prefix(10))
        func count(_ query: String) throws -> Int { try client.get("\(Self.list)?\(query)").json["count"]?.int ?? -1 }
        #expect(try count("created_after=\(today)&created_before=\(today)&source=manual") > 0)
        #expect(try count("created_before=2020-01-01") == 0)
        #expect(try count("created_after=2999-01-01") == 0)
        for interval in ["daily", "weekly", "monthly", "yearly"] { #expect(try count("interval=\(interval)") >= 0) }
        #expect(
            try client.get("\(Self.list)?created_after=2999-01-01").text
                == #"{"count":0,"next":null,"previous":null,"results":[]}"#)
        // More than 30 days ago is listed only when it is asked for.
        let id = job["id"]?.string ?? ""
        try stage.rows("update report_export_jobs set requested_at = '2020-02-29T12:00:00Z' where id = '\(id)'")
        defer {
            _ = try? stage.rows("update report_export_jobs set requested_at = clock_timestamp() where id = '\(id)'")
        }
        #expect(try count("created_after=2020-02-29&created_before=2020-02-29") == 1)
        #expect(try count("created_after=2020-03-01&created_before=2020-12-31") == 0)
        #expect(try !client.get("\(Self.list)?limit=200").text.contains("2020-02-29T12:00:00Z"))
        // An instant, as `created_at` shows it, is included at both ends.
        let seen = "2020-02-29T12:00:00Z"
        #expect(try count("created_after=\(seen)&created_before=2020-12-31") == 1)
        #expect(try count("created_after=\(seen)&created_before=\(seen)") == 1)
        #expect(try count("created_after=2020-02-29T13:00:00%2B01:00&created_before=\(seen)") == 1)
        #expect(try count("created_after=2020-02-29T12:00:00.000001Z&created_before=2020-12-31") == 0)
        #expect(try count("created_after=2020-01-01&created_before=2020-02-29T11:59:59Z") == 0)
    }

    @Test func `problem details tell each fault, under the surface's own code`() throws {
        let stage = try Stage.shared
        let client = stage.client(.apiKey(stage["API_KEY"]))
        let problem = [("Accept", "application/problem+json")]
        let reply = try client.get("\(Self.list)?limit=0", problem)
        #expect(reply.status == 400 && reply["Content-Type"] == "application/problem+json")
        #expect(try reply.json["code"] == "invalid_parameters" && reply.json["status"] == 400)
        #expect(try reply.json["errors"]?.array?.first?["field"] == "limit")
        #expect(try client.get("\(Self.list)x/download/", problem).json["code"] == "not_found")
        #expect(try stage.client(.none).get("/api/v1/exports/", problem).json["code"] == "unauthorized")
    }

    @Test func `pages follow each other by cursor and by offset, and none is told twice`() throws {
        let stage = try Stage.shared
        let own = try Self.tenantOfItsOwn(stage, reports: 5)
        let whole = try own.get("\(Self.list)?source=manual").json
        let ids = (whole["results"]?.array ?? []).compactMap { $0["encrypted_id"]?.string }
        #expect(ids.count == 5 && whole["count"] == 5 && whole["next"] == .null && whole["previous"] == .null)
        for mode in ["", "&offset=0"] {
            var pages: [[String]] = []
            var target: String? = "\(Self.list)?limit=2&source=manual\(mode)"
            var last: JSON = nil
            while let next = target {
                last = try own.get(next).json
                pages.append((last["results"]?.array ?? []).compactMap { $0["encrypted_id"]?.string })
                target = try last["next"]?.string.map { try Self.target($0, stage) }
                #expect(last["count"] == 5)
            }
            #expect(pages.map(\.count) == [2, 2, 1] && pages.flatMap { $0 } == ids, "\(mode)")
            // And back again.
            var back: [[String]] = []
            while let previous = last["previous"]?.string {
                last = try own.get(try Self.target(previous, stage)).json
                back.append((last["results"]?.array ?? []).compactMap { $0["encrypted_id"]?.string })
            }
            #expect(back.reversed() == Array(pages.dropLast()), "\(mode)")
        }
        let first = try own.get("\(Self.list)?limit=2&source=manual").json
        let next = try Self.target(first["next"]?.string, stage)
        let cursor = String(next.split(separator: "cursor=").last ?? "")
        let bad = [
            "\(next)A", next.replacingOccurrence(of: "cursor=", with: "cursor=A"),
            next.replacingOccurrence(of: "source=manual", with: "source=auto"), "\(next)&created_after=2026-01-01",
            "\(Self.list)?cursor=\(cursor)", "\(next)&offset=0", "\(Self.list)?cursor=",
        ]
        for target in bad {
            let reply = try own.get(target)
            #expect(reply.status == 400, "\(target): \(reply.text)")
            #expect(try reply.json["code"] == "invalid_parameters", "\(target)")
        }
        #expect(try own.get("\(Self.list)?limit=3&source=manual&cursor=\(cursor)").json["count"] == 5)
        // Another tenant has no use for it.
        #expect(try stage.client(.apiKey(stage["API_KEY"])).get(next).status == 400)
    }

    /// A key to a tenant that nobody else uses, with some finished reports.
    static func tenantOfItsOwn(_ stage: Stage, reports: Int) throws -> Client {
        let tenant = "tenant-\(UInt32.random(in: 0 ... .max))"
        let created = try stage.penstock(
            "keys", "create", "--tenant", tenant, "--name", "own", "--permission", "view:reports", "--permission",
            "export:reports", "--json")
        let client = stage.client(.apiKey(try JSON.parse(created.output, limits: .stored)["key"]?.string ?? ""))
        for _ in 0..<reports { _ = try client.export(JobLifeTests.small) }
        return client
    }
}
