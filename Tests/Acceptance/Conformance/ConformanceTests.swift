import JSON
import Support
import Testing

/// One job, from its making to its end, as each surface tells it at every step; all through nginx.
///
/// One worker and one running export a tenant, so that what comes second waits for as long as the first one runs.
@Suite(.serialized) struct ConformanceTests {
    private static let stage = Result { try Stage(["PENSTOCK_WORKERS": "1", "PENSTOCK_TENANT_RUNNING": "1"]) }

    private var makers: [SurfaceView] { SurfaceView.all.filter { $0.make != nil } }
    private var cancellers: [SurfaceView] { SurfaceView.all.filter { $0.cancel != nil } }

    private func names(_ id: String, _ stage: Stage) throws -> JobNames {
        JobNames(id: id, serial: try RecentTests.serial(stage, id))
    }

    /// Holds what every surface says of a job against what it is to say, alone and in its list.
    private func expectAll(_ moment: Moment, _ job: JobNames, _ stage: Stage, _ step: String) throws {
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

    private func file(_ surface: SurfaceView, _ job: JobNames, _ stage: Stage) throws -> Reply {
        let (target, needsCredential) = try surface.file(stage.client, job, stage)
        return try (needsCredential ? stage.client : stage.client(.none)).get(target)
    }

    @Test func `a job that is made, waits, runs, is downloaded and expires`() throws {
        let stage = try Self.stage.get()
        for (maker, canceller) in zip(makers, cancellers) {
            let busy = try blocker(stage)
            let id = try maker.make?(stage.client, stage) ?? ""
            var job = try names(id, stage)
            try expectAll(Moment(state: "pending"), job, stage, "waiting, made on \(maker.name)")
            #expect(try canceller.cancel?(stage, busy) == 200, "\(canceller.name)")
            _ = try stage.client.job(id, reaching: "processing")
            try expectAll(Moment(state: "processing"), job, stage, "running, made on \(maker.name)")
            let done = try stage.client.job(id, reaching: "ready", within: 120)
            job.sha256 = done["metadata"]?["sha256"]?.string ?? ""
            let ready = Moment(state: "ready", rows: done["rowCount"]?.int)
            try expectAll(ready, job, stage, "ready, made on \(maker.name)")

            var links: [(SurfaceView, String, Bool)] = []
            for surface in SurfaceView.all {
                let reply = try file(surface, job, stage)
                #expect(reply.status == 200 && reply.body.count == done["fileSizeBytes"]?.int, "\(surface.name)")
                let (target, needsCredential) = try surface.file(stage.client, job, stage)
                links.append((surface, target, needsCredential))
            }
            // Over is over: nobody can cancel it.
            for surface in cancellers { #expect(try surface.cancel?(stage, job) == 409, "\(surface.name)") }

            try stage.rows("update report_export_jobs set expires_at = clock_timestamp() where id = '\(id)'")
            try stage.rows("select expire_jobs()")
            var expired = Moment(state: "expired", rows: ready.rows)
            expired.error = nil
            try expectAll(expired, job, stage, "expired, made on \(maker.name)")
            for (surface, target, needsCredential) in links {
                let reply = try (needsCredential ? stage.client : stage.client(.none)).get(target)
                #expect(reply.status == 410, "\(surface.name): \(reply.status) \(reply.text.prefix(200))")
            }
            // I47: what is asked for after its end.
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
