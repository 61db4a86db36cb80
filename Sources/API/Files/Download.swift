import Audit
import HTTP
import Identity
import Jobs
import Posix
import Postgres

/// One attempt at a file under way, or a call that shows links or names a job that the caller is not shown. Its outcome
/// is committed to the audit before it is answered.
struct Download {
    let queue: Queue
    let request: Request
    let via: DownloadAttempt.Via
    let limits: RequestLimits
    /// The caller, once that is known; nil for a signed link, which has no caller.
    var subject: String?
    /// The tenant whose file it is about, once that is known.
    var tenant: String?

    /// Records an attempt that is refused, unless too many come from its address: then one row a minute says how many.
    private func recordRefusal(_ outcome: String, _ status: Int, job: Job?) throws {
        switch limits.refused(from: request.remoteAddress) {
        case .alone: try record(outcome, status, job: job)
        case .repeated(let before): try record("repeated:\(before)", status, job: nil)
        case .untold: break
        }
    }

    func record(_ outcome: String, _ status: Int, job: Job? = nil) throws {
        try AuditTable(queue.connection).record(
            DownloadAttempt(
                tenant: job?.tenant ?? tenant, job: job?.id, subject: subject, via: via, outcome: outcome,
                status: status, request))
    }

    func refuse(_ outcome: String, _ error: APIError, job: Job? = nil) throws -> Never {
        try recordRefusal(outcome, error.status, job: job)
        throw error
    }

    /// Ends an attempt with the error that stopped it, whose code is its outcome in the audit. A database that went
    /// away has decided nothing, and the audit with it: the request is tried again or answered 503.
    /// - Throws: always.
    func refuse(asAPIError error: any Error) throws -> Never {
        if let error = error as? PostgresError { throw error }
        let error = APIError(error)
        try refuse(error.code == "insufficient_permissions" ? "forbidden" : error.code, error)
    }

    /// Records a call by an id that the caller is not shown, like an attempt at a file: a caller who tries ids out is
    /// found in the audit, and an id of another tenant's takes the same time as one that does not exist.
    /// - Throws: `PostgresError` when the audit is out of reach.
    func recordUnknownID(_ status: Int, job: Job? = nil) throws {
        try recordRefusal("unknown_id", status, job: job)
    }

    /// Records in the audit who has been given signed links.
    /// - Parameter job: nil for the links of a list.
    /// - Throws: `PostgresError` when the audit is out of reach.
    func recordLinks(_ job: Job? = nil) throws {
        try record(job == nil ? "links_issued" : "link_issued", 200, job: job)
    }
}

extension Call {
    /// The audit's entry for this call of a known caller.
    /// - Throws: `PostgresError` when the queue is out of reach.
    func attempt(by caller: Caller) throws -> Download {
        Download(
            queue: try queue, request: request, via: via, limits: context.limits, subject: caller.identity.subject,
            tenant: caller.tenant)
    }
}

extension DownloadAttempt {
    /// An attempt with the request's own particulars.
    init(
        tenant: String?, job: UUID?, subject: String?, via: Via, outcome: String, status: Int, _ request: Request
    ) {
        self.init(
            tenant: tenant, job: job, subject: subject, via: via, outcome: outcome, status: status,
            remoteAddress: request.remoteAddress, userAgent: request.headers.first("user-agent"),
            range: request.headers.first("range"), requestID: request.requestID)
    }
}
