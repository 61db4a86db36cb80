import Postgres
import SQLText
import Time

/// Limits of one tenant that are higher than those of the settings for a time.
package struct RaisedLimits: Equatable, Sendable {
    /// Exports that run at the same time; nil where it is the setting's.
    package var running: Int?
    /// Exports that are pending or running; nil where it is the setting's.
    package var queued: Int?

    package init(running: Int? = nil, queued: Int? = nil) {
        self.running = running
        self.queued = queued
    }
}

/// A tenant as operators see it.
package struct TenantSight: Sendable {
    package let tenant: String
    package let pending: Int64
    package let running: Int64
    package let limits: RaisedLimits
    /// Until when the limits hold, and who raised them; nil where they are those of the settings.
    package let until: Timestamp?
    package let setBy: String?
}

extension Queue {
    /// - Parameters:
    ///   - seconds: how long, from now by the database's clock.
    ///   - who, told: the person, and the words of the command, for the audit.
    /// - Returns: until when they hold.
    /// - Throws: `PostgresError`.
    package func raise(
        _ limits: RaisedLimits, of tenant: String, seconds: Int, who: String, told: String
    ) throws(PostgresError) -> Timestamp? {
        try connection.query(
            """
            select raise_limits(tenant => \(bind: tenant), to_running => \(bind: limits.running.map(String.init)), \
            to_queued => \(bind: limits.queued.map(String.init)), length => make_interval(secs => \(bind: seconds)), \
            who => \(bind: who), told => \(bind: told)) as until
            """, "raise limits"
        ).first?.timestamp("until")
    }

    /// - Returns: whether there was something to clear.
    /// - Throws: `PostgresError`.
    package func clearLimits(of tenant: String, who: String, told: String) throws(PostgresError) -> Bool {
        try connection.query(
            "select clear_limits(tenant => \(bind: tenant), who => \(bind: who), told => \(bind: told)) as cleared",
            "clear limits"
        ).first?.boolean("cleared") ?? false
    }

    /// The tenants with something to do or with raised limits; those with most to do first.
    /// - Throws: `PostgresError`.
    package func tenants(limit: Int) throws(PostgresError) -> [TenantSight] {
        try connection.query("select * from list_tenants(\(bind: limit))", "list tenants").all.map { row in
            TenantSight(
                tenant: row.string("tenant_id") ?? "", pending: row.integer("pending") ?? 0,
                running: row.integer("running") ?? 0,
                limits: RaisedLimits(
                    running: row.integer("may_run").map { Int($0) }, queued: row.integer("may_queue").map { Int($0) }),
                until: row.timestamp("until"), setBy: row.string("set_by"))
        }
    }

    /// The limits that are raised now; nil when none is.
    func raisedLimits(of tenant: String) throws(PostgresError) -> RaisedLimits? {
        try connection.query(
            """
            select running, queued from penstock_tenant_limits
            where tenant_id = \(bind: tenant) and until > clock_timestamp()
            """, "look up raised limits"
        ).first.map { row in
            RaisedLimits(
                running: row.integer("running").map { Int($0) }, queued: row.integer("queued").map { Int($0) })
        }
    }
}
