import HTTP
import Jobs
import Posix
import Storage

/// GET /b/api/v1/reports/files/{token}/download/, where the token is a report's `encrypted_id` or that of a download
/// link.
///
///     known? ─▶ too often? ─▶ may? ─▶ tenant ─▶ token sealed for it? ─▶ its hour over? ─▶ `deliver`
///       │ 401       │ 429      │ 403    │ 403        │ 404                   │ 410
///
/// Each of these ends is an attempt, and in the audit, from the second on with the caller.
enum DownloadReport {
    static func answer(_ call: Call, _ caller: Caller, _ download: Download) throws -> Response {
        guard let report = ReportToken(call["token"], openedBy: call.context.sealer, tenant: caller.tenant) else {
            try download.refuse("forged", .notFound)
        }
        guard let job = try download.queue.job(tenant: caller.tenant, id: report.job) else {
            try download.refuse("not_found", .notFound)
        }
        if report.isOver(now: Clock.wallMicroseconds / 1_000_000) {
            try download.refuse("link_expired", .gone, job: job)
        }
        guard job.state.holdsFile else {
            try download.refuse("not_found", .notFound, job: job)
        }
        guard call.isShown(job, to: caller) else { try download.refuse("hidden", .notFound, job: job) }
        return try call.context.delivery.deliver(job, by: download)
    }
}
