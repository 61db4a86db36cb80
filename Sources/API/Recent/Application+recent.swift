import Catalog
import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Posix

/// GET /api/v1/exports and GET /api/v1/exports/{id}, without a slash at the end.
extension Application {
    func listRecent(_ request: Request) throws -> Response {
        let caller = try Caller(
            request, self, needs: Permission.viewReports, parameters: ["limit", "parent_report_id"])
        let limit = try caller.query.number("limit", default: 20, in: 1...100)
        let shown: [RecentExport]
        if caller.query["parent_report_id"] != nil {
            let parent = try caller.query.number("parent_report_id", default: 0, in: 1...Int.max)
            shown = try parts(ofParent: Int64(parent), for: caller, limit: limit)
        } else {
            shown = try backends.queue().recentJobs(tenant: caller.tenant, requester: caller.requester, limit: limit)
                .map { RecentExport($0) }
        }
        if shown.contains(where: { link(to: $0) != nil }) {
            try recordLinks(nil, to: caller, via: .recent, request)
        }
        let exports = shown.map { recentJSON($0, for: caller) }
        return .json([
            "exports": .array(exports), "meta": ["count": .int(exports.count), "limit": .int(limit)],
        ])
        .withHeader("Cache-Control", "private, no-store")
    }

    func getRecent(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        let shown = try export(named: id, for: caller, request)
        if link(to: shown) != nil { try recordLinks(shown.job, to: caller, via: .recent, request) }
        var response = Response.json(["export": recentJSON(shown, for: caller)])
            .withHeader("Cache-Control", "private, no-store")
        if (shown.part?.state ?? shown.job.state).isActive { response.setHeader("Retry-After", "1") }
        return response
    }

    func recentJSON(_ shown: RecentExport, for caller: Caller) -> JSON {
        let job = shown.job
        let label = catalogs.report(module: job.module, key: job.catalog)?.label.label(caller.language) ?? job.catalog
        guard let part = shown.part else {
            return job.recentJSON(label: label, link: link(to: shown), statusURL: recentURL(shown))
        }
        return job.recentJSON(
            part: part, label: label, link: link(to: shown), fileName: part.fileName(of: job),
            statusURL: recentURL(shown))
    }

    func recentURL(_ shown: RecentExport) -> String {
        "\(configuration.publicURL)/api/v1/exports/\(shown.part?.serial ?? shown.job.serial)"
    }

    /// What a number names: a job or a part of one, never both.
    private func export(named text: String, for caller: Caller, _ request: Request) throws -> RecentExport {
        if case .serial(let serial) = JobName(text) {
            let queue = try backends.queue()
            if let part = try queue.part(tenant: caller.tenant, serial: serial) {
                return RecentExport(try job(named: part.job.description, for: caller, via: .recent, request), part)
            }
        }
        return RecentExport(try job(named: text, for: caller, via: .recent, request))
    }

    /// The parts of a job that the caller is shown, in the order of the file; none of any other number.
    private func parts(ofParent serial: Int64, for caller: Caller, limit: Int) throws -> [RecentExport] {
        let queue = try backends.queue()
        guard let parent = try queue.job(tenant: caller.tenant, serial: serial),
            caller.requester == nil || caller.requester == parent.requestedBy
        else { return [] }
        return try queue.parts(of: parent.id).prefix(limit).map { RecentExport(parent, $0) }
    }

    private func link(to shown: RecentExport) -> (url: String, seconds: Int)? {
        guard let part = shown.part else { return link(to: shown.job) }
        return link(to: part, of: shown.job)
    }
}

/// What the Recent API calls an export: a job, or a part of one.
struct RecentExport {
    let job: Job
    let part: JobPart?

    init(_ job: Job, _ part: JobPart? = nil) {
        self.job = job
        self.part = part
    }
}
