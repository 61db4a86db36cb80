import JSON
import Posix
import Postgres
import SQLText

/// The job table as the program uses it: one method a named function of `sql/functions`.
///
/// Holds a connection of this process. Every change of state is one guarded UPDATE in the database; a method's
/// result says whether it took place, and a caller never assumes that it did.
package struct Queue {
    package let connection: Connection
    /// Why the session could not write when it was made, and the remedy; nil when it could.
    package let obstacle: String?

    /// - Parameter connection: of a session that `connect` has set up.
    package init(_ connection: Connection, obstacle: String? = nil) {
        self.connection = connection
        self.obstacle = obstacle
    }

    /// A job of the tenant's whose list of keys is still kept, by the list's digest in hexadecimal digits.
    package func filterSource(tenant: String, sha256: String) throws -> (job: UUID, filter: Job.Filter)? {
        let job = try one(
            "select * from filter_source(\(bind: tenant), decode(\(bind: sha256), 'hex'))", "find filter file")
        return job.flatMap { job in job.filter.map { (job.id, $0) } }
    }

    package func job(tenant: String, id: UUID) throws -> Job? {
        try one("select * from get_job(\(bind: tenant), \(bind: id.description))", "get job")
    }

    /// The value that `make` gives for a job, or has given for the same version of it before.
    package func job<Value>(
        tenant: String, id: UUID, in memory: inout VersionMemory<Value>, make: (Job) throws -> Value
    ) throws -> Value? {
        let versions = try connection.query(
            "select * from job_version(\(bind: tenant), \(bind: id.description))", "get job version", preparing: true)
        guard let row = versions.first, let writer = row.string(at: 0), let place = row.string(at: 1) else {
            return nil
        }
        let version = writer + place
        if let known = memory[id, version] { return known }
        // Should it be written between the two, it is newer than its version says, and is read again the next time.
        guard let job = try job(tenant: tenant, id: id) else { return nil }
        let value = try make(job)
        memory[id, version] = value
        return value
    }

    /// The job that a signed link names; the tenant is the row's own.
    package func publishedJob(id: UUID) throws -> Job? {
        try one("select * from find_published_job(\(bind: id.description))", "find job")
    }

    /// A page, newest first, and how many match in all.
    /// - Parameter isWhole: whether the jobs have their requests.
    package func jobs(
        _ filter: JobFilter, limit: Int, offset: Int64, whole isWhole: Bool = false
    ) throws -> (jobs: [Job], total: Total) {
        let conditions: SQL = """
            tenant => \(bind: filter.tenant), only_module => \(bind: filter.module), \
            only_catalog => \(bind: filter.catalog), only_state => \(bind: filter.state?.rawValue), \
            only_removed => \(bind: filter.isRemoved.map { $0 ? "true" : "false" })
            """
        let jobs = try listed(
            "list_jobs(\(conditions), page_limit => \(bind: limit), page_offset => \(bind: offset))", "list jobs",
            columns: isWhole ? "*" : Job.listedColumns)
        let total = try connection.query("select count_jobs(\(conditions)) as total", "count jobs").first
        return (jobs, Total(total?.integer("total") ?? 0))
    }

    /// The jobs of a list, as a rule without their requests, which can be long.
    func listed(
        _ rows: SQL, _ operation: String, columns: SQL = Job.listedColumns, preparing: Bool = false
    ) throws -> [Job] {
        try connection.query("select \(columns) from \(rows)", operation, preparing: preparing).readableJobs
    }

    /// - Parameter request: nginx's id of the request: sent again, it gets the same job.
    /// - Returns: the job as cancelled, or nil when the tenant has no such job that can be cancelled.
    package func cancel(tenant: String, id: UUID, request: String? = nil) throws -> Job? {
        try one(
            "select * from cancel_job(\(bind: tenant), \(bind: id.description), \(bind: request))", "cancel job")
    }

    /// Takes a job that has ended away before its time.
    /// - Returns: the job as removed, now or earlier; nil when the tenant has no such job that has ended.
    package func remove(tenant: String, id: UUID) throws -> Job? {
        try one("select * from remove_job(\(bind: tenant), \(bind: id.description))", "remove job")
    }

    func one(_ sql: SQL, _ operation: String) throws -> Job? {
        try connection.query(sql, operation, preparing: true).first.map { try Job($0) }
    }
}

/// Which of a tenant's jobs a list shows; nil does not filter.
package struct JobFilter: Sendable {
    package var tenant: String
    package var module: String?
    package var catalog: String?
    package var state: JobState?
    /// Those that somebody has removed, or the others.
    package var isRemoved: Bool?

    package init(
        tenant: String, module: String? = nil, catalog: String? = nil, state: JobState? = nil, isRemoved: Bool? = nil
    ) {
        self.tenant = tenant
        self.module = module
        self.catalog = catalog
        self.state = state
        self.isRemoved = isRemoved
    }
}
