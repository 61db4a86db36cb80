import Postgres
import SQLText

extension Queue {
    /// - Throws: `PostgresError` when the database does not answer.
    package func ping() throws(PostgresError) { _ = try connection.query("select 1", "look whether it answers") }

    /// The newest jobs of all tenants, or of one.
    /// - Throws: `PostgresError`; `JobsError.unreadableRow`.
    package func newestJobs(
        module: String? = nil, catalog: String? = nil, state: JobState? = nil, limit: Int
    ) throws -> [Job] {
        try listed(
            """
            list_all_jobs(only_module => \(bind: module), only_catalog => \(bind: catalog), \
            only_state => \(bind: state?.rawValue), page_limit => \(bind: limit))
            """, "list all jobs", columns: "*")
    }

    /// A job like another one, which is pending: with its request, language and requester, who has signed in as he had
    /// then.
    /// - Throws: `PostgresError`; `JobsError.unreadableRow`.
    package func repeating(_ job: Job, maxAttempts: Int) throws -> Creation {
        var new = NewJob(
            tenant: job.tenant, module: job.module, catalog: job.catalog, category: job.category, format: job.format,
            language: job.language, requestedBy: job.requestedBy, requestedWith: job.requestedWith,
            request: job.request,
            idempotencyKey: nil, requestID: nil, maxAttempts: maxAttempts, notify: job.notify)
        new.access = job.access
        return try create(new, limits: JobLimits(queued: Int(Int32.max)))
    }
}
