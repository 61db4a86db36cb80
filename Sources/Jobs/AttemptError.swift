import Postgres

/// The error that ended an attempt at a job.
package struct AttemptError: Equatable, Sendable {
    /// A stable word, e.g. `schema_changed`.
    package let code: String
    /// One sentence that the job's owner may read.
    package let summary: String
    /// The SQLSTATE of the database server's error; nil when the error is not the server's.
    package let sqlState: String?
    /// The server's own words, for operators: they may hold SQL, names of servers, and values of rows.
    package let detail: String?

    package init(code: String, summary: String, sqlState: String? = nil, detail: String? = nil) {
        self.code = code
        self.summary = summary
        self.sqlState = sqlState
        self.detail = detail
    }

    /// - Returns: nil when no attempt has failed.
    init?(_ row: Rows.Row) {
        guard let code = row.string("attempt_error_code"), let summary = row.string("attempt_error_summary") else {
            return nil
        }
        self.init(
            code: code, summary: summary, sqlState: row.string("attempt_sqlstate"),
            detail: row.string("attempt_error_detail"))
    }
}
