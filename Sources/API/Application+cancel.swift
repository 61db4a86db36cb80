import Jobs
import Posix
import Storage

extension Application {
    /// Cancels a job, whichever surface was asked to, and takes away the list of keys that only it would have read.
    /// - Returns: the job as cancelled, or nil when there is none of the tenant's that could still be.
    func cancelJob(tenant: String, id: UUID) throws -> Job? {
        guard let job = try backends.queue().cancel(tenant: tenant, id: id) else { return nil }
        storage.discardFilterKeys(of: id)
        return job
    }
}
