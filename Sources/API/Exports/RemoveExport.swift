import HTTP
import Identity
import JSON
import Jobs
import Posix

/// DELETE /report/exports/:id
///
/// The audit has it before the row has: when the process dies in between, the caller has no answer and asks again.
enum RemoveExport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]), let job = try call.queue.job(tenant: caller.tenant, id: id) else {
            throw APIError.unknownID()
        }
        guard job.requestedBy == caller.identity.subject || caller.identity.isSuperuser, call.isShown(job, to: caller)
        else { throw APIError.insufficientPermissions }
        let refusal = APIError(409, "not_removable", "An export that is pending or running is cancelled first")
        guard !job.state.isOpen else { throw refusal }
        if job.removedAt == nil { try call.attempt(by: caller).record("removed", 200, job: job) }
        guard let removed = try call.queue.remove(tenant: caller.tenant, id: id) else { throw refusal }
        return .json(["success": true, "data": removed.exportsJSON()])
    }
}
