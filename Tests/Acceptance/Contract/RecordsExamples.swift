import JSON
import Support

/// The Records API's document, call by call, with the query examples as written.
extension Example {
    static let records: [Example] = [
        Example(4, call: "GET /api/v1/exports/{id}/", name: "200 Export details, by number") { stage in
            try Example.states(stage).flatMap { _, id in
                let reply = try stage.client.get("/api/v1/exports/\(try RecentTests.serial(stage, id))/")
                return expect(reply, 200) + record.differences(try reply.json)
                    + (try reply.json["id"]?.string == id ? [] : ["id"])
            }
        },
        Example(4, call: "GET /api/v1/exports/{id}/", name: "200 Export details, by uuid") { stage in
            let id = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
            let reply = try stage.client.get("/api/v1/exports/\(id)/")
            return expect(reply, 200) + record.differences(try reply.json)
        },
        Example(4, call: "GET /api/v1/exports/", name: "200 A list of exports") { stage in
            _ = try stage.client.export(JobLifeTests.small)
            let reply = try stage.client.get("/api/v1/exports/")
            let records = try reply.json.array ?? []
            return expect(reply, 200) + records.flatMap(record.differences) + (records.isEmpty ? ["none"] : [])
        },
        Example(4, call: "GET /api/v1/exports/", name: "created_date__gt, status, format_type") { stage in
            _ = try stage.client.export(JobLifeTests.small)
            let reply = try stage.client.get(
                "/api/v1/exports/?created_date__gt=2024-01-01T00:00:00Z&status=completed&format_type=csv")
            let records = try reply.json.array ?? []
            return expect(reply, 200) + records.flatMap(record.differences) + (records.isEmpty ? ["none"] : [])
                + (records.allSatisfy { $0["status"] == "completed" && $0["format_type"] == "csv" } ? [] : ["filter"])
        },
        Example(4, call: "GET /api/v1/exports/", name: "status=processing") { stage in
            let reply = try stage.client.get("/api/v1/exports/?status=processing")
            return expect(reply, 200)
                + (try reply.json.array?.allSatisfy { $0["status"] == "processing" } == true ? [] : ["filter"])
        },
        Example(4, call: "POST /api/v1/exports/{id}/set_cancel/", name: "200 Export successfully cancelled") { stage in
            let id = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
            let reply = try stage.client(.bearer(stage["ADMIN_TOKEN"])).send(
                "POST", "/api/v1/exports/\(try RecentTests.serial(stage, id))/set_cancel/")
            return expect(reply, 200) + record.differences(try reply.json)
                + (try reply.json["status"] == "cancelled" ? [] : ["status"])
        },
        Example(4, call: "POST /api/v1/exports/{id}/set_cancel/", name: "403 Only accessible by superusers") { stage in
            let id = try stage.client.export(JobLifeTests.small).job["id"]?.string ?? ""
            return expect(
                try stage.client.send("POST", "/api/v1/exports/\(try RecentTests.serial(stage, id))/set_cancel/"), 403,
                exactly: #"{"detail":"You do not have permission to perform this action."}"#)
        },
    ]

    private static let record = Fields([
        ("id", .uuid), ("action_name", .orNull(.text)), ("collected_count", .integer), ("error_message", .text),
        ("fail_count", .integer), ("filter_file", .orNull(.text)), ("format_type", .word(["csv", "xlsx", "jsonl"])),
        ("language", .text), ("last_instance_id", .integer), ("page", .integer), ("request_fields", .list(.text)),
        ("request_path", .text), ("requested_by", .uuid), ("result_file", .orNull(.text)), ("total_count", .integer),
        ("status", .word(["waiting", "processing", "completed", "failed", "cancelled"])),
        ("uploaded_parts", .list(.text)), ("viewset", .orNull(.text)), ("created_date", .time),
        ("modified_date", .time),
    ])
}
