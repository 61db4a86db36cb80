import Catalog
import Configuration
import Generation
import HTTP
import Identity
import JSON
import Jobs
import Postgres

/// POST /api/v1/exports
///
///     body ──▶ as the Exports' create, checked and compiled ──▶ the data's watermark ──▶ look and insert, in one
///                                                                   │ finished already: 200, deduped
///                                                                   │ still under way: 409 with it
extension Application {
    /// Seconds in which a finished report answers for an equal request.
    private static let dedupeSeconds = 600

    func createRecent(_ call: Call, _ caller: Caller) throws -> Response {
        let request = call.request
        let wish = try RecentWish(try call.json(), in: catalogs)
        let wanted = try ExportWish(wish.body, caller, self) { wish.renamed($0) }
        let key = try IdempotencyKey.read(request)
        let identical = IdenticalRequest(
            request: wanted.request.json, language: caller.language, watermark: try watermark(wanted, caller),
            withinSeconds: Self.dedupeSeconds)
        let queue = try backends.queue()
        let new = try newJob(wanted, caller, key, request, queue)
        let creation = try queue.create(
            new, unless: identical, queuedLimit: configuration.tenantQueued,
            storedLimit: configuration.tenantStoredBytes)
        switch creation {
        case .new(let creation):
            wanted.keep(new, creation, self)
            let id = try job(of: creation)
            guard var job = try queue.job(tenant: caller.tenant, id: id) else {
                throw APIError.internalError("job \(id) is gone right after it was created")
            }
            if case .created = creation { job = job.asOf(change: 0, to: .pending) }
            return recentAnswer(job, for: caller, status: 202).withHeader("Retry-After", "1")
        case .finished(let job):
            wanted.withdraw(new, self)
            if links.link(to: job) != nil { try call.attempt(by: caller).recordLinks(job) }
            return recentAnswer(job, for: caller, status: 200, isDeduped: true)
        case .underWay(let job):
            wanted.withdraw(new, self)
            throw APIError(
                409, "export_in_progress", "An equal export is under way",
                details: [("export", RecentExport(job).json(for: caller, self))],
                headers: [("Location", RecentExport(job).url(self)), ("Retry-After", "1")])
        }
    }

    private func recentAnswer(_ job: Job, for caller: Caller, status: Int, isDeduped: Bool = false) -> Response {
        .json(["export": RecentExport(job).json(for: caller, self), "deduped": .bool(isDeduped)], status: status)
            .withHeader("Location", RecentExport(job).url(self)).withHeader("Cache-Control", "private, no-store")
    }

    /// How new the data is, where the catalog names a column that says so.
    private func watermark(_ wanted: ExportWish, _ caller: Caller) throws -> String? {
        guard wanted.report.watermark != nil else { return nil }
        do {
            return try backends.withSource { session in
                try Watermark.take(
                    session, of: wanted.report, tenant: caller.tenant, seconds: configuration.previewSeconds)
            }
        } catch let error as PostgresError where error.sqlState == "57014" {
            throw APIError(
                503, "watermark_timeout", "How new the data is could not be found out in time",
                headers: [("Retry-After", "10")], cause: error.debugDescription)
        }
    }
}
