import Catalog
import Configuration
import Formats
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Storage

/// POST /api/v1/report-reexports
///
///     report ──▶ finished? ──▶ are its rows kept, and whole? ── yes ─▶ data: historical, rendered from them
///                                                             └ no ──▶ data: current, its request runs again
extension Application {
    func createReexport(_ call: Call, _ caller: Caller) throws -> Response {
        let request = call.request
        var wish = ReexportWish(try call.json())
        guard let name = wish.reportID else { throw APIError.invalid(wish.faults) }
        let report = try report(named: name, of: caller)
        let catalog = catalogs.report(module: report.module, key: report.catalog)
        let effective = try wish.request(
            of: report.request, formats: catalog?.formats ?? ExportFormat.allCases,
            knowsTimeZone: { try backends.knows(timeZone: $0) })
        guard wish.faults.isEmpty else { throw APIError.invalid(wish.faults) }
        let key = try IdempotencyKey.read(request)
        let new = NewJob(
            tenant: caller.tenant, module: report.module, catalog: report.catalog, category: report.category,
            format: effective["format"]?.string ?? report.format,
            language: wish.language(of: report, asked: caller.query["language"] == nil ? nil : caller.language),
            requestedBy: caller.identity.subject, request: .object(effective), idempotencyKey: key,
            requestID: request.requestID.isEmpty ? nil : request.requestID, maxAttempts: configuration.maxAttempts,
            notify: wish.notify)
        let queue = try backends.queue()
        func create(_ rows: Job.Reexport.Rows?) throws -> Queue.Creation {
            let zone = report.reexport?.zone ?? report.request["timezone"]?.string ?? "UTC"
            if rows == nil { try refuseUnlessRepeatable(effective, catalog, daysIn: zone) }
            let reexport = Job.Reexport(
                report: report.id, params: wish.params(of: effective), zone: zone,
                day: report.reexport?.day ?? report.requestedAt.date, rows: rows)
            var new = new
            if rows == nil { try fileKeys(of: report, &new) }
            let creation = try queue.create(
                new, reexporting: reexport, queuedLimit: configuration.tenantQueued,
                storedLimit: configuration.tenantStoredBytes)
            if case .created = creation {} else if new.filter != nil { storage.discardFilterKeys(of: new.id) }
            return creation
        }
        let creation: Queue.Creation
        do {
            creation = try create(try keptRows(of: report, caller))
        } catch JobsError.reportGone {
            // The time of the rows is over by the queue's clock.
            creation = try create(nil)
        }
        let id = try job(of: creation)
        guard var job = try queue.job(tenant: caller.tenant, id: id), let made = job.reexport, made.report == report.id
        else {
            throw APIError(422, "idempotency_key_reused", "The Idempotency-Key was used before with another request")
        }
        // A worker may have begun already; what was created is a pending job all the same.
        if case .created = creation { job = job.asOf(change: 0, to: .pending) }
        return .json(job.listedReexportJSON(of: made), status: 202)
            .withHeader("Location", "\(configuration.publicURL)/api/v1/report-reexports/\(id.reexportID)")
            .withHeader("Retry-After", "1")
    }

    /// A request that runs again needs its list of keys, when it was made with one.
    private func fileKeys(of report: Job, _ new: inout NewJob) throws {
        guard let filter = report.filter else { return }
        guard try storage.linkFilterKeys(of: report.id, to: new.id) else {
            throw APIError(
                409, "report_not_repeatable",
                "The report's rows are not kept, and its request cannot run again: its filter file is gone")
        }
        new.filter = filter
    }

    /// The report that a re-export is made of: any finished job of the tenant's.
    private func report(named text: String, of caller: Caller) throws -> Job {
        guard let id = UUID(text, prefixes: ["rpt", "reexp"]),
            let job = try backends.queue().job(tenant: caller.tenant, id: id)
        else { throw APIError.notFound }
        guard job.state.holdsFile || job.keptRows != nil else {
            throw APIError(409, "report_not_completed", "The report is \(ReexportStatus(job.state).rawValue)")
        }
        return job
    }

    /// The rows to render: the report's own, or those that it was rendered from itself. Nothing when they are not kept
    /// any more, and when the storage has lost or changed them.
    private func keptRows(of report: Job, _ caller: Caller) throws -> Job.Reexport.Rows? {
        var owner = report
        if let source = report.reexport?.rows {
            guard let id = StoredFileName(relativePath: source.storedPath)?.job,
                let original = try backends.queue().job(tenant: caller.tenant, id: id)
            else { return nil }
            owner = original
        }
        guard let rows = owner.keptRows, let name = StoredFileName(relativePath: rows.storedPath),
            try storage.glance(at: PublishedFile(name: name, size: rows.size, sha256: [])) == .whole
        else { return nil }
        return Job.Reexport.Rows(storedPath: rows.storedPath, sha256: rows.sha256)
    }

    /// A request that is to run again must still fit its catalog, and the database its time zones.
    /// - Parameter zone: where the days of its period begin and end.
    private func refuseUnlessRepeatable(_ request: JSONObject, _ catalog: Report?, daysIn zone: String) throws {
        let why: String
        switch catalog.map({ ExportRequest.decode(.object(request), for: $0) }) {
        case .success(let request):
            guard let unknown = try [zone, request.timezone].first(where: { try !backends.knows(timeZone: $0) }) else {
                return
            }
            why = "the database does not know the time zone \(unknown)"
        case nil: why = "its catalog is not there any more"
        case .failure(let faults):
            why = faults.faults.map { "\($0.field): \($0.message)" }.joined(separator: "; ")
        }
        throw APIError(
            409, "report_not_repeatable", "The report's rows are not kept, and its request cannot run again: \(why)")
    }
}
