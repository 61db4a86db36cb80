import JSON
import Posix
import Support

extension SurfaceView {
    static let all: [SurfaceView] = [exports, reports, recent, records, reexports]

    /// The suite's job: large enough to be met while it runs.
    static let request: JSON = JobLifeTests.long

    static let exports = SurfaceView(
        name: "exports",
        make: { client, _ in { try client.create(request)["id"]?.string ?? "" } },
        alone: { client, job in try client.get("/report/exports/\(job.id)").json["data"] },
        listed: { client, job in
            let list = try client.get("/report/exports?limit=100").json["data"]?.array ?? []
            return list.first { $0["id"]?.string == job.id }
        },
        told: { job in
            // Links are given by the download call alone; a file's name says that there is one to be had.
            Told(
                word: job["status"]?.string ?? "",
                offersFile: job["status"] == "ready" && job["fileName"]?.string != nil,
                error: job["errorSummary"]?.string, rows: job["progress"]?["done"]?.int)
        },
        expected: { moment in
            Told(word: moment.state, offersFile: moment.isReady, error: moment.error, rows: moment.rows)
        },
        file: { client, job, _ in (try client.link(job.id), false) },
        parts: exportsParts,
        cancel: { stage, job in try stage.client.send("POST", "/report/exports/\(job.id)/cancel").status })

    static let reports = SurfaceView(
        name: "reports",
        listed: { client, job in
            let list = try client.get("/b/api/v1/reports/files/?limit=200").json["results"]?.array ?? []
            return list.first { $0["sha256"]?.string == job.sha256 }
        },
        told: { report in
            Told(
                word: "listed", offersFile: report["download_action"]?["url"]?.string != nil,
                rows: report["row_count"]?.int)
        },
        expected: { moment in moment.isReady ? Told(word: "listed", offersFile: true, rows: moment.rows) : nil },
        file: { client, job, stage in
            let list = try client.get("/b/api/v1/reports/files/?limit=200").json["results"]?.array ?? []
            let report = list.first { $0["sha256"]?.string == job.sha256 }
            return (try ReportsTests.target(report?["download_action"]?["url"]?.string, stage), true)
        })

    static let recent = SurfaceView(
        name: "recent",
        make: { client, stage in
            let body: JSON = [
                "report_type": "delivery_orders_csv",
                "index_params": ["columns": request["columns"] ?? [], "compression": "gzip"],
            ]
            return {
                let serial = try client.post("/api/v1/exports", body).json["export"]?["id"]?.int ?? 0
                return try stage.value("select id from report_export_jobs where serial = \(serial)") ?? ""
            }
        },
        alone: { client, job in try client.get("/api/v1/exports/\(job.serial)").json["export"] },
        listed: { client, job in
            let list = try client.get("/api/v1/exports?limit=100").json["exports"]?.array ?? []
            return list.first { $0["id"] == .number(job.serial) }
        },
        told: { export in
            Told(
                word: export["status"]?.string ?? "", display: export["status_display"]?.string,
                offersFile: export["download_url"]?.string != nil
                    && (export["download_expires_in_seconds"]?.int ?? 0) > 0,
                error: export["error_message"]?.string)
        },
        expected: { moment in
            let words = [
                "pending": ("pending", "Pending"), "processing": ("processing", "Processing"),
                "ready": ("completed", "Completed"), "failed": ("failed", "Failed"),
                "cancelled": ("failed", "Cancelled"),
                "expired": ("completed", "Expired"),
            ]
            guard let (word, display) = words[moment.state] else { return nil }
            return Told(
                word: word, display: display, offersFile: moment.isReady,
                error: moment.state == "cancelled" ? "cancelled" : moment.error)
        },
        file: { client, job, stage in
            let export = try client.get("/api/v1/exports/\(job.serial)").json["export"]
            return (try ReportsTests.target(export?["download_url"]?.string, stage), false)
        },
        parts: recentParts)

    static let records = SurfaceView(
        name: "records",
        alone: { client, job in try client.get("/api/v1/exports/\(job.serial)/").json },
        listed: { client, job in
            let list = try client.get("/api/v1/exports/?limit=200").json.array ?? []
            return list.first { $0["id"]?.string == job.id }
        },
        told: { record in
            let error = record["error_message"]?.string ?? ""
            return Told(
                word: record["status"]?.string ?? "", offersFile: record["result_file"]?.string != nil,
                error: error.isEmpty ? nil : error, rows: record["collected_count"]?.int)
        },
        expected: { moment in
            let words = [
                "pending": "waiting", "processing": "processing", "ready": "completed", "failed": "failed",
                "cancelled": "cancelled", "expired": "completed",
            ]
            guard let word = words[moment.state] else { return nil }
            return Told(word: word, offersFile: moment.isReady, error: moment.error, rows: moment.rows)
        },
        file: { client, job, stage in
            (
                try ReportsTests.target(client.get("/api/v1/exports/\(job.id)/").json["result_file"]?.string, stage),
                false
            )
        },
        parts: recordsParts,
        cancel: { stage, job in
            try stage.client(.bearer(stage["ADMIN_TOKEN"])).send("POST", "/api/v1/exports/\(job.serial)/set_cancel/")
                .status
        })

    static let reexports = SurfaceView(
        name: "reexports",
        make: { client, _ in
            let report = try client.export(request, within: 120).job["id"]?.string ?? ""
            // In another locale its file is another.
            return {
                let made = try ReexportTests.create(report, ["locale": "de-DE"], client)
                let ulid = String((made["reexport_id"]?.string ?? "").dropFirst("reexp_".utf8.count))
                return UUID(ulid: ulid)?.description ?? ""
            }
        },
        alone: { client, job in
            let reply = try client.get("\(ReexportTests.path)/\(job.id)")
            // Not the null of JSON, which a bare nil would be.
            return reply.status == 404 ? JSON?.none : try reply.json
        },
        listed: { client, job in
            let list = try client.get("\(ReexportTests.path)?limit=100").json["data"]?.array ?? []
            let name = "reexp_\(UUID(job.id)?.ulid ?? "")"
            return list.first { $0["reexport_id"]?.string == name }
        },
        told: { reexport in
            Told(
                word: reexport["status"]?.string ?? "", offersFile: reexport["output_file_ref"]?.string != nil,
                error: reexport["error_message"]?.string)
        },
        expected: { moment in
            let words = ["ready": "completed", "expired": "completed"]
            guard moment.isReexport else { return nil }
            return Told(word: words[moment.state] ?? moment.state, offersFile: moment.isReady, error: moment.error)
        },
        ofReexports: true,
        cancel: { stage, job in
            try stage.client(.bearer(stage["ADMIN_TOKEN"])).send(
                "PUT", "\(ReexportTests.path)/\(job.id)", [("Content-Type", "application/json")],
                body: Array(#"{"status":"cancelled"}"#.utf8)
            ).status
        })
}
