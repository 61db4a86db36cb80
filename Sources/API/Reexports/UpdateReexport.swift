import HTTP
import Identity
import JSON
import Jobs

/// PUT /api/v1/report-reexports/{reexport_id}: moves a re-export along. The changes that the engine makes itself (to
/// processing, to completed) are refused.
enum UpdateReexport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        var (job, reexport) = try call.reexport(of: caller)
        let change = try ReexportChange(try call.json(), of: job)
        if change.notified == true, !job.notify {
            throw APIError(409, "notification_not_wanted", "Nobody asked to be notified of this re-export")
        }
        if change.notified == false, job.notifiedAt != nil {
            throw APIError(409, "already_notified", "A notification that was sent cannot be taken back")
        }
        if let status = change.status, status != job.state.reexportStatus {
            job = try move(job, to: status, change, call, caller)
        }
        if change.notified == true, job.notifiedAt == nil {
            guard let marked = try call.queue.markNotified(tenant: caller.tenant, id: job.id) else {
                throw APIError(409, "not_completed", "The re-export is not over yet")
            }
            job = marked
        }
        return .json(job.updatedReexportJSON(of: reexport))
    }

    private static func move(
        _ job: Job, to status: ReexportStatus, _ change: ReexportChange, _ call: Call, _ caller: Caller
    ) throws -> Job {
        var moved: Job?
        switch (job.state, status) {
        case (.pending, .cancelled), (.processing, .cancelled):
            moved = try call.cancelJob(tenant: caller.tenant, id: job.id)
        case (.processing, .failed):
            moved = try call.endJob {
                try $0.abortReexport(
                    tenant: caller.tenant, id: job.id,
                    summary: change.errorMessage ?? "Stopped by \(caller.identity.subject)", request: call.requestID)
            }
        default: break
        }
        if let moved { return moved }
        let now = (try call.queue.job(tenant: caller.tenant, id: job.id)?.state ?? job.state).reexportStatus
        throw APIError(
            409, "illegal_transition",
            "A re-export that is \(now.rawValue) cannot be made \(status.rawValue) from outside")
    }
}
