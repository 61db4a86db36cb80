import Postgres
import SQLText

/// What a tenant has of what is limited.
package struct TenantUsage: Sendable {
    package let pending: Int64
    package let running: Int64
    package let storedBytes: Int64
    package let schedules: Int64
    package let presets: Int64
    /// Saved requests of the caller alone.
    package let ownPresets: Int64
    /// Limits of the tenant that are higher than the settings' for a time; nil where they are not.
    package let raisedRunning: Int64?
    package let raisedQueued: Int64?
    /// How many exports all hosts make at the same time.
    package let fleet: Int64
}

extension Queue {
    /// - Throws: `PostgresError`.
    package func usage(tenant: String, subject: String) throws -> TenantUsage {
        let row = try connection.query(
            "select * from show_usage(\(bind: tenant), \(bind: subject))", "show usage", preparing: true
        ).first
        func count(_ column: String) -> Int64 { row?.integer(column) ?? 0 }
        return TenantUsage(
            pending: count("pending"), running: count("running"), storedBytes: count("stored_bytes"),
            schedules: count("schedules"), presets: count("presets"), ownPresets: count("own_presets"),
            raisedRunning: row?.integer("raised_running"), raisedQueued: row?.integer("raised_queued"),
            fleet: count("fleet"))
    }
}
