import Posix
import Postgres
import SQLText

/// The queries of event streams. Jobs come without their requests.
extension Queue {
    /// A page of changes, each a job as it is now.
    package struct Changes: Sendable {
        package let jobs: [Job]
        /// The last change of the page, be it readable or not; that after which it begins where there is none.
        package let last: Int64
        /// Whether there may be more.
        package let isFull: Bool
    }

    /// A page of a tenant's jobs that changed after a change, in the order of their changes.
    /// - Throws: `PostgresError` when the queue is out of reach.
    package func changes(tenant: String, after number: Int64, atMost: Int) throws(PostgresError) -> Changes {
        let rows = try connection.query(
            "select * from list_changes(\(bind: tenant), \(bind: number), \(bind: atMost))", "list changes",
            preparing: true)
        return Changes(
            jobs: rows.readableJobs, last: rows.all.last?.integer("change_number") ?? number,
            isFull: rows.count >= atMost)
    }

    /// The number of a tenant's newest change.
    package func latestChange(tenant: String) throws -> Int64 {
        try connection.query("select latest_change(\(bind: tenant)) as number", "find latest change", preparing: true)
            .first?.integer("number") ?? 0
    }

    /// - Returns: nil also for a job that this version cannot read.
    /// - Throws: `PostgresError` when the queue is out of reach.
    package func changedJob(tenant: String, id: UUID) throws(PostgresError) -> Job? {
        try connection.query(
            "select * from show_job(\(bind: tenant), \(bind: id.description))", "show job", preparing: true
        ).first?.readableJob
    }

    package func runningJobs(tenants: [String]) throws -> [Job] {
        try connection.query(
            "select * from list_running(\(bind: tenants))", "list running jobs", preparing: true
        ).readableJobs
    }
}
