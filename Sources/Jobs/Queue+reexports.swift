import JSON
import Posix
import Postgres
import SQLText

/// Which of a tenant's re-exports a list shows; nil does not filter.
package struct ReexportFilter: Sendable {
    package var tenant: String
    package var states: [JobState]?
    /// The report that they render again.
    package var report: UUID?

    package init(tenant: String, states: [JobState]? = nil, report: UUID? = nil) {
        self.tenant = tenant
        self.states = states
        self.report = report
    }
}

/// Jobs that render a report again.
extension Queue {
    /// A page, newest first, and how many match in all.
    /// - Parameter bound: how many are counted.
    package func reexports(
        _ filter: ReexportFilter, limit: Int, offset: Int64, exactUpTo bound: Int
    ) throws -> (jobs: [Job], total: Total) {
        let states = filter.states.map { "{\($0.map(\.rawValue).joined(separator: ","))}" }
        let conditions: SQL = """
            tenant => \(bind: filter.tenant), only_states => \(bind: states), \
            only_report => \(bind: filter.report?.description)
            """
        let jobs = try listed(
            "list_reexports(\(conditions), page_limit => \(bind: limit), page_offset => \(bind: offset))",
            "list re-exports", preparing: true)
        let total = try connection.total(
            counting: "count_reexports(\(conditions), at_most => \(bind: bound + 1))", upTo: bound,
            of: "list_reexports(\(conditions), page_limit => null, page_offset => 0)", preparing: true)
        return (jobs, total)
    }

    /// pending → cancelled.
    /// - Returns: the re-export as cancelled, or nil when the tenant has no such re-export that is pending.
    package func withdrawReexport(tenant: String, id: UUID, request: String? = nil) throws -> Job? {
        try one(
            "select * from withdraw_reexport(\(bind: tenant), \(bind: id.description), \(bind: request))",
            "withdraw re-export")
    }

    /// processing → failed, at the caller's request.
    /// - Returns: the re-export as failed, or nil when the tenant has no such re-export that is processing.
    package func abortReexport(tenant: String, id: UUID, summary: String, request: String? = nil) throws -> Job? {
        try one(
            """
            select * from abort_reexport(\(bind: tenant), \(bind: id.description), \(bind: summary), \
            \(bind: request))
            """, "abort re-export")
    }

    /// - Returns: the re-export, or nil when it asked for no message or has not ended.
    package func markNotified(tenant: String, id: UUID) throws -> Job? {
        try one("select * from mark_notified(\(bind: tenant), \(bind: id.description))", "mark re-export notified")
    }
}
