import HTTP
import JSON
import Jobs

/// GET /api/v1/exports, without a slash at the end.
enum ListRecent {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let limit = try caller.query.number("limit", default: 20, in: 1...100)
        let shown: [RecentExport]
        if caller.query["parent_report_id"] != nil {
            shown = try parts(ofParent: try parent(caller.query), for: caller, limit: limit, call)
        } else {
            shown = try call.queue.recentJobs(tenant: caller.tenant, requester: caller.requester, limit: limit)
                .map { RecentExport($0, call, caller) }
        }
        if shown.contains(where: { $0.link(call.context.links) != nil }) { try call.attempt(by: caller).recordLinks() }
        let exports = shown.map { $0.json(for: caller, call.context) }
        return .json([
            "exports": .array(exports), "meta": ["count": .int(exports.count), "limit": .int(limit)],
        ])
        .withHeader("Cache-Control", "private, no-store")
    }

    private static func parent(_ query: Query) throws(APIError) -> Int64 {
        do {
            return Int64(try query.number("parent_report_id", default: 0, in: 1...Int.max))
        } catch {
            throw .unknownID(error)
        }
    }

    /// The parts of a job that the caller is shown, in the order of the file; empty for any other number.
    private static func parts(
        ofParent serial: Int64, for caller: Caller, limit: Int, _ call: Call
    ) throws -> [RecentExport] {
        let parent = try call.queue.job(tenant: caller.tenant, serial: serial)
        guard let parent, caller.requester == nil || caller.requester == parent.requestedBy else {
            try call.attempt(by: caller).recordUnknownID(200, job: parent)
            return []
        }
        return try call.queue.parts(of: parent.id).prefix(limit).map { RecentExport(parent, part: $0, call, caller) }
    }
}
