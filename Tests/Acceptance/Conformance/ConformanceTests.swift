import API
import JSON
import Support
import Testing

/// One job, from its making to its end, as each surface tells it at every step; all through nginx.
///
/// One worker and one running export a tenant, so that what comes second waits for as long as the first one runs. What
/// is made by more than one is in `Parts`.
@Suite(.serialized, .waitsFirst) struct ConformanceTests {
    private static let stage = Result {
        try Stage(["PENSTOCK_WORKERS": "1", "PENSTOCK_TENANT_RUNNING": "1", "DEMO_ROWS": "220000"])
    }

    var makers: [SurfaceView] { SurfaceView.all.filter { $0.make != nil } }
    /// Those that can cancel any job.
    var cancellers: [SurfaceView] { SurfaceView.all.filter { $0.cancel != nil && !$0.ofReexports } }

    func names(_ id: String, _ stage: Stage) throws -> JobNames {
        JobNames(id: id, serial: try RecentTests.serial(stage, id))
    }

    /// Holds what every surface says of a job against what it is to say, alone and in its list.
    func expectAll(_ moment: Moment, _ job: JobNames, _ stage: Stage, _ step: String) throws {
        for surface in SurfaceView.all {
            var expected = surface.expected(moment)
            var seen = try surface.listed(stage.client, job).map(surface.told)
            if moment.rows == nil {
                // How far a running job is changes between two looks.
                expected?.rows = nil
                seen?.rows = nil
            }
            #expect(seen == expected, "\(step), \(surface.name), listed")
            guard let alone = surface.alone else { continue }
            var told = try alone(stage.client, job).map(surface.told)
            if moment.rows == nil { told?.rows = nil }
            #expect(told == expected, "\(step), \(surface.name), alone")
        }
    }

    /// A job that keeps the one worker busy.
    private func blocker(_ stage: Stage) throws -> JobNames {
        let id = try stage.client.create(SurfaceView.request.setting("columns", to: ["attributes", "address", "id"]))[
            "id"]
        _ = try stage.client.job(id?.string ?? "", reaching: "processing")
        return try names(id?.string ?? "", stage)
    }

    @Test func `the suite drives every surface of the table`() {
        #expect(SurfaceView.all.map(\.name).sorted() == Surface.all.map(\.name).sorted())
    }

    @Test func `a job that is made, waits, runs, is downloaded and expires`() throws {
        let stage = try Self.stage.get()
        for (number, maker) in makers.enumerated() {
            let make = try maker.make?(stage.client, stage)
            let busy = try blocker(stage)
            let id = try make?() ?? ""
            var job = try names(id, stage)
            var moment = Moment(state: "pending", isReexport: maker.ofReexports)
            try expectAll(moment, job, stage, "waiting, made on \(maker.name)")
            let canceller = cancellers[number % cancellers.count]
            #expect(try canceller.cancel?(stage, busy) == 200, "\(canceller.name)")
            _ = try stage.client.job(id, reaching: "processing")
            moment.state = "processing"
            try expectAll(moment, job, stage, "running, made on \(maker.name)")
            let done = try stage.client.job(id, reaching: "ready", within: 120)
            job.sha256 = done["metadata"]?["sha256"]?.string ?? ""
            moment.state = "ready"
            moment.rows = done["rowCount"]?.int
            try expectAll(moment, job, stage, "ready, made on \(maker.name)")

            var links: [(surface: String, target: String, client: Client)] = []
            for surface in SurfaceView.all {
                guard let (target, needsCredential) = try surface.file?(stage.client, job, stage) else { continue }
                links.append((surface.name, target, needsCredential ? stage.client : stage.client(.none)))
            }
            for link in links {
                let reply = try link.client.get(link.target)
                #expect(reply.status == 200 && reply.body.count == done["fileSizeBytes"]?.int, "\(link.surface)")
            }
            // Over is over: nobody can cancel it.
            for surface in cancellers { #expect(try surface.cancel?(stage, job) == 409, "\(surface.name)") }

            try stage.rows("update report_export_jobs set expires_at = clock_timestamp() where id = '\(id)'")
            try stage.rows("select expire_jobs()")
            moment.state = "expired"
            try expectAll(moment, job, stage, "expired, made on \(maker.name)")
            // I47: what is asked for after its end.
            for link in links { #expect(try link.client.get(link.target).status == 410, "\(link.surface)") }
            #expect(try stage.client.get("/report/exports/\(id)/download").status == 410)
        }
    }

    @Test func `a job that is cancelled while it runs`() throws {
        let stage = try Self.stage.get()
        for surface in cancellers {
            let id = try stage.client.create(SurfaceView.request)["id"]?.string ?? ""
            let job = try names(id, stage)
            _ = try stage.client.job(id, reaching: "processing")
            #expect(try surface.cancel?(stage, job) == 200, "\(surface.name)")
            try expectAll(Moment(state: "cancelled"), job, stage, "cancelled on \(surface.name)")
            // I48, and I47: 409 says which state.
            for other in cancellers { #expect(try other.cancel?(stage, job) == 409, "\(other.name)") }
            let reply = try stage.client.get("/report/exports/\(id)/download")
            #expect(
                reply.status == 409 && reply.text == #"{"success":false,"message":"not_ready","status":"cancelled"}"#)
        }
    }

    @Test func `a re-export that is cancelled while it waits, and while it runs`() throws {
        let stage = try Self.stage.get()
        let surface = SurfaceView.reexports
        let waiting = Moment(state: "cancelled", isReexport: true)
        for state in ["pending", "processing"] {
            let make = try surface.make?(stage.client, stage)
            let busy = try blocker(stage)
            let job = try names(try make?() ?? "", stage)
            if state == "pending" {
                let reply = try stage.client.send("DELETE", "\(ReexportTests.path)/\(job.id)")
                #expect(try reply.status == 200 && reply.json["cancelled"] == true)
            }
            #expect(try cancellers[0].cancel?(stage, busy) == 200)
            if state == "processing" {
                _ = try stage.client.job(job.id, reaching: "processing")
                #expect(try stage.client.send("DELETE", "\(ReexportTests.path)/\(job.id)").status == 409)
                #expect(try surface.cancel?(stage, job) == 200)
            }
            try expectAll(waiting, job, stage, "cancelled while \(state)")
            for other in cancellers { #expect(try other.cancel?(stage, job) == 409, "\(other.name)") }
        }
    }

    @Test func `a job that fails says why, the same on each surface`() throws {
        let stage = try Self.stage.get()
        try stage.psql("alter table warehouses rename column city to town", on: .sourceOwner)
        let id = try stage.client.create(JobLifeTests.small)["id"]?.string ?? ""
        let failed = try eventually(within: 30) { try stage.client.job(id)["status"] == "failed" }
        try stage.psql("alter table warehouses rename column town to city", on: .sourceOwner)
        #expect(failed)
        let error = try stage.client.job(id)["errorSummary"]?.string
        #expect(error == "A table or column of this report has changed or is gone")
        let job = try names(id, stage)
        try expectAll(Moment(state: "failed", error: error), job, stage, "failed")
        for surface in cancellers { #expect(try surface.cancel?(stage, job) == 409, "\(surface.name)") }
        #expect(try stage.client.get("/report/exports/\(id)/download").status == 409)
    }
}
