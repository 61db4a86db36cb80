import HTTP
import JSON
import Jobs
import Posix

/// GET /report/exports/:id
enum GetExport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]) else { throw APIError.unknownID() }
        let response = try call.queue.job(
            tenant: caller.tenant, id: id, in: &call.context.watchedJobs,
            make: { job in
                let response = Response.json(["success": true, "data": job.exportsJSON()])
                return job.state.isOpen ? response.withHeader("Retry-After", "1") : response
            })
        guard let response else { throw APIError.unknownID() }
        return response
    }
}
