import Catalog
import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Posix

/// GET /api/v1/exports/, GET /api/v1/exports/{id}/ and POST /api/v1/exports/{id}/set_cancel/, with the slash at the end.
extension Application {
    func listRecords(_ request: Request) throws -> Response {
        let identity = try identify(request)
        guard identity.has(.viewReports) else { throw APIError.insufficientPermissions }
        let caller = try Caller(identity, request) {
            ["status", "format_type", "limit", "offset"].contains($0) || $0.hasPrefix(CreatedDateFilter.name)
        }
        let limit = try caller.query.number("limit", default: 50, in: 1...200)
        let offset = try caller.query.number("offset", default: 0, in: offsetRange)
        let created = try CreatedDateFilter(caller.query)
        let filter = RecordFilter(
            tenant: caller.tenant, requester: caller.requester,
            states: try caller.query.choice("status", of: RecordStatus.allCases)?.states,
            format: try caller.query.choice("format_type", of: ExportFormat.allCases)?.rawValue,
            createdFrom: created.from?.rfc3339, createdBefore: created.before?.rfc3339, parts: created.parts)
        let (jobs, total) = try backends.queue().records(filter, limit: limit, offset: offset)
        let ready = try backends.queue().readyParts(of: jobs)
        let links = jobs.map { link(to: $0)?.url }
        if links.contains(where: { $0 != nil }) { try recordLinks(nil, to: caller, via: .records, request) }
        var response = Response.json(
            .array(zip(jobs, links).map { $0.recordJSON(link: $1, ready: ready[$0.id] ?? []) })
        )
        .withHeader("Cache-Control", "private, no-store").withHeader("X-Total-Count", String(total))
        let pages = OffsetPages(limit: limit, offset: offset, total: Int(total))
        if let value = pages.link({ url(of: request, limit: limit, offset: $0) }) { response.setHeader("Link", value) }
        return response
    }

    func getRecord(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        let job = try job(named: id, for: caller, via: .records, request)
        let link = link(to: job)?.url
        if link != nil { try recordLinks(job, to: caller, via: .records, request) }
        var response = Response.json(try recordJSON(job, link: link)).withHeader("Cache-Control", "private, no-store")
        if job.state.isActive { response.setHeader("Retry-After", "1") }
        return response
    }

    func setCancel(_ id: String, _ request: Request) throws -> Response {
        let identity = try identify(request)
        guard identity.isSuperuser else { throw APIError.insufficientPermissions }
        let caller = try Caller(identity, request) { _ in false }
        let job = try job(named: id, for: caller, via: .records, request)
        guard let cancelled = try cancelJob(tenant: caller.tenant, id: job.id) else {
            // What it is by now, which may be another state than a moment ago.
            let now = try self.job(named: id, for: caller, via: .records, request)
            throw APIError(409, "not_cancellable", "The export is already \(RecordStatus(now.state).rawValue).")
        }
        return .json(try recordJSON(cancelled, link: nil))
    }

    private func recordJSON(_ job: Job, link: String?) throws -> JSON {
        job.recordJSON(link: link, ready: try backends.queue().readyParts(of: [job])[job.id] ?? [])
    }

    /// This list's own address with another offset.
    private func url(of request: Request, limit: Int, offset: Int) -> String {
        let query = try? Query(parsing: request.rawQuery)
        var parameters = (query?.names ?? []).filter { $0 != "limit" && $0 != "offset" }.map {
            (name: $0, value: query?[$0])
        }
        parameters.append((name: "limit", value: String(limit)))
        parameters.append((name: "offset", value: String(offset)))
        return "\(configuration.publicURL)\(request.path)?\(Query.text(parameters))"
    }
}

/// Where a page stands among the others of its list.
struct OffsetPages: Equatable {
    let limit: Int
    let offset: Int
    let total: Int

    var next: Int? { offset + limit < total ? offset + limit : nil }
    var previous: Int? { offset > 0 ? max(0, offset - limit) : nil }
    private var last: Int { total > 0 ? (total - 1) / limit * limit : 0 }

    /// The value of a `Link` header (RFC 8288): first, prev, next and last where they are other pages.
    func link(_ url: (Int) -> String) -> String? {
        let targets: [(String, Int?)] = [
            ("first", offset > 0 ? 0 : nil), ("prev", previous), ("next", next), ("last", next == nil ? nil : last),
        ]
        let links = targets.compactMap { relation, offset in offset.map { "<\(url($0))>; rel=\"\(relation)\"" } }
        return links.isEmpty ? nil : links.joined(separator: ", ")
    }
}
