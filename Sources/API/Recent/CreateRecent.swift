import Catalog
import Configuration
import Generation
import HTTP
import JSON
import Jobs
import Postgres

/// POST /api/v1/exports
///
///     body ──▶ checked as the Exports' create ──▶ the data's watermark ──▶ look and insert, in one
///                                                                   │ finished already: 200, deduped
///                                                                   │ still under way: 409 with it
enum CreateRecent {
    /// Seconds in which a finished report answers for an equal request.
    private static let dedupeSeconds = 600

    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let export = try call.checked(try RecentBody.read(try call.json(), in: call.catalogs(for: caller)), for: caller)
        let key = try IdempotencyKey.read(call.request)
        let watermark = try watermark(export, call)
        let maker = try JobMaker(call)
        var new = maker.newJob(of: export, for: caller, call.request, key: key)
        new.repetition = NewJob.Repetition(watermark: watermark, seconds: dedupeSeconds)
        let creation = try maker.make(new, with: try call.keyList(of: export))
        let job = try maker.job(of: creation)
        let shown = RecentExport(job, call, caller)
        guard case .equal = creation else {
            return answer(shown, status: 202, call, caller).withHeader("Retry-After", "1")
        }
        if job.state.isOpen {
            throw APIError(
                409, "export_in_progress", "An equal export is under way",
                details: [("export", shown.json(for: caller, call.context))],
                headers: [("Location", shown.url(call.context)), ("Retry-After", "1")])
        }
        if shown.link(call.context.links) != nil { try call.attempt(by: caller).recordLinks(job) }
        return answer(shown, status: 200, isDeduped: true, call, caller)
    }

    private static func answer(
        _ shown: RecentExport, status: Int, isDeduped: Bool = false, _ call: Call, _ caller: Caller
    ) -> Response {
        .json(["export": shown.json(for: caller, call.context), "deduped": .bool(isDeduped)], status: status)
            .withHeader("Location", shown.url(call.context)).withHeader("Cache-Control", "private, no-store")
    }

    /// How new the data is, where the catalog names a column that says so.
    private static func watermark(_ export: CheckedExport, _ call: Call) throws -> String? {
        guard export.report.watermark != nil else { return nil }
        do {
            return try call.context.backends.withSource { session in
                try Watermark.take(
                    session, of: export.report, tenant: export.tenant, seconds: call.configuration.previewSeconds)
            }
        } catch let error as PostgresError where error.sqlState == "57014" {
            throw APIError(
                503, "watermark_timeout", "How new the data is could not be found out in time",
                headers: [("Retry-After", "10")], cause: error.debugDescription)
        }
    }
}
