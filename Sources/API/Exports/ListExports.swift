import Catalog
import Configuration
import HTTP
import JSON
import Jobs

/// `removed`: with those that somebody has removed, or only those; else the list leaves them out.
enum RemovedChoice: String, CaseIterable { case any, only }

/// GET /report/exports
enum ListExports {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let query = caller.query
        let page = try PageRequest(query)
        let isRemoved: Bool? =
            switch try query.choice("removed", of: RemovedChoice.allCases) {
            case nil: false
            case .any: nil
            case .only: true
            }
        let isWhole = try JobInclude.isAsked(query)
        let (jobs, total) = try call.queue.jobs(
            JobFilter(
                tenant: caller.tenant, module: query["module"], catalog: query["catalog"],
                state: try query.choice("status", of: JobState.allCases), isRemoved: isRemoved),
            limit: page.limit, offset: page.offset, whole: isWhole || call.context.catalogs.isGuarded)
        let answer: JSON.Object = [
            "success": true, "data": .array(jobs.map { call.shown($0, to: caller).exportsJSON(withRequest: isWhole) }),
            "page": .int(page.page),
            "limit": .int(page.limit), "total": .int(total.count),
        ]
        return .json(.object(answer))
    }
}
