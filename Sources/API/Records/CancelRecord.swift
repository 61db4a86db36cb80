import HTTP
import JSON
import Jobs

/// POST /api/v1/exports/{id}/set_cancel/
enum CancelRecord {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let job = try call.job(named: call["id"], for: caller)
        guard let cancelled = try call.cancelJob(tenant: caller.tenant, id: job.id) else {
            // Its state by now, which may be another than a moment ago.
            let now = try call.job(named: call["id"], for: caller)
            throw APIError(409, "not_cancellable", "The export is already \(now.state.recordStatus.rawValue).")
        }
        return .json(cancelled.recordJSON(link: nil, ready: try call.queue.readyNumbers(of: cancelled)))
    }
}
