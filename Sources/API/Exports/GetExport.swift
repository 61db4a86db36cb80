import HTTP
import JSON
import Jobs
import Posix

/// `include=request`: with a job's request and what else stands in no answer of old.
enum JobInclude: String, CaseIterable {
    case request

    /// - Throws: 400 for anything else.
    static func isAsked(_ query: Query) throws -> Bool { try query.choice("include", of: allCases) != nil }
}

/// GET /report/exports/:id
enum GetExport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]) else { throw APIError.unknownID() }
        if try JobInclude.isAsked(caller.query) {
            guard let job = try call.queue.job(tenant: caller.tenant, id: id) else { throw APIError.unknownID() }
            return .json(["success": true, "data": job.exportsJSON(withRequest: true)])
        }
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
