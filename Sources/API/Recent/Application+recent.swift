import Catalog
import Configuration
import HTTP
import Identity
import JSON
import Jobs

/// GET /api/v1/exports and GET /api/v1/exports/{id}, without a slash at the end.
extension Application {
    func listRecent(_ request: Request) throws -> Response {
        let caller = try Caller(
            request, self, needs: Permission.viewReports, parameters: ["limit", "parent_report_id"])
        let limit = try caller.query.number("limit", default: 20, in: 1...100)
        let jobs = try backends.queue().recentJobs(tenant: caller.tenant, requester: caller.requester, limit: limit)
        if jobs.contains(where: { link(to: $0) != nil }) {
            try recordLinks(nil, to: caller, via: .recent, request)
        }
        let exports = jobs.map { recentJSON($0, for: caller) }
        return .json([
            "exports": .array(exports), "meta": ["count": .int(exports.count), "limit": .int(limit)],
        ])
        .withHeader("Cache-Control", "private, no-store")
    }

    func getRecent(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        let job = try job(named: id, for: caller)
        if link(to: job) != nil { try recordLinks(job, to: caller, via: .recent, request) }
        var response = Response.json(["export": recentJSON(job, for: caller)])
            .withHeader("Cache-Control", "private, no-store")
        if job.state.isActive { response.setHeader("Retry-After", "1") }
        return response
    }

    func recentJSON(_ job: Job, for caller: Caller) -> JSON {
        let label = catalogs.report(module: job.module, key: job.catalog)?.label.label(caller.language)
        return job.recentJSON(label: label ?? job.catalog, link: link(to: job), statusURL: recentURL(job))
    }

    func recentURL(_ job: Job) -> String { "\(configuration.publicURL)/api/v1/exports/\(job.serial)" }
}
