import JSON
import Support

/// The Recent API's document: its schema, field by field, of exports in every state.
extension Example {
    static let recent: [Example] = [
        Example(3, call: "GET /api/v1/exports", name: "200 Recent export reports") { stage in
            _ = try stage.client.export(JobLifeTests.small)
            let reply = try stage.client.get("/api/v1/exports")
            let exports = try reply.json["exports"]?.array ?? []
            return expect(reply, 200) + list.differences(try reply.json)
                + meta.differences(try reply.json["meta"]) + exports.flatMap(export.differences)
                + (exports.isEmpty || exports.count > 20 ? ["\(exports.count) exports"] : [])
        },
        Example(3, call: "GET /api/v1/exports?limit=", name: "limit") { stage in
            let reply = try stage.client.get("/api/v1/exports?limit=1")
            return expect(reply, 200) + (try reply.json["meta"] == ["count": 1, "limit": 1] ? [] : ["\(reply.text)"])
        },
        Example(3, call: "GET /api/v1/exports", name: "401 Unauthorized") { stage in
            expect(
                try stage.client(.none).get("/api/v1/exports"), 401,
                exactly: #"{"error":{"code":"unauthorized","message":"Authentication is missing or wrong"}}"#)
        },
        Example(3, call: "GET status_url", name: "200 of each state") { stage in
            try states(stage).flatMap { state, id in
                let serial = try RecentTests.serial(stage, id)
                let reply = try stage.client.get("/api/v1/exports/\(serial)")
                let shown = try reply.json["export"]
                return expect(reply, 200) + export.differences(shown)
                    + (shown?["status"]?.string == state ? [] : ["\(state) is \(shown?["status"]?.string ?? "?")"])
            }
        },
        Example(3, call: "POST /api/v1/exports", name: "202 report_type, search_params, index_params") { stage in
            let body: JSON = [
                "report_type": "delivery_orders_excel",
                "search_params": ["date_from": "2026-05-01", "date_to": "2026-05-01"],
                "index_params": ["columns": .array(["delivery_code", "status", "id"].shuffled().map { .string($0) })],
            ]
            let reply = try stage.client.post("/api/v1/exports?language=nb", body)
            // A run before this one may have made it already.
            let status = reply.status == 200 ? 200 : 202
            return expect(reply, status) + export.differences(try reply.json["export"])
        },
    ]

    /// Jobs by this surface's word for their state.
    static func states(_ stage: Stage) throws -> [(String, String?)] {
        let ready = try stage.client.export(JobLifeTests.small).job["id"]?.string
        let running = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        _ = try stage.client.send("POST", "/report/exports/\(running)/cancel")
        return [("completed", ready), ("failed", running)]
    }

    private static let list = Fields([("exports", .list(.object)), ("meta", .object)])
    private static let meta = Fields([("count", .integer), ("limit", .integer)])
    private static let export = Fields([
        ("id", .integer), ("report_type", .text), ("display_name", .text),
        ("status", .word(["pending", "processing", "completed", "failed"])), ("status_display", .text),
        ("parameters", .object), ("filename", .orNull(.text)), ("download_url", .orNull(.url)),
        ("download_expires_in_seconds", .orNull(.integer)), ("error_message", .orNull(.text)),
        ("progress", .orNull(.object)), ("parent_report_id", .orNull(.integer)), ("chunked_export", .bool),
        ("created_at", .time), ("updated_at", .time), ("started_at", .orNull(.time)), ("completed_at", .orNull(.time)),
        ("status_url", .orNull(.url)),
    ])
}
