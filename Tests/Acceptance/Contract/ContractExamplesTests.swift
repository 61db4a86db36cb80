import JSON
import Support
import Testing

/// The documents, example by example, sent as written; those of the Exports API stand here.
@Suite(.waits) struct ContractExamplesTests {
    @Test func `every example of the Exports API's document holds`() throws {
        Example.check(Self.examples, on: try Stage.shared)
    }

    @Test func `every example of the Reports API's document holds`() throws {
        Example.check(Example.reports, on: try Stage.shared)
    }

    @Test func `every example of the Recent API's document holds`() throws {
        Example.check(Example.recent, on: try Stage.shared)
    }

    @Test func `every example of the Records API's document holds`() throws {
        Example.check(Example.records, on: try Stage.shared)
    }
    @Test func `every example of the Re-exports API's document holds`() throws {
        Example.check(Example.reexports, on: try Stage.shared)
    }

    /// tenant_id and language as every call of the document carries them.
    private static func target(_ path: String, _ stage: Stage, _ more: String = "") -> String {
        "\(path)?tenant_id=\(stage.tenant)&language=en\(more)"
    }

    /// A POST as the document's curl line sends it, with Content-Type twice.
    private static func post(_ stage: Stage, _ path: String, _ body: JSON, as token: String = "TOKEN") throws -> Reply {
        try stage.client(.bearer(stage[token])).send(
            "POST", target(path, stage),
            [("Content-Type", "application/json"), ("Content-Type", "application/json")], body: body.serialized)
    }

    private static func expect(_ reply: Reply, _ status: Int, exactly text: String? = nil) -> [String] {
        Example.expect(reply, status, exactly: text)
    }

    /// What the document only illustrates in a job.
    private static let job = Comparison(
        free: [
            "id", "requestedAt", "startedAt", "completedAt", "fileName", "fileSizeBytes", "rowCount", "progress.total",
            "progress.done", "downloadUrl",
        ],
        filled: ["metadata"])
    private static let wrappedJob = Comparison(
        free: Set(job.free.map { "data.\($0)" }), filled: Set(job.filled.map { "data.\($0)" }))

    private static func request(_ stage: Stage) throws -> JSON {
        let zones = try stage.rows(
            "select id from zones where tenant_id = '\(stage.tenant)' order by name limit 2", on: .source)
        return Document.createRequest(zones: zones.compactMap { $0[0] })
    }

    /// Long enough to be met while it runs.
    private static func longRequest(_ stage: Stage) throws -> JSON {
        let catalogs = try stage.client.get("/report/catalogs/delivery").json["catalogs"]?.array ?? []
        let columns = catalogs.first { $0["key"] == "delivery-orders" }?["columns"]?.array ?? []
        return [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv", "compression": "gzip",
            "columns": .array(columns.compactMap { $0["key"] }),
        ]
    }

    private static func catalog(_ document: JSON, in module: String) -> Example {
        let key = document["key"]?.string ?? ""
        return Example(1, call: "GET /report/catalogs/:module", name: "200 \(key)") { stage in
            let reply = try stage.client.get(target("/report/catalogs/\(module)", stage))
            let catalogs = try reply.json["catalogs"]?.array ?? []
            guard let catalog = catalogs.first(where: { $0["key"] == .string(key) }) else { return ["not listed"] }
            return expect(reply, 200)
                + (try reply.json.object?.keys == ["success", "module", "catalogs"] ? [] : ["form"])
                + Comparison().differences(document, catalog)
        }
    }

