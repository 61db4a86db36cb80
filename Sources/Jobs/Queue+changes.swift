import Posix
import Postgres
import SQLText

/// The queries of event streams. Jobs come without their requests.
extension Queue {
    /// A page of a tenant's jobs that changed after a change, in the order of their changes.
    package func changes(tenant: String, after number: Int64, atMost: Int) throws -> [Job] {
        try connection.query(
            "select * from list_changes(\(bind: tenant), \(bind: number), \(bind: atMost))", "list changes",
            preparing: true
        ).all.map { try Job($0) }
    }

    /// The number of a tenant's newest change.
    package func latestChange(tenant: String) throws -> Int64 {
        try connection.query("select latest_change(\(bind: tenant)) as number", "find latest change", preparing: true)
            .first?.integer("number") ?? 0
    }

    package func changedJob(tenant: String, id: UUID) throws -> Job? {
        try one("select * from show_job(\(bind: tenant), \(bind: id.description))", "show job")
    }

    package func runningJobs(tenants: [String]) throws -> [Job] {
        try connection.query(
            "select * from list_running(\(bind: tenants))", "list running jobs", preparing: true
        ).all.map { try Job($0) }
    }
}
