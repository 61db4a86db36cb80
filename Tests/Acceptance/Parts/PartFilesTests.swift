import Glibc
import JSON
import Posix
import Support
import Testing

/// The parts of a large export as rows and as files of their own while it runs, and nothing of them afterwards.
@Suite(.serialized, .waitsFirst, .overFolder) struct PartFilesTests {
    private static let settings = [
        "PENSTOCK_WORKERS": "2", "PENSTOCK_PART_FILE_SECONDS": "0", "PENSTOCK_STALL_SECONDS": "600",
        "DEMO_ROWS": "60000", "PENSTOCK_PARTS_FROM_ROWS": "20000",
    ]

    static func request(_ format: String) -> JSON {
        var request: JSON.Object = [
            "module": "delivery", "catalog": "delivery-orders", "format": format == "xlsx" ? "xlsx" : "csv",
            "columns": ["delivery_code", "status", "created_at", "note", "amount", "id"],
            "sort": [["field": "id", "direction": "asc"]],
        ]
        if format == "csv.gz" { request["compression"] = "gzip" }
        return .object(request)
    }

    /// The process of a running export, which conducts its parts.
    static func conductor(_ stage: Stage) -> pid_t? {
        stage.children(named: "dispatcher").flatMap { stage.children(named: "export", of: $0) }.first
    }

    /// Creates an export and holds its conductor still once its first part can be downloaded; another one where it was
    /// over before it was found, as happens on a busy machine.
    private func held(_ format: String, _ stage: Stage) throws -> (id: String, conductor: pid_t) {
        for _ in 0..<20 {
            let id = try stage.client.create(Self.request(format))["id"]?.string ?? ""
            var conductor: pid_t = 0
            var isHeld = false
            let isSettled = try eventually(within: 60) {
                conductor = Self.conductor(stage) ?? 0
                let first = try stage.rows(
                    "select stored_path from list_parts('\(id)') where number = 1 and state = 'ready'")
                isHeld = conductor > 0 && first.first?[0] != nil && kill(conductor, SIGSTOP) == 0
                return try isHeld || state(id, stage) == "ready"
            }
            // It may have ended between the look and the signal, and another process have its number by then.
            if isHeld, try state(id, stage) == "processing" { return (id, conductor) }
            if isHeld { kill(conductor, SIGCONT) }
            guard isSettled else { break }
        }
        throw Unmet("part 1 of \(format) had no file while the export ran")
    }

    private func state(_ id: String, _ stage: Stage) throws -> String? {
        try stage.value("select state from report_export_jobs where id = '\(id)'")
    }

    private func partFiles(_ stage: Stage) throws -> [String] {
        try File.names(in: "\(stage.state)/storage/files").flatMap { shard in
            try File.names(in: "\(stage.state)/storage/files/\(shard)").filter { $0.contains(".p") }
        }
    }

    private func link(_ id: String, part: Int, _ stage: Stage) throws -> Reply {
        try stage.client.get("/report/exports/\(id)/download?part=\(part)")
    }

    private func target(_ reply: Reply) throws -> String {
        guard let url = try reply.json["data"]?["downloadUrl"]?.string, let start = url.firstRange(of: "/report/files/")
        else { throw Unmet("no link: \(reply.text)") }
        return String(url[start.lowerBound...])
    }

