import Catalog
import Configuration
import Formats
import HTTP
import JSON
import Jobs
import Time

/// GET /api/v1/exports/, with the slash at the end.
enum ListRecords {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let limit = try caller.query.number("limit", default: 50, in: 1...200)
        let offset = try caller.query.number("offset", default: 0, in: offsetRange)
        let created = try CreatedDateFilter(caller.query)
        let filter = RecordFilter(
            tenant: caller.tenant, requester: caller.requester,
            states: try caller.query.choice("status", of: RecordStatus.allCases).map(JobState.states),
            format: try caller.query.choice("format_type", of: ExportFormat.allCases)?.rawValue,
            createdFrom: created.from?.exactRFC3339, createdBefore: created.before?.exactRFC3339, parts: created.parts)
        let (jobs, total) = try call.queue.records(
            filter, limit: limit, offset: offset, exactUpTo: call.configuration.exactTotals)
        let ready = try call.queue.readyParts(of: jobs)
        let links = jobs.map { call.isShown($0, to: caller) ? call.context.links.link(to: $0)?.url : nil }
        if links.contains(where: { $0 != nil }) { try call.attempt(by: caller).recordLinks() }
        var response = Response.json(
            .array(zip(jobs, links).map { call.shown($0, to: caller).recordJSON(link: $1, ready: ready[$0.id] ?? []) })
        )
        .withHeader("Cache-Control", "private, no-store").withHeader("X-Total-Count", String(total.count))
        if total.isEstimated { response.setHeader("X-Total-Count-Estimated", "true") }
        let pages = OffsetPages(
            limit: limit, offset: offset, total: Int(total.count), isEstimated: total.isEstimated, shown: jobs.count)
        if let value = pages.link({ url(of: call, caller.query, limit: limit, offset: $0) }) {
            response.setHeader("Link", value)
        }
        return response
    }

    /// This list's own address with another offset.
    private static func url(of call: Call, _ query: Query, limit: Int, offset: Int) -> String {
        var parameters = query.names.filter { $0 != "limit" && $0 != "offset" }.map { (name: $0, value: query[$0]) }
        parameters.append((name: "limit", value: String(limit)))
        parameters.append((name: "offset", value: String(offset)))
        return call.url("\(call.request.path)?\(Query.text(parameters))")
    }
}
