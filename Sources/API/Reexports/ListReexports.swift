import Configuration
import HTTP
import JSON
import Jobs
import Posix

/// GET /api/v1/report-reexports
enum ListReexports {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let page = try PageRequest(caller.query)
        let status = try caller.query.choice("status", of: ReexportStatus.allCases)
        var report: UUID?
        if let text = caller.query["report_id"] {
            report = UUID(text, prefixes: ["rpt", "reexp"])
            guard let report else {
                throw APIError.unknownID(.invalid("report_id", "report_id is no id of a report"))
            }
            if try call.queue.job(tenant: caller.tenant, id: report) == nil {
                try call.attempt(by: caller).recordUnknownID(200)
            }
        }
        let (jobs, total) = try call.queue.reexports(
            ReexportFilter(tenant: caller.tenant, states: status.map(JobState.states), report: report),
            limit: page.limit, offset: page.offset, exactUpTo: call.configuration.exactTotals)
        var pagination: JSON.Object = [
            "page": .int(page.page), "limit": .int(page.limit), "total": .int(total.count),
        ]
        if total.isEstimated { pagination["total_estimated"] = true }
        return .json([
            "data": .array(
                jobs.compactMap { job in
                    let job = call.shown(job, to: caller)
                    return job.reexport.map { job.listedReexportJSON(of: $0) }
                }),
            "pagination": .object(pagination),
        ])
    }
}
