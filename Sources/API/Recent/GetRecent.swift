import HTTP
import JSON
import Jobs
import Posix

/// GET /api/v1/exports/{id}, without a slash at the end.
enum GetRecent {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let shown = try export(named: call["id"], call, caller)
        if shown.link(call.context.links) != nil { try call.attempt(by: caller).recordLinks(shown.job) }
        var response = Response.json(["export": shown.json(for: caller, call.context)])
            .withHeader("Cache-Control", "private, no-store")
        if (shown.part?.state ?? shown.job.state).isOpen { response.setHeader("Retry-After", "1") }
        return response
    }

    /// The export that a number names: a job or a part of one, never both.
    private static func export(named text: String, _ call: Call, _ caller: Caller) throws -> RecentExport {
        if case .serial(let serial) = JobName(text),
            let part = try call.queue.part(tenant: caller.tenant, serial: serial)
        {
            return RecentExport(try call.job(named: part.job.description, for: caller), part: part, call, caller)
        }
        return RecentExport(try call.job(named: text, for: caller), call, caller)
    }
}
