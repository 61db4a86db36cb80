import Catalog
import Configuration
import Formats
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Storage
import Time

/// POST /api/v1/report-reexports
///
///     report ──▶ finished? ──▶ are its rows kept, and whole? ── yes ─▶ data: historical, rendered from them
///                                                             └ no ──▶ data: current, its request runs again
enum CreateReexport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let (request, backends) = (call.request, call.context.backends)
        var body = ReexportBody(try call.json())
        guard let name = body.reportID else { throw APIError.invalid(body.faults) }
        let report = try report(named: name, call, caller)
        let catalog = call.catalogs(for: caller).report(module: report.module, key: report.catalog)
        let effective = try body.request(
            of: report.request, formats: catalog?.formats ?? ExportFormat.allCases,
            knowsTimeZone: { try backends.knows(timeZone: $0) })
        guard body.faults.isEmpty else { throw APIError.invalid(body.faults) }
        let key = try IdempotencyKey.read(request)
        let new = NewJob(
            tenant: caller.tenant, module: report.module, catalog: report.catalog, category: report.category,
            format: effective["format"]?.string ?? report.format,
            language: body.language(of: report, asked: caller.query["language"] == nil ? nil : caller.language),
            requestedBy: caller.identity.subject, requestedWith: caller.identity.kind.rawValue,
            request: .object(effective), idempotencyKey: key,
            requestID: request.requestID.isEmpty ? nil : request.requestID, maxAttempts: call.configuration.maxAttempts,
            notify: body.notify)
        let maker = try JobMaker(call)
        let access = maker.access(of: caller, module: new.module, catalog: new.catalog)
        func make(_ rows: Job.Reexport.Rows?) throws -> Queue.Creation {
            let zone = report.reexport?.zone ?? report.request["timezone"]?.string ?? "UTC"
            if rows == nil { try refuseUnlessRepeatable(new, catalog, daysIn: zone, backends) }
            var new = new
            new.access = access
            new.trace = request.trace?.text
            new.reexport = Job.Reexport(
                report: report.id, params: body.params(of: effective), zone: zone,
                day: report.reexport?.day ?? "\(report.requestedAt.date)", rows: rows)
            return try maker.make(new, with: rows == nil ? KeyList(of: report) : nil)
        }
        var creation = try make(try keptRows(of: report, call))
        // The time of the rows is over by the queue's clock.
        if case .reportGone = creation { creation = try make(nil) }
        let job = try maker.job(of: creation)
        guard let made = job.reexport, made.report == report.id else { throw APIError.idempotencyKeyReused }
        return .json(job.listedReexportJSON(of: made), status: 202)
            .withHeader("Location", call.url("/api/v1/report-reexports/\(job.id.reexportID)"))
            .withHeader("Retry-After", "1")
    }

    /// The report that a re-export is made of: any finished job of the tenant's.
    private static func report(named text: String, _ call: Call, _ caller: Caller) throws -> Job {
        guard let id = UUID(text, prefixes: ["rpt", "reexp"]),
            let job = try call.queue.job(tenant: caller.tenant, id: id), call.isShown(job, to: caller)
        else { throw APIError.unknownID() }
        guard job.state.holdsFile || job.keptRows != nil else {
            throw APIError(409, "report_not_completed", "The report is \(job.state.reexportStatus.rawValue)")
        }
        return job
    }

    /// The rows to render: the report's own, or those that it was rendered from itself. Nothing when they are not kept
    /// any more, and when the storage has lost or changed them.
    private static func keptRows(of report: Job, _ call: Call) throws -> Job.Reexport.Rows? {
        var owner = report
        if let source = report.reexport?.rows {
            guard let id = StoredFileName(relativePath: source.storedPath)?.job,
                let original = try call.queue.job(tenant: report.tenant, id: id)
            else { return nil }
            owner = original
        }
        guard let rows = owner.keptRows, let name = StoredFileName(relativePath: rows.storedPath),
            try call.context.storageGate.pass({
                try call.context.storage.glance(at: PublishedFile(name: name, size: rows.size, sha256: []))
            }) == .whole
        else { return nil }
        return Job.Reexport.Rows(storedPath: rows.storedPath, sha256: rows.sha256)
    }

    /// A request that is to run again must still fit its catalog, and the database its time zones.
    /// - Parameter zone: where the days of its period begin and end.
    private static func refuseUnlessRepeatable(
        _ new: NewJob, _ catalog: Report?, daysIn zone: String, _ backends: Backends
    ) throws {
        guard let why = try obstacle(to: new, catalog, daysIn: zone, backends) else { return }
        throw APIError(
            409, "report_not_repeatable", "The report's rows are not kept, and its request cannot run again: \(why)")
    }

    private static func obstacle(
        to new: NewJob, _ catalog: Report?, daysIn zone: String, _ backends: Backends
    ) throws -> String? {
        guard let catalog else { return "its catalog is not there any more" }
        let export: CheckedExport
        do {
            export = try CheckedExport(stored: new.request, of: catalog, tenant: new.tenant, language: new.language)
        } catch {
            return error.description
        }
        let unknown = try [zone, export.request.timezone].first { try !backends.knows(timeZone: $0) }
        return unknown.map { "the database does not know the time zone \($0)" }
    }
}
