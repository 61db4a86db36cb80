import Audit
import Configuration
import JSON
import Jobs
import Posix
import Storage

/// Forgets what nobody is to look up any more: old rows of ended jobs and of the audit, some in each round.
struct History {
    private let signer: AuditSigner
    private let heartbeat: Heartbeat
    private let (jobDays, auditDays): (Int?, Int?)
    /// The last job that was looked at; nil before the first of a pass.
    private var place: UUID?
    /// Monotonic milliseconds before which no pass begins.
    private var passAt: Int64 = 0
    /// Whether it was told that this role may not remove rows of the audit.
    private var saidMayNot = false

    /// A round removes so many batches of each at most, so that the rest of it is not kept waiting.
    private static let batches = 20
    private static let pageJobs = 500
    private static let passMilliseconds: Int64 = 3_600_000

    /// - Parameter heartbeat: of the process that removes.
    init(_ configuration: Configuration, keys: KeyRing, _ heartbeat: Heartbeat) {
        signer = AuditSigner(keys)
        jobDays = configuration.historyDays
        auditDays = configuration.auditDays
        self.heartbeat = heartbeat
    }

    /// - Throws: `PostgresError`; what was removed until then is complete.
    mutating func round(_ queue: Queue) throws {
        if let jobDays { try removeJobs(queue, jobDays) }
        if let auditDays { try removeAudit(AuditTable(queue.connection), auditDays) }
    }

    private mutating func removeJobs(_ queue: Queue, _ days: Int) throws {
        guard place != nil || Clock.monotonicMilliseconds >= passAt else { return }
        var removed: Int64 = 0
        for _ in 0..<Self.batches {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            let page = try queue.removeHistory(days: days, after: place, atMost: Self.pageJobs)
            removed += page.removed
            place = page.last
            if place == nil {
                passAt = Clock.monotonicMilliseconds + Self.passMilliseconds
                break
            }
        }
        if removed > 0 { Log.info("old jobs removed", ("jobs", .int(removed)), ("days", .int(days))) }
    }

    private mutating func removeAudit(_ table: AuditTable, _ days: Int) throws {
        guard try table.mayRemove() else {
            if !saidMayNot { Log.warning("audit not removed; AUDIT_DAYS needs 'penstock audit prune' by its owner") }
            saidMayNot = true
            return
        }
        var retention = AuditRetention(table, signer, days: days)
        var removed: Int64 = 0
        for _ in 0..<Self.batches {
            heartbeat.beat(ahead: Heartbeat.statementMilliseconds)
            guard let rows = try retention.step() else { break }
            removed += rows
        }
        if removed > 0 { Log.info("audit removed", ("rows", .int(removed)), ("days", .int(days))) }
        try retention.renewSignatures()
    }
}
