import JSON
import Support

/// The Reports API's document, example by example.
extension Example {
    static let reports: [Example] = [
        report("GET /b/api/v1/reports?limit=10", "Quick start: list") { stage, client in
            _ = try stage.client.export(JobLifeTests.small)
            let reply = try client.get("/b/api/v1/reports?limit=10")
            let results = try reply.json["results"]?.array ?? []
            return expect(reply, 200) + page.differences(try reply.json)
                + results.flatMap { result.differences($0) + action.differences($0["download_action"]) }
                + (results.isEmpty || results.count > 10 ? ["\(results.count) results"] : [])
        },
        report("GET …/files/{report_id}/download/", "Quick start: download_action") { stage, client in
            let entry = try newest(stage, client)
            let url = try ReportsTests.target(entry["download_action"]?["url"]?.string, stage)
            let reply = try client.get(url)
            return (url.wholeMatch(of: #//b/api/v1/reports/files/[0-9A-Za-z_-]+/download//#) == nil ? [url] : [])
                + file(reply, entry)
        },
        report("GET …/files/{report_id}/download/", "FAQ: stored encrypted_id") { stage, client in
            let entry = try newest(stage, client)
            return file(
                try client.get("/b/api/v1/reports/files/\(entry["encrypted_id"]?.string ?? "")/download/"), entry)
        },
        report("GET …/files/{report_id}/download/", "Basic Auth") { stage, client in
            let entry = try newest(stage, client)
            let url = try ReportsTests.target(entry["download_action"]?["url"]?.string, stage)
            return file(try stage.client(.basic(stage["BASIC"])).get(url), entry)
        },
        report("GET /b/api/v1/reports/files/", "query parameters") { stage, client in
            let today = try stage.value("select (now() at time zone 'UTC')::date") ?? ""
            let reply = try client.get(
                "/b/api/v1/reports/files/?created_after=2026-01-01&created_before=\(today)&interval=daily&source=auto"
                    + "&limit=200&offset=0")
            return expect(reply, 200) + page.differences(try reply.json)
        },
        report("GET /b/api/v1/reports", "no dates: 30 days, newest first") { _, client in
            let reply = try client.get("/b/api/v1/reports")
            let times = try (reply.json["results"]?.array ?? []).compactMap { $0["created_at"]?.string }
            return expect(reply, 200) + (times == times.sorted(by: >) ? [] : ["not newest first"])
                + (times.count <= 50 ? [] : ["more than 50"])
        },
        report("GET /b/api/v1/reports", "empty result") { _, client in
            expect(
                try client.get("/b/api/v1/reports?created_after=2001-01-01&created_before=2001-01-02"), 200,
                exactly: #"{"count":0,"next":null,"previous":null,"results":[]}"#)
        },
        report("GET /b/api/v1/reports", "400 invalid_parameters") { _, client in
            expect(
                try client.get("/b/api/v1/reports?created_after=2026-05-02&created_before=2026-05-01"), 400,
                exactly: #"{"code":"invalid_parameters","message":"Bad filters"}"#)
        },
        report("GET /b/api/v1/reports", "401 unauthorized") { stage, _ in
            let reply = try stage.client(.apiKey("your_private_api_key")).get("/b/api/v1/reports?limit=10")
            return expect(reply, 401, exactly: #"{"code":"unauthorized","message":"Invalid/missing auth"}"#)
        },
        report("GET /b/api/v1/reports", "403 No permission assigned") { stage, _ in
            let reply = try stage.client(.basic(stage["BASIC_DENIED"])).get("/b/api/v1/reports")
            return expect(reply, 403, exactly: #"{"code":"forbidden","message":"No permission assigned"}"#)
        },
        report("GET …/files/{report_id}/download/", "404 not_found") { _, client in
            let reply = try client.get("/b/api/v1/reports/files/a75cd20e-d5b7-4019-972e-c0fe45c1bb96/download/")
            return expect(reply, 404, exactly: #"{"code":"not_found","message":"Report not found"}"#)
        },
    ]

    private static func report(
        _ call: String, _ name: String, _ differences: @escaping @Sendable (Stage, Client) throws -> [String]
    ) -> Example {
        Example(2, call: call, name: name) { try differences($0, $0.client(.apiKey($0["API_KEY"]))) }
    }

    private static func newest(_ stage: Stage, _ client: Client) throws -> JSON {
        _ = try stage.client.export(JobLifeTests.small)
        return try client.get("/b/api/v1/reports?limit=1").json["results"]?.array?.first ?? .null
    }

    private static func file(_ reply: Reply, _ entry: JSON) -> [String] {
        (reply.status == 200 ? [] : ["status \(reply.status)"])
            + (reply.body.count == entry["size_bytes"]?.int ? [] : ["\(reply.body.count) bytes"])
    }

    private static let page = Fields([
        ("count", .integer), ("next", .orNull(.url)), ("previous", .orNull(.url)), ("results", .list(.object)),
    ])
    private static let result = Fields([
        ("encrypted_id", .text), ("name", .text), ("module", .text), ("catalog", .text),
        ("format", .word(["csv", "xlsx", "jsonl"])),
        ("source", .word(["auto", "manual"])), ("interval", .orNull(.word(["daily", "weekly", "monthly", "yearly"]))),
        ("size_bytes", .integer), ("row_count", .integer), ("sha256", .text), ("created_at", .time),
        ("completed_at", .time), ("expires_at", .time), ("download_action", .object),
    ])
    private static let action = Fields([("method", .word(["GET"])), ("url", .url)])
}
