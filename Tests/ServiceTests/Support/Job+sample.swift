import Posix
import Testing

@testable import Jobs
@testable import Postgres

extension Claim {
    /// A claim of a job whose row has these values.
    static func sample(
        token: String = "token", attempts: Int = 1, waits: Int = 0, interruptions: Int = 0
    ) throws -> Claim {
        Claim(
            job: try .sample([
                ("id", UUID.version4().description),
                ("attempts", "\(attempts)"), ("waits", "\(waits)"), ("interruptions", "\(interruptions)"),
            ]), token: token)
    }

    /// A later claim of the same job.
    func again(token: String) -> Claim { Claim(job: job, token: token) }
}

extension Job {
    static func sample(
        id: UUID = .version4(), change: Int = 1, progress: Int = 0, parts: (ready: Int, total: Int)? = nil
    ) throws -> Job {
        try sample(
            [("id", id.description), ("change_number", "\(change)"), ("progress_done", "\(progress)")]
                + (parts.map { [("parts_ready", "\($0.ready)"), ("parts_total", "\($0.total)")] } ?? []))
    }

    fileprivate static func sample(_ values: [(name: String, text: String)]) throws -> Job {
        let time = "2026-05-07 08:00:00+00"
        let row = try #require(
            Rows.row(
                of: [
                    ("state", "processing"), ("tenant_id", "acme"),
                    ("module", "base"), ("catalog", "orders"), ("category", "orders"), ("format", "csv"),
                    ("language", "en"), ("requested_by", "anna"), ("request", "{}"), ("epoch", "1"),
                    ("max_attempts", "5"), ("run_after", time), ("requested_at", time), ("changed_at", time),
                ] + values))
        return try Job(row)
    }
}
