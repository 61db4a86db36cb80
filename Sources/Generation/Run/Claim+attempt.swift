import Jobs
import Storage

extension Claim {
    /// The attempt, as the names of its files tell it.
    package var attempt: StoredAttempt { StoredAttempt(job: job.id, epoch: job.epoch, token: token) }
}
