import Posix
import Postgres
import SQLText

/// The queries of event streams.
extension Queue {
    /// A tenant's jobs that changed after an event, in the order of their changes.
    package func changedJobs(tenant: String, after number: Int64) throws -> [Job] {
        try connection.query(
            "select * from changed_jobs(\(bind: tenant), \(bind: number))", "list changed jobs", preparing: true
        ).all.map { try Job($0) }
    }

    /// The number of a tenant's newest change.
    package func latestChange(tenant: String) throws -> Int64 {
        try connection.query("select latest_change(\(bind: tenant)) as number", "find latest change", preparing: true)
            .first?.integer("number") ?? 0
    }

    package func runningJobs(tenants: [String]) throws -> [Job] {
        try connection.query(
            "select * from running_jobs(\(bind: tenants))", "list running jobs", preparing: true
        ).all.map { try Job($0) }
    }
}
