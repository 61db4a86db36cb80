import Jobs
import Posix
import Storage

extension Call {
    /// Cancels a job, for any surface.
    /// - Returns: the job as cancelled, or nil when the tenant has no job of this id that could still be cancelled.
    /// - Throws: `PostgresError` when the queue is out of reach.
    func cancelJob(tenant: String, id: UUID) throws -> Job? {
        try endJob { try $0.cancel(tenant: tenant, id: id, request: requestID) }
    }

    /// Ends a job before it is ready, and takes away the list of keys that only it would have read.
    ///
    /// The state is committed first. When the process dies in between, or the storage does not answer, the sweep
    /// removes the list.
    /// - Parameter change: changes the state; nil when the job could not be ended.
    /// - Throws: `PostgresError` when the queue is out of reach.
    func endJob(_ change: (Queue) throws -> Job?) throws -> Job? {
        guard let job = try change(queue) else { return nil }
        if job.filter != nil { try? context.storageGate.pass { context.storage.discardFilterKeys(of: job.id) } }
        return job
    }
}
