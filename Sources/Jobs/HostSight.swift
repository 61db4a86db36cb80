import Postgres
import Time

/// A dispatcher of a host as operators see it.
package struct HostSight: Sendable {
    package let host: String
    /// nil for a release that does not tell.
    package let version: String?
    /// How many exports it makes at the same time; nil for a release that does not tell.
    package let workers: Int64?
    /// Exports that it holds.
    package let running: Int64
    package let startedAt: Timestamp?
    /// Its last sign of life; nil when it has said that it ends.
    package let renewedAt: Timestamp?
    package let isAlive: Bool
    /// Whether it is told to take no more jobs.
    package let isDraining: Bool
    /// Whether it has heard of that and has nothing running.
    package let isDrained: Bool

    init(_ row: Rows.Row) {
        host = row.string("host") ?? ""
        version = row.string("version")
        workers = row.integer("workers")
        running = row.integer("running") ?? 0
        startedAt = row.timestamp("started_at")
        renewedAt = row.timestamp("renewed_at")
        isAlive = row.boolean("is_alive") ?? false
        isDraining = row.boolean("is_draining") ?? false
        isDrained = row.boolean("is_drained") ?? false
    }
}
