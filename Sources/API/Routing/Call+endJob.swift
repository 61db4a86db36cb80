import Jobs
import Posix
import Storage

extension Call {
    /// Cancels a job, whichever surface was asked to.
    /// - Returns: the job as cancelled, or nil when the tenant has none of this id that could still be.
    func cancelJob(tenant: String, id: UUID) throws -> Job? {
        try endJob { try $0.cancel(tenant: tenant, id: id) }
    }

    /// Ends a job before it is ready, and takes away the list of keys that only it would have read.
    ///
    /// The state is committed first. What a process that dies in between leaves behind is the sweep's.
    /// - Parameter change: changes the state; nil when there was nothing to end.
    func endJob(_ change: (Queue) throws -> Job?) throws -> Job? {
        guard let job = try change(queue) else { return nil }
        context.storage.discardFilterKeys(of: job.id)
        return job
    }
}
