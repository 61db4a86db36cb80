import HTTP
import Identity
import Jobs

extension Application {
    /// Ends a call by an id that names no job which the caller is shown.
    ///
    /// It is in the audit like an attempt at a file, whether the id is another tenant's or nobody's: whoever tries ids out is
    /// found there, and the two take the same time.
    /// - Parameter job: the tenant's own, when it is there and not shown to this caller.
    func refuseUnknownJob(
        _ caller: Caller, via: DownloadAttempt.Via, _ request: Request, job: Job? = nil, _ error: APIError = .notFound
    ) throws -> Never {
        let attempt = Download(
            queue: try backends.queue(), request: request, via: via, subject: caller.identity.subject,
            tenant: caller.tenant)
        try attempt.refuse("unknown_id", error, job: job)
    }
}
