import JSON
import Posix
import Support

/// The Re-exports API's document, call by call. Its ids are not ULIDs (they have 24 characters, and U, which
/// Crockford leaves out); real ones take their place.
extension Example {
    static let reexports: [Example] = [
        Example(5, call: "POST /api/v1/report-reexports", name: "request and response") { stage in
            let reply = try stage.client.post(ReexportTests.path, try request(stage))
            return expect(reply, 202) + listed.differences(try reply.json)
                + (try reply.json["export_params"] == params ? [] : ["export_params"])
                + (try reply.json["output_file_ref"] == .some(.null) && reply.json["status"] == "pending"
                    ? [] : ["status"])
        },
        Example(5, call: "GET /api/v1/report-reexports/:reexport_id", name: "response") { stage in
            let done = try completed(stage)
            let reply = try stage.client.get("\(ReexportTests.path)/\(done)")
            return expect(reply, 200) + single.differences(try reply.json)
                + (try reply.json["output_file_size_bytes"]?.int != nil ? [] : ["output_file_size_bytes"])
                + (try reply.json["output_file_ref"]?.string?.hasSuffix(".xlsx") == true ? [] : ["output_file_ref"])
        },
        Example(5, call: "GET /api/v1/report-reexports", name: "response") { stage in
            let id = try completed(stage)
            let reply = try stage.client.get("\(ReexportTests.path)?limit=100")
            let items = try reply.json["data"]?.array ?? []
            return expect(reply, 200) + items.flatMap(listed.differences)
                + Fields([("page", .integer), ("limit", .integer), ("total", .integer)]).differences(
                    try reply.json["pagination"])
                + (items.contains { $0["reexport_id"]?.string == id } ? [] : ["not listed"])
        },
        Example(5, call: "PUT /api/v1/report-reexports/:reexport_id", name: "request and response") { stage in
            let id = try completed(stage)
            let ref = try stage.client.get("\(ReexportTests.path)/\(id)").json["output_file_ref"] ?? .null
            let body: JSON = [
                "status": "completed", "output_file_ref": ref, "output_file_size_bytes": 215040,
                "completed_at": "2026-03-26T12:02:30Z", "notified": true,
            ]
            let reply = try stage.client(.bearer(stage["ADMIN_TOKEN"])).send(
                "PUT", "\(ReexportTests.path)/\(id)", [("Content-Type", "application/json")], body: body.serialized)
            return expect(reply, 200) + updated.differences(try reply.json)
                + (try reply.json["notified"] == true ? [] : ["notified"])
        },
        Example(5, call: "DELETE /api/v1/report-reexports/:reexport_id", name: "response") { stage in
            let id = try pending(stage)
            let reply = try stage.client.send("DELETE", "\(ReexportTests.path)/\(id)")
            return expect(reply, 200)
                + Fields([("reexport_id", .text), ("cancelled", .bool), ("cancelled_at", .time)]).differences(
                    try reply.json)
                + (try reply.json["cancelled"] == true && reply.json["reexport_id"]?.string == id ? [] : ["cancelled"])
        },
    ]

    private static let params: JSON = ["format": "xlsx", "include_annexes": true, "locale": "nb-NO"]

    private static func request(_ stage: Stage) throws -> JSON {
        let report = try stage.client.export(ReexportTests.report).job["id"]?.string ?? ""
        return [
            "report_id": .string(try ReexportTests.reportID(report)), "export_params": params,
            "notify_on_completion": true,
        ]
    }

    private static func completed(_ stage: Stage) throws -> String {
        let id = try stage.client.post(ReexportTests.path, try request(stage)).json["reexport_id"]?.string ?? ""
        return try ReexportTests.completed(id, stage.client)["reexport_id"]?.string ?? ""
    }

    /// A re-export that no worker takes for an hour, made as the service makes them.
    private static func pending(_ stage: Stage) throws -> String {
        let report = try stage.client.export(ReexportTests.report).job["id"]?.string ?? ""
        let id = UUID.version7()
        try stage.psql(
            """
            begin;
            select create_job('\(id)', tenant_id, module, catalog, category, format, language, requested_by, request,
                sha256(''), null, null, 1000, 3, report => id, report_params => '\(params.text)', report_zone => 'UTC',
                report_day => '2026-05-07') from report_export_jobs where id = '\(report)';
            update report_export_jobs set run_after = clock_timestamp() + interval '1 hour' where id = '\(id)';
            commit;
            """)
        return "reexp_\(id.ulid)"
    }

    private static let names: [(String, Fields.Kind)] = [
        ("reexport_id", .text), ("report_id", .text), ("org_id", .text),
        ("status", .word(["pending", "processing", "completed", "failed", "cancelled"])),
    ]
    private static let asked: [(String, Fields.Kind)] = [
        ("requested_by", .text), ("requested_at", .time), ("completed_at", .orNull(.time)), ("notified", .bool),
    ]
    /// Contract section 4: the answer says from what it is made.
    private static let data: [(String, Fields.Kind)] = [("data", .word(["historical", "current"]))]

    private static let listed = Fields(
        names + [("export_params", .object), ("output_file_ref", .orNull(.text))] + asked + data)
    private static let single = Fields(
        names + [
            ("export_params", .object), ("output_file_ref", .orNull(.text)),
            ("output_file_size_bytes", .orNull(.integer)),
        ] + asked + [("error_message", .orNull(.text))] + data)
    private static let updated = Fields(
        names + [("output_file_ref", .orNull(.text)), ("output_file_size_bytes", .orNull(.integer))] + asked.dropFirst()
            + data)
}
