import HTTP
import Identity
import Jobs
import Posix
import Storage

/// GET /b/api/v1/reports/files/{token}/download/, where the token is a report's `encrypted_id` or that of a download link.
///
///     who? ──▶ too often? ──▶ may? ──▶ tenant ──▶ token sealed for it? ──▶ its hour over? ──▶ `deliver`
///      │ 401        │ 429       │ 403    │ 403         │ 404                    │ 410
///
/// Each of these ends is an attempt, and in the audit, from the second on with who it was.
extension Application {
    func downloadReport(_ token: String, _ request: Request) throws -> Response {
        var download = Download(queue: try backends.queue(), request: request, via: .reports)
        let identity: Identity
        do {
            identity = try authenticate(request)
            download.subject = identity.subject
            try admit(identity)
        } catch {
            try download.refuse(asAPIError: error)
        }
        guard identity.mayViewFinishedReports else { try download.refuse(asAPIError: APIError.insufficientPermissions) }
        do {
            download.tenant = try Caller(identity, request) { _ in false }.tenant
        } catch {
            try download.refuse(asAPIError: error)
        }
        guard let tenant = download.tenant,
            let report = ReportToken(token, openedBy: sealer, tenant: tenant)
        else { try download.refuse("forged", .notFound) }
        guard let job = try download.queue.job(tenant: tenant, id: report.job) else {
            try download.refuse("not_found", .notFound)
        }
        if report.isOver(now: Clock.wallMicroseconds / 1_000_000) {
            try download.refuse("link_expired", .gone, job: job)
        }
        guard job.state == .ready || job.state == .expired else {
            try download.refuse("not_found", .notFound, job: job)
        }
        return try deliver(job, by: download)
    }
}
