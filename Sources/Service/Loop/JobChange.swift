import JSON
import Jobs
import Posix

/// A notification on the job table's channel.
struct JobChange {
    let id: UUID
    let tenant: String
    let state: JobState
    /// The change's number.
    let number: Int64

    init?(_ payload: String) {
        guard let object = try? JSON.parse(Array(payload.utf8)).object,
            let id = object["id"]?.string.flatMap({ UUID($0) }), let tenant = object["tenant_id"]?.string,
            let state = object["state"]?.string.flatMap(JobState.init(rawValue:)), let number = object["change"]?.int
        else { return nil }
        self.id = id
        self.tenant = tenant
        self.state = state
        self.number = Int64(number)
    }
}
