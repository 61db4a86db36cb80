import HTTP
import JSON
import Jobs

/// GET /api/v1/exports/{id}/, with the slash at the end.
enum GetRecord {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let job = try call.job(named: call["id"], for: caller)
        let link = call.isShown(job, to: caller) ? call.context.links.link(to: job)?.url : nil
        if link != nil { try call.attempt(by: caller).recordLinks(job) }
        let ready = try call.queue.readyNumbers(of: job)
        var response = Response.json(call.shown(job, to: caller).recordJSON(link: link, ready: ready))
            .withHeader("Cache-Control", "private, no-store")
        if job.state.isOpen { response.setHeader("Retry-After", "1") }
        return response
    }
}

extension Queue {
    /// The numbers of a job's parts that are ready.
    func readyNumbers(of job: Job) throws -> [Int] { try readyParts(of: [job])[job.id] ?? [] }
}
