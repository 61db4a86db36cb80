import Audit
import HTTP
import JSON
import Jobs
import Posix
import Time

/// GET /report/audit
enum SearchAudit {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let page = try PageRequest(caller.query)
        var job: UUID?
        if let text = caller.query["exportId"] {
            job = UUID(text)
            guard job != nil else { throw APIError.invalid("exportId", "exportId must be the id of an export") }
        }
        let rows = try AuditTable(try call.queue.connection).downloads(
            AuditFilter(
                tenant: caller.tenant, job: job, subject: caller.query["subject"], outcome: caller.query["outcome"],
                since: try caller.query.span("from")?.beginning, until: try caller.query.span("to")?.end),
            limit: page.limit + 1, offset: page.offset)
        return .json([
            "success": true, "data": .array(rows.prefix(page.limit).map(\.json)), "page": .int(page.page),
            "limit": .int(page.limit), "more": .bool(rows.count > page.limit),
        ])
    }
}

extension AuditedDownload {
    fileprivate var json: JSON {
        [
            "at": .string(at.rfc3339), "exportId": .string(orNull: attempt.job?.description),
            "subject": .string(orNull: attempt.subject), "via": .string(attempt.via.rawValue),
            "outcome": .string(attempt.outcome), "status": .int(attempt.status),
            "remoteAddress": .string(orNull: attempt.remoteAddress), "userAgent": .string(orNull: attempt.userAgent),
            "range": .string(orNull: attempt.range), "requestId": .string(orNull: attempt.requestID),
            "sent": transfer.map { ["kind": .string($0.kind), "bytes": .int($0.bytes)] } ?? .null,
        ]
    }
}
