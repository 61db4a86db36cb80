import HTTP
import JSON
import Jobs
import Posix

/// GET /api/v1/report-reexports/{reexport_id}
enum GetReexport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let job = call.shown(try call.reexport(of: caller).job, to: caller)
        guard let reexport = job.reexport else { throw APIError.unknownID(job: job) }
        var response = Response.json(job.reexportJSON(of: reexport))
        if job.state.isOpen { response.setHeader("Retry-After", "1") }
        return response
    }
}

extension Call {
    /// The tenant's re-export that the path names.
    /// - Throws: 404, the same for a text that is no id, another tenant's re-export, a report of its own, and one that
    ///   does not exist.
    func reexport(of caller: Caller) throws -> (job: Job, reexport: Job.Reexport) {
        guard let id = UUID(self["reexport_id"], prefixes: ["reexp"]) else { throw APIError.unknownID() }
        let job = try queue.job(tenant: caller.tenant, id: id)
        guard let job, let reexport = job.reexport else { throw APIError.unknownID(job: job) }
        return (job, reexport)
    }
}
