import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Posix

/// GET /api/v1/report-reexports, and GET, PUT and DELETE of one.
extension Application {
    func listReexports(_ request: Request) throws -> Response {
        let caller = try Caller(
            request, self, needs: Permission.viewReports, parameters: ["status", "report_id", "page", "limit"])
        let page = try PageRequest(caller.query)
        let status = try caller.query.choice("status", of: ReexportStatus.allCases)
        var report: UUID?
        if let text = caller.query["report_id"] {
            report = UUID(text, prefixes: ["rpt", "reexp"])
            guard report != nil else { throw APIError.invalid("report_id", "report_id is no id of a report") }
        }
        let (jobs, total) = try backends.queue().reexports(
            ReexportFilter(tenant: caller.tenant, states: status?.states, report: report), limit: page.limit,
            offset: page.offset)
        return .json([
            "data": .array(jobs.compactMap { job in job.reexport.map { job.listedReexportJSON(of: $0) } }),
            "pagination": ["page": .int(page.page), "limit": .int(page.limit), "total": .int(total)],
        ])
    }

    func getReexport(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.viewReports)
        let (job, reexport) = try reexport(id, of: caller, request)
        var response = Response.json(job.reexportJSON(of: reexport))
        if job.state.isActive { response.setHeader("Retry-After", "1") }
        return response
    }

    /// Moves a re-export along: what the engine does itself (to processing, to completed) nobody else can.
    func updateReexport(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.manageReexports)
        var (job, reexport) = try reexport(id, of: caller, request)
        let change = try ReexportChange(try request.jsonBody(), of: job)
        if change.notified == true, !job.notify {
            throw APIError(409, "notification_not_wanted", "Nobody asked to be notified of this re-export")
        }
        if change.notified == false, job.notifiedAt != nil {
            throw APIError(409, "already_notified", "A notification that was sent cannot be taken back")
        }
        if let status = change.status, status != ReexportStatus(job.state) {
            job = try move(job, to: status, change, caller)
        }
        if change.notified == true, job.notifiedAt == nil {
            guard let marked = try backends.queue().markNotified(tenant: caller.tenant, id: job.id) else {
                throw APIError(409, "not_completed", "The re-export is not over yet")
            }
            job = marked
        }
        return .json(job.updatedReexportJSON(of: reexport))
    }

    private func move(
        _ job: Job, to status: ReexportStatus, _ change: ReexportChange, _ caller: Caller
    ) throws -> Job {
        var moved: Job?
        switch (job.state, status) {
        case (.pending, .cancelled), (.processing, .cancelled):
            moved = try cancelJob(tenant: caller.tenant, id: job.id)
        case (.processing, .failed):
            moved = try endJob {
                try $0.abortReexport(
                    tenant: caller.tenant, id: job.id,
                    summary: change.errorMessage ?? "Stopped by \(caller.identity.subject)")
            }
        default: break
        }
        if let moved { return moved }
        let now = ReexportStatus(try backends.queue().job(tenant: caller.tenant, id: job.id)?.state ?? job.state)
        throw APIError(
            409, "illegal_transition",
            "A re-export that is \(now.rawValue) cannot be made \(status.rawValue) from outside")
    }

    func cancelReexport(_ id: String, _ request: Request) throws -> Response {
        let caller = try Caller(request, self, needs: Permission.exportReports)
        let (job, _) = try reexport(id, of: caller, request)
        guard let cancelled = try endJob({ try $0.withdrawReexport(tenant: caller.tenant, id: job.id) }) else {
            let now = try reexport(id, of: caller, request).job
            throw APIError(
                409, "not_cancellable",
                "Only a pending re-export can be cancelled; this one is "
                    + ReexportStatus(now.state).rawValue)
        }
        return .json([
            "reexport_id": .string(cancelled.id.reexportID), "cancelled": true,
            "cancelled_at": .string(orNull: cancelled.completedAt?.rfc3339),
        ])
    }

    /// The tenant's re-export of this id. What is no id, another tenant's, or a report of its own is as unknown as one that
    /// does not exist.
    private func reexport(
        _ text: String, of caller: Caller, _ request: Request
    ) throws -> (job: Job, reexport: Job.Reexport) {
        guard let id = UUID(text, prefixes: ["reexp"]) else { throw APIError.notFound }
        let job = try backends.queue().job(tenant: caller.tenant, id: id)
        guard let job, let reexport = job.reexport else {
            try refuseUnknownJob(caller, via: .reexports, request, job: job)
        }
        return (job, reexport)
    }
}
