import Catalog
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
        let isWhole = try JobInclude.isAsked(caller.query)
        // What is remembered is the same for every caller.
        if isWhole || call.context.catalogs.isGuarded {
            guard let job = try call.queue.job(tenant: caller.tenant, id: id) else { throw APIError.unknownID() }
            return answer(job, withRequest: isWhole, call, caller)
        }
        let response = try call.queue.job(
            tenant: caller.tenant, id: id, in: &call.context.watchedJobs,
            make: { answer($0, withRequest: false, call, caller) })
        guard let response else { throw APIError.unknownID() }
        return response
    }

    private static func answer(_ job: Job, withRequest: Bool, _ call: Call, _ caller: Caller) -> Response {
        let data = call.shown(job, to: caller).exportsJSON(withRequest: withRequest)
        let response = Response.json(["success": true, "data": data])
        return job.state.isOpen && !withRequest ? response.withHeader("Retry-After", "1") : response
    }
}
