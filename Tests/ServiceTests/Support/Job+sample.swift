import CPostgres
import Glibc
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
                ("attempts", "\(attempts)"), ("waits", "\(waits)"), ("interruptions", "\(interruptions)"),
            ]), token: token)
    }

    /// A later claim of the same job.
    func again(token: String) -> Claim { Claim(job: job, token: token) }
}

extension Job {
    static func sample(change: Int = 1, progress: Int = 0) throws -> Job {
        try sample([("change_number", "\(change)"), ("progress_done", "\(progress)")])
    }

    /// The row is one of libpq's, made without a server.
    fileprivate static func sample(_ values: [(name: String, text: String)]) throws -> Job {
        let time = "2026-05-07 08:00:00+00"
        let row = try #require(
            Rows.sample(
                [
                    ("id", UUID.version4().description), ("state", "processing"), ("tenant_id", "acme"),
                    ("module", "base"), ("catalog", "orders"), ("category", "orders"), ("format", "csv"),
                    ("language", "en"), ("requested_by", "anna"), ("request", "{}"), ("epoch", "1"),
                    ("max_attempts", "5"), ("run_after", time), ("requested_at", time), ("changed_at", time),
                ] + values))
        return try Job(row)
    }
}

extension Rows {
    /// - Returns: a result of one row.
    fileprivate static func sample(_ values: [(name: String, text: String)]) -> Row? {
        guard let result = PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK) else { return nil }
        var columns = values.map { value in
            PGresAttDesc(
                name: strdup(value.name), tableid: 0, columnid: 0, format: 0, typid: 25, typlen: -1, atttypmod: -1)
        }
        defer { for column in columns { free(column.name) } }
        guard PQsetResultAttrs(result, Int32(columns.count), &columns) == 1 else { return nil }
        for (index, value) in values.enumerated() {
            var text = Array(value.text.utf8CString)
            guard PQsetvalue(result, 0, Int32(index), &text, Int32(text.count - 1)) == 1 else { return nil }
        }
        return Rows(owning: result).first
    }
}
