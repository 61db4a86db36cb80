import HTTP
import Identity
import Jobs
import Posix

/// How surfaces 3 and 4 name a job in a path: by its serial or its id. No text is both.
enum JobName: Equatable {
    case serial(Int64)
    case id(UUID)

    init?(_ text: String) {
        if let id = UUID(text) {
            self = .id(id)
        } else if let serial = Int(decimalDigits: text), serial > 0, String(serial) == text {
            self = .serial(Int64(serial))
        } else {
            return nil
        }
    }
}

extension Application {
    /// The job of this name when surfaces 3 and 4 show it to the caller. What is no name, another's and another tenant's
    /// are all as unknown as one that does not exist.
    func job(
        named text: String, for caller: Caller, via: DownloadAttempt.Via, _ request: Request
    ) throws -> Job {
        let job: Job? =
            switch JobName(text) {
            case .serial(let serial): try backends.queue().job(tenant: caller.tenant, serial: serial)
            case .id(let id): try backends.queue().job(tenant: caller.tenant, id: id)
            case nil: throw APIError.notFound
            }
        guard let job, caller.requester == nil || caller.requester == job.requestedBy else {
            try refuseUnknownJob(caller, via: via, request, job: job)
        }
        return job
    }

    /// What an answer that carries signed links leaves in the audit: who got them. `job` is nil for a list's.
    func recordLinks(_ job: Job?, to caller: Caller, via: DownloadAttempt.Via, _ request: Request) throws {
        let download = Download(
            queue: try backends.queue(), request: request, via: via, subject: caller.identity.subject,
            tenant: caller.tenant)
        try download.record(job == nil ? "links_issued" : "link_issued", 200, job: job)
    }
}
