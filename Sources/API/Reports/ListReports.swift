import Configuration
import HTTP
import JSON
import Jobs
import Posix
import Storage
import Time

/// GET /b/api/v1/reports, …/reports/ and …/reports/files/
enum ListReports {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let sealer = call.context.sealer
        let wanted = try ReportQuery(caller, sealer, now: Timestamp(microseconds: Clock.wallMicroseconds))
        // One more than the page holds says whether there is another.
        var (jobs, total) = try call.queue.reports(
            wanted.filter, wanted.place, limit: wanted.limit + 1, exactUpTo: call.configuration.exactTotals)
        let hasMore = jobs.count > wanted.limit
        if hasMore { jobs.removeLast() }
        if wanted.cursor?.direction == .newer { jobs.reverse() }
        let (next, previous) = try neighbours(of: jobs, wanted, hasMore: hasMore, call)
        let results = try jobs.map { try json($0, caller, call) }
        var answer: JSON.Object = [
            "count": .int(total.count), "next": .string(orNull: next), "previous": .string(orNull: previous),
            "results": .array(results),
        ]
        if total.isEstimated { answer["count_estimated"] = true }
        return .json(.object(answer))
            .withHeader("Cache-Control", "private, no-store")
    }

    /// The addresses of the pages beside one: by offset when the request pages so, else by cursor.
    private static func neighbours(
        of jobs: [Job], _ wanted: ReportQuery, hasMore: Bool, _ call: Call
    ) throws -> (next: String?, previous: String?) {
        func url(_ name: String, _ value: String) -> String {
            let parameters = wanted.kept + [(name: "limit", value: String(wanted.limit)), (name: name, value: value)]
            return call.url("\(call.request.path)?\(Query.text(parameters))")
        }
        if let offset = wanted.offset {
            return (
                hasMore ? url("offset", String(offset + wanted.limit)) : nil,
                offset > 0 ? url("offset", String(max(0, offset - wanted.limit))) : nil
            )
        }
        guard let first = jobs.first, let last = jobs.last else { return (nil, nil) }
        let isNewer = wanted.cursor?.direction == .newer
        let older = try wanted.cursor(.older, last, call.context.sealer)
        let newer = try wanted.cursor(.newer, first, call.context.sealer)
        return (
            hasMore || isNewer ? url("cursor", older) : nil,
            wanted.cursor != nil && (!isNewer || hasMore) ? url("cursor", newer) : nil
        )
    }

    private static func json(_ job: Job, _ caller: Caller, _ call: Call) throws -> JSON {
        let sealer = call.context.sealer
        let now = Clock.wallMicroseconds / 1_000_000
        let id = try ReportToken(job: job.id).sealed(by: sealer, tenant: job.tenant)
        let token = try ReportToken(job: job.id, expires: now + ReportToken.linkSeconds)
            .sealed(by: sealer, tenant: job.tenant)
        // A caller of several tenants has to say which one again.
        let query = caller.query["tenant_id"].map { "?\(Query.text([(name: "tenant_id", value: $0)]))" } ?? ""
        let url = call.url("/b/api/v1/reports/files/\(token)/download/\(query)")
        return [
            "encrypted_id": .string(id), "name": .string(orNull: job.file?.name), "module": .string(job.module),
            "catalog": .string(job.catalog), "format": .string(job.format), "source": .string(job.source.rawValue),
            "interval": .string(orNull: job.interval?.rawValue), "size_bytes": .int(orNull: job.file?.size),
            "row_count": .int(orNull: job.file?.rows), "sha256": .string(orNull: job.file?.sha256),
            "created_at": .string(job.requestedAt.rfc3339), "completed_at": .string(orNull: job.completedAt?.rfc3339),
            "expires_at": .string(orNull: job.expiresAt?.rfc3339),
            "download_action": ["method": "GET", "url": .string(url)],
        ]
    }
}
