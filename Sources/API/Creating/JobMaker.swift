import Catalog
import Configuration
import Formats
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Storage

/// Makes jobs of checked exports, the same way for all surfaces.
///
///     CheckedExport ─▶ NewJob ─▶ its list of keys in place ─▶ one insert ─▶ the job, or the reason against it
struct JobMaker {
    let queue: Queue
    let storage: any FileStore
    let gate: StorageGate
    let configuration: Configuration
    private let catalogs: CatalogSet

    /// - Throws: `PostgresError` when the queue is out of reach.
    init(_ call: Call) throws {
        queue = try call.queue
        storage = call.context.storage
        gate = call.context.storageGate
        configuration = call.configuration
        catalogs = call.context.catalogs
    }

    /// The job of an export, before it is inserted.
    /// - Parameter key: the request's `Idempotency-Key`.
    func newJob(of export: CheckedExport, for caller: Caller, _ request: Request, key: String?) -> NewJob {
        var new = NewJob(
            tenant: export.tenant, module: export.report.module, catalog: export.report.key,
            category: export.report.category, format: export.request.format.rawValue, language: export.language,
            requestedBy: caller.identity.subject, requestedWith: caller.identity.kind.rawValue,
            request: export.request.json, idempotencyKey: key,
            requestID: request.requestID.isEmpty ? nil : request.requestID, maxAttempts: configuration.maxAttempts,
            notify: export.request.notifyOnCompletion)
        new.access = access(of: caller, module: new.module, catalog: new.catalog)
        new.trace = request.trace?.text
        return new
    }

    /// What a job keeps of what its requester may see; nil when the catalog is the same for everybody.
    func access(of caller: Caller, module: String, catalog: String) -> JSON? {
        guard catalogs.report(module: module, key: catalog)?.isGuarded == true else { return nil }
        return caller.viewer.keeping(claims: catalogs.claimNames).json
    }

    /// Inserts a job, its list of keys in place. The list stays with the job that it was put in place for, and is
    /// removed when another job answers or no job was made. When the database has not answered, the list stays, because
    /// there may be a job.
    /// - Throws: `APIError` when the list is not there any more; `StorageError`, `PostgresError`, `JobsError`.
    func make(_ new: NewJob, with list: KeyList?) throws -> Queue.Creation {
        var new = new
        if let list {
            try gate.pass(for: StorageGate.writeMilliseconds) { try list.place(for: &new, in: storage) }
        }
        let limits = JobLimits(queued: configuration.tenantQueued, stored: configuration.tenantStoredBytes)
        let creation = try queue.create(new, limits: limits)
        try? Failpoint.jobCreated.reach()
        // The same id: made now, or by a first try that was committed and whose answer was lost.
        if creation.job?.id != new.id, let list { try? gate.pass { list.withdraw(for: new, in: storage) } }
        return creation
    }

    /// The job that an insert came to.
    /// - Throws: `APIError` when no job was made.
    func job(of creation: Queue.Creation) throws(APIError) -> Job {
        switch creation {
        case .created(let job), .replayed(let job), .equal(let job): return job
        case .conflict: throw .idempotencyKeyReused
        case .reportGone: throw .notFound
        case .queueFull(let limit):
            throw APIError.quotaExceeded(
                "queued-exports", quota: limit, retryAfter: 30,
                "The tenant has \(limit) exports pending or running; try again when some are done")
        case .storageFull:
            throw APIError.quotaExceeded(
                "stored-bytes", quota: configuration.tenantStoredBytes ?? 0, unit: "content-bytes", retryAfter: 3600,
                "The tenant's files take all the space that it may use; try again when some have expired")
        }
    }
}

extension APIError {
    static let idempotencyKeyReused = APIError(
        422, "idempotency_key_reused", "The Idempotency-Key was used before with another request")
}
