import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Storage

/// GET /report/exports, GET /report/exports/:id, POST /report/exports/:id/cancel, GET /report/exports/:id/download
extension Application {
    func listExports(_ request: Request) throws -> Response {
        let caller = try Caller(
            request, self, needs: Permission.viewReports, parameters: ["module", "catalog", "status", "page", "limit"])
        let page = try PageRequest(caller.query)
        var state: JobState?
        if let text = caller.query["status"] {
            state = JobState(rawValue: text)
            guard state != nil else {
                let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError.invalid("status", "status must be one of \(known)")
            }
        }
        let (jobs, total) = try backends.queue().jobs(
            JobFilter(
                tenant: caller.tenant, module: caller.query["module"], catalog: caller.query["catalog"], state: state),
            limit: page.limit, offset: page.offset)
        return .json([
            "success": true, "data": .array(jobs.map { $0.exportsJSON() }), "page": .int(page.page),
            "limit": .int(page.limit), "total": .int(total),
        ])
    }

    func getExport(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        guard let id = UUID(id) else { throw APIError.notFound }
        let response = try backends.queue().job(
            tenant: caller.tenant, id: id, in: &watchedJobs,
            make: { job in
                let response = Response.json(["success": true, "data": job.exportsJSON()])
                return job.state.isActive ? response.withHeader("Retry-After", "1") : response
            })
        guard let response else { try refuseUnknownJob(caller, via: .exports, request) }
        return response
    }

    func cancelExport(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.exportReports)
        let refusal = APIError(
            409, "not_cancellable_or_not_found", "There is no such export, or it is finished already")
        guard let id = UUID(id) else { throw refusal }
        guard let job = try cancelJob(tenant: caller.tenant, id: id) else {
            if try backends.queue().job(tenant: caller.tenant, id: id) != nil { throw refusal }
            try refuseUnknownJob(caller, via: .exports, request, refusal)
        }
        return .json([
            "success": true,
            "data": [
                "id": .string(job.id.description), "status": .string(job.state.rawValue),
                "completedAt": .string(orNull: job.completedAt?.rfc3339),
            ],
        ])
    }

    /// Answers the job with a signed link, to the whole file or with `part` to a finished part while the rest is made.
    /// Every attempt is in the audit, the refused ones too, with who it was as soon as that is known.
    func linkExport(_ id: String, _ request: Request) throws -> Response {
        var download = Download(queue: try backends.queue(), request: request, via: .exports)
        let caller: Caller
        do {
            let identity = try authenticate(request)
            download.subject = identity.subject
            try admit(identity)
            guard identity.has(Permission.viewReports) else { throw APIError.insufficientPermissions }
            caller = try Caller(identity, request) { $0 == "part" }
            download.tenant = caller.tenant
        } catch {
            try download.refuse(asAPIError: error)
        }
        guard let uuid = UUID(id), let job = try download.queue.job(tenant: caller.tenant, id: uuid) else {
            try download.refuse("not_found", .notFound)
        }
        if let number = caller.query["part"] {
            let url = try linkPart(number, of: job) { try download.record($0, $1, job: job) }
            return .json(["success": true, "data": job.exportsJSON(downloadURL: url)])
                .withHeader("Cache-Control", "private, no-store")
        }
        switch job.state {
        case .ready: break
        case .expired: try download.refuse("expired", .gone, job: job)
        case .pending, .processing, .failed, .cancelled:
            try download.refuse(
                "not_ready",
                APIError(
                    409, "not_ready", "The export is not ready", details: [("status", .string(job.state.rawValue))]),
                job: job)
        }
        guard let link = link(to: job) else { try download.refuse("expired", .gone, job: job) }
        try download.record("link_issued", 200, job: job)
        return .json(["success": true, "data": job.exportsJSON(downloadURL: link.url)])
            .withHeader("Cache-Control", "private, no-store")
    }
}

/// `page` and `limit` of a list.
struct PageRequest: Equatable {
    let page: Int
    let limit: Int

    var offset: Int64 { Int64(page - 1) * Int64(limit) }

    init(_ query: Query) throws(APIError) {
        page = try query.number("page", default: 1, in: 1...1_000_000)
        limit = try query.number("limit", default: 20, in: 1...100)
    }
}
