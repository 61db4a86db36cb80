import Catalog
import Configuration
import HTTP
import JSON
import Jobs

/// GET /report/exports
enum ListExports {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let query = caller.query
        let page = try PageRequest(query)
        let isWhole = try JobInclude.isAsked(query)
        let (jobs, total) = try call.queue.jobs(
            JobFilter(
                tenant: caller.tenant, module: query["module"], catalog: query["catalog"],
                state: try query.choice("status", of: JobState.allCases)),
            limit: page.limit, offset: page.offset, whole: isWhole || call.context.catalogs.isGuarded)
        let answer: JSON.Object = [
            "success": true, "data": .array(jobs.map { call.shown($0, to: caller).exportsJSON(withRequest: isWhole) }),
            "page": .int(page.page),
            "limit": .int(page.limit), "total": .int(total.count),
        ]
        return .json(.object(answer))
    }
}