    @Test func `a finished part is downloaded while the rest runs, and is gone when the export is ready`() throws {
        let stage = try Stage(Self.settings)
        defer { stage.stop() }
        let anonymous = stage.client(.none)
        for format in ["csv", "csv.gz", "xlsx"] {
            let (id, conductor) = try held(format, stage)
            defer { kill(conductor, SIGCONT) }
            let issued = try link(id, part: 1, stage)
            #expect(issued.status == 200, "\(issued.text)")
            // How many are whole is told beside the rows, by the events too.
            let counted = try stage.rows("select parts_total, parts_ready from report_export_jobs where id = '\(id)'")[
                0]
            let parts = try stage.client.get("/report/exports/\(id)?include=request").json["data"]?["parts"]
            #expect(
                parts?["total"]?.int.map { "\($0)" } == counted[0] && parts?["done"]?.int.map { "\($0)" } == counted[1])
            let listener = try EventListener(stage.client)
            #expect(try listener.hears("\"parts\":{\"total\":\(counted[0] ?? ""),\"done\":\(counted[1] ?? "")}"))
            let target = try target(issued)
            #expect(target.contains("/parts/1/delivery-orders-") && target.contains(".part-1.\(format)?"))
            let reply = try anonymous.get(target)
            #expect(reply.status == 200)
            let size = try stage.value(
                "select file_size_bytes from report_export_parts where job_id = '\(id)' and number = 1")
            #expect(size == "\(reply.body.count)")
            #expect(reply["Content-Disposition"]?.contains(".part-1.\(format)\"") == true)
            #expect(reply["Repr-Digest"]?.hasPrefix("sha-256=:") == true)

            // The Recent API lists it as a child of the job, with the same link.
            let serial = try stage.value("select serial from report_export_jobs where id = '\(id)'") ?? ""
            let children = try stage.client.get("/api/v1/exports?parent_report_id=\(serial)").json["exports"]?.array
            #expect(children?.first?["download_url"]?.string?.contains("/parts/1/") == true)
            #expect(children?.first?["filename"]?.string?.hasSuffix(".part-1.\(format)") == true)
            #expect(children?.last?["download_url"] == .null)

            // Another part's number, another's name, a part that is not there, somebody else.
            #expect(try anonymous.get(target.replacingOccurrence(of: "/parts/1/", with: "/parts/2/")).status == 403)
            #expect(try anonymous.get(target.replacingOccurrence(of: "/parts/1/", with: "/parts/01/")).status == 403)
            #expect(try anonymous.get(target.replacingOccurrence(of: "/parts/1/", with: "/")).status == 403)
            #expect(try link(id, part: 99, stage).status == 404)
            #expect(try link(id, part: 8, stage).status == 409)
            let stranger = stage.client(.bearer(stage["OTHER_TOKEN"]))
            #expect(try stranger.get("/report/exports/\(id)/download?part=1").status == 404)

            kill(conductor, SIGCONT)
            let job = try stage.client.job(id, reaching: "ready")
            #expect(job["parts"] == nil)
            let whole = try stage.client.file(id).body
            if format == "csv" { #expect(whole.starts(with: reply.body), "a part is what it is in the file") }
            if format != "csv" { #expect(reply.body.prefix(2) == whole.prefix(2)) }
            if format == "csv.gz" {
                // A gzip file of its own, whose rows are those that the whole has there.
                let rows = try Shell.output(["gzip", "-dc"], input: reply.body)
                let isThere = try Shell.output(["gzip", "-dc"], input: whole).starts(with: rows)
                #expect(isThere && !rows.isEmpty)
            }
            #expect(eventually(within: 10) { (try? partFiles(stage).isEmpty) == true })
            #expect(try anonymous.get(target).status == 410)
            #expect(try link(id, part: 1, stage).status == 409)
            let outcomes = try AuditTests.entries(stage, job: id).compactMap { $0["outcome"]?.string }
            #expect(
                Set(outcomes).isSuperset(of: ["link_issued", "granted", "forged", "not_found", "not_ready", "expired"]))

            let counts = try stage.rows(
                """
                select j.parts_total, j.parts_ready, count(*), sum(p.row_count), max(p.first_row + p.row_count)
                from report_export_jobs j join report_export_parts p on p.job_id = j.id and p.state = 'ready'
                where j.id = '\(id)' group by 1, 2
                """)
            let rows = "\(job["rowCount"]?.int ?? 0)"
            let total = counts.first?[0]
            #expect(counts == [[total, total, total, rows, format == "csv" ? counts.first?[4] : rows]])
        }
    }

    @Test func `the parts of an attempt that died go with it, and so do those of a cancelled job`() throws {
        let stage = try Stage(Self.settings)
        defer { stage.stop() }
        let (id, conductor) = try held("csv", stage)
        let before = try target(try link(id, part: 1, stage))
        kill(conductor, SIGKILL)
        #expect(
            eventually(within: 10) {
                (try? stage.value("select epoch from report_export_jobs where id = '\(id)'")) == "2"
            })
        #expect([403, 410].contains(try stage.client(.none).get(before).status))
        _ = try stage.client.job(id, reaching: "ready")
        #expect(eventually(within: 10) { (try? partFiles(stage).isEmpty) == true })
        #expect(try stage.value("select count(distinct epoch) from report_export_parts where job_id = '\(id)'") == "1")

        let (other, _) = try held("xlsx", stage)
        #expect(try !partFiles(stage).isEmpty)
        #expect(try stage.client.send("POST", "/report/exports/\(other)/cancel").status == 200)
        #expect(eventually(within: 10) { (try? partFiles(stage).isEmpty) == true })
        let states = try stage.rows("select distinct state from list_parts('\(other)') order by 1")
        #expect(states == [["cancelled"], ["ready"]])
    }
}
