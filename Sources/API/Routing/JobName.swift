import Coding
import Jobs
import Posix

/// How the Recent and the Records API name a job in a path: by its serial or its id. No text is both.
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

extension Call {
    /// The job of this name when the Recent and the Records API show it to the caller.
    /// - Throws: 404, the same for a text that is no name, another user's job, another tenant's, and one that does not
    ///   exist.
    func job(named text: String, for caller: Caller) throws -> Job {
        let job: Job? =
            switch JobName(text) {
            case .serial(let serial): try queue.job(tenant: caller.tenant, serial: serial)
            case .id(let id): try queue.job(tenant: caller.tenant, id: id)
            case nil: throw APIError.unknownID()
            }
        guard let job, caller.requester == nil || caller.requester == job.requestedBy else {
            throw APIError.unknownID(job: job)
        }
        return job
    }
}