    private static let examples: [Example] = [
        catalog(Document.deliveryOrders, in: "delivery"),
        catalog(Document.receivingOrders, in: "warehouse"),
        catalog(Document.inventoryItems, in: "warehouse"),
        Example(1, call: "GET /report/catalogs/:module", name: "404 Module has no catalogs") { stage in
            expect(
                try stage.client.get(target("/report/catalogs/unknown", stage)), 404,
                exactly: #"{"success":false,"message":"module_has_no_catalogs","module":"unknown"}"#)
        },
        Example(1, call: "POST /report/exports/preview", name: "200 OK") { stage in
            let reply = try post(stage, "/report/exports/preview", Document.previewRequest)
            let rows = try reply.json["data"]?["rows"]?.array?.count
            return expect(reply, 200) + Comparison().differences(Document.preview, try reply.json)
                + (rows == 10 ? [] : ["\(rows ?? 0) rows, not 10"])
        },
        Example(1, call: "POST /report/exports/preview", name: "400 Validation Error") { stage in
            let wrong: JSON = [
                "field": "driver_id", "output": "reference_value", "table": "users", "referenceField": "password",
            ]
            let body = Document.previewRequest.setting("relationFields", to: [wrong])
            let answer =
                #"{"success":false,"message":"invalid_request","errors":[{"field":"relationFields.driver_id","#
                + #""message":"relation_target_not_whitelisted"}]}"#
            return expect(try post(stage, "/report/exports/preview", body), 400, exactly: answer)
        },
        Example(1, call: "POST /report/exports", name: "202 Accepted") { stage in
            let reply = try post(stage, "/report/exports", try request(stage))
            return expect(reply, 202) + wrappedJob.differences(Document.created, try reply.json)
        },
        Example(1, call: "POST /report/exports", name: "400 Validation Error") { stage in
            let body = try request(stage).setting("format", to: "pdf").setting("columns", to: ["delivery_code", "foo"])
                .setting("relationFields", to: [])
            let answer =
                #"{"success":false,"message":"invalid_request","errors":[{"field":"format","#
                + #""message":"format must be one of csv, xlsx"},{"field":"columns","message":"unknown column: foo"}]}"#
            return expect(try post(stage, "/report/exports", body), 400, exactly: answer)
        },
        Example(1, call: "POST /report/exports", name: "403 Insufficient permissions") { stage in
            expect(
                try post(stage, "/report/exports", try request(stage), as: "VIEW_TOKEN"), 403,
                exactly: #"{"success":false,"message":"insufficient_permissions"}"#)
        },
        Example(1, call: "POST /report/exports", name: "404 Catalog not found") { stage in
            expect(
                try post(stage, "/report/exports", try request(stage).setting("catalog", to: "foo")), 404,
                exactly: #"{"success":false,"message":"catalog_not_found","module":"delivery","catalog":"foo"}"#)
        },
        Example(1, call: "GET /report/exports", name: "200 OK") { stage in
            _ = try stage.client.export(try request(stage))
            let reply = try stage.client.get(
                target(
                    "/report/exports", stage, "&module=delivery&catalog=delivery-orders&status=ready&page=1&limit=20"))
            let list = try reply.json
            // Other tests use this stage too, and may have made workbooks.
            let data = (list["data"]?.array ?? []).filter { $0["format"] == "csv" }
            return expect(reply, 200) + data.flatMap { job.differences(Document.ready, $0) }
                + (list.object?.keys == ["success", "data", "page", "limit", "total"] ? [] : ["members"])
                + (list["page"] == 1 && list["limit"] == 20 && (list["total"]?.int ?? 0) > 0 && !data.isEmpty
                    ? [] : ["page, limit or total"])
        },
        Example(1, call: "GET /report/exports/:id", name: "200 OK") { stage in
            let id = try stage.client.create(try longRequest(stage))["id"]?.string ?? ""
            var last: Reply?
            let met = try eventually(within: 60) {
                last = try stage.client.get(target("/report/exports/\(id)", stage))
                let data = try last?.json["data"]
                return data?["status"] == "processing" && data?["progress"]?["total"]?.int != nil
            }
            guard met, let last else { return ["was never met while processing"] }
            return expect(last, 200) + wrappedJob.differences(Document.processing, try last.json)
        },
        Example(1, call: "GET /report/exports/:id", name: "404 Not Found") { stage in
            expect(
                try stage.client.get(target("/report/exports/00000000-0000-0000-0000-000000000010", stage)), 404,
                exactly: #"{"success":false,"message":"not_found"}"#)
        },
        Example(1, call: "GET /report/exports/:id/download", name: "200 OK") { stage in
            let (ready, _) = try stage.client.export(try request(stage))
            let id = ready["id"]?.string ?? ""
            let reply = try stage.client.get(target("/report/exports/\(id)/download", stage))
            let document: JSON = ["success": true, "data": Document.ready.setting("downloadUrl", to: "https://…")]
            return expect(reply, 200) + wrappedJob.differences(document, try reply.json)
        },
        Example(1, call: "GET /report/exports/:id/download", name: "409 Not Ready") { stage in
            let id = try stage.client.create(try longRequest(stage))["id"]?.string ?? ""
            _ = try stage.client.job(id, reaching: "processing")
            return expect(
                try stage.client.get(target("/report/exports/\(id)/download", stage)), 409,
                exactly: #"{"success":false,"message":"not_ready","status":"processing"}"#)
        },
        Example(1, call: "POST /report/exports/:id/cancel", name: "200 OK") { stage in
            let id = try stage.client.create(try longRequest(stage))["id"]?.string ?? ""
            let reply = try stage.client.send("POST", target("/report/exports/\(id)/cancel", stage))
            let document: JSON = [
                "success": true,
                "data": ["id": .string(id), "status": "cancelled", "completedAt": "2025-01-15T12:00:30Z"],
            ]
            return expect(reply, 200)
                + Comparison(free: ["data.completedAt"]).differences(document, try reply.json)
        },
        Example(1, call: "POST /report/exports/:id/cancel", name: "409 Not Cancellable") { stage in
            let (ready, _) = try stage.client.export(try request(stage))
            return expect(
                try stage.client.send(
                    "POST", target("/report/exports/\(ready["id"]?.string ?? "")/cancel", stage)), 409,
                exactly: #"{"success":false,"message":"not_cancellable_or_not_found"}"#)
        },
    ]
}
