import HTTP
import JSON
import Jobs
import Posix
import Time

/// POST /report/exports/:id/cancel
enum CancelExport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let refusal = APIError(
            409, "not_cancellable_or_not_found", "There is no such export, or it is finished already")
        guard let id = UUID(call["id"]) else { throw APIError.unknownID(refusal) }
        guard let job = try call.cancelJob(tenant: caller.tenant, id: id) else {
            if try call.queue.job(tenant: caller.tenant, id: id) != nil { throw refusal }
            throw APIError.unknownID(refusal)
        }
        return .json([
            "success": true,
            "data": [
                "id": .string(job.id.description), "status": .string(job.state.rawValue),
                "completedAt": .string(orNull: job.completedAt?.rfc3339),
            ],
        ])
    }
}
