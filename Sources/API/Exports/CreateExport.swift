import Catalog
import Configuration
import HTTP
import JSON
import Jobs

/// POST /report/exports
enum CreateExport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let export = try call.checked(FieldReader(try call.json()), for: caller)
        let maker = try JobMaker(call)
        let new = maker.newJob(of: export, for: caller, call.request, key: try IdempotencyKey.read(call.request))
        let creation = try maker.make(new, with: try call.keyList(of: export))
        let job = try maker.job(of: creation)
        if let response = try awaited(job, call) { return response }
        return .json(["success": true, "data": job.exportsJSON()], status: 202)
            .withHeader("Location", call.url("/report/exports/\(job.id)"))
            .withHeader("Retry-After", "1")
    }

    /// The job once it is over, for a client that would rather wait (`Prefer: wait=N`); nil when it is not over in
    /// time, or when as many are waiting as may.
    /// - Throws: `PostgresError` when the queue is out of reach.
    private static func awaited(_ job: Job, _ call: Call) throws -> Response? {
        guard let wanted = Preferences(call.request.headers.all("prefer")).wait else { return nil }
        let seconds = min(wanted, WaitingRoom.longest, call.configuration.requestSeconds / 2)
        let queue = try call.queue
        let over = try call.context.waitingRoom.wait(seconds: seconds) {
            try queue.job(tenant: job.tenant, id: job.id).flatMap { $0.state.isOpen ? nil : $0 }
        }
        guard let job = over else { return nil }
        return .json(["success": true, "data": job.exportsJSON()])
            .withHeader("Location", call.url("/report/exports/\(job.id)"))
            .withHeader("Preference-Applied", "wait=\(seconds)")
    }
}
