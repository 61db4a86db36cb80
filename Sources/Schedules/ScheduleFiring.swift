import Catalog
import Formats
import JSON
import Jobs
import Posix
import Postgres
import SQLText
import Time

/// Makes exports of schedules that are due.
///
///     due schedule, locked ─▶ latest due time that has passed ─▶ its days ─▶ request, checked against today's catalog
///          │                                                                       │ fits           │ does not
///          │                                                                 job, next due     error kept, next due
///          ◀───────────────────────────── one transaction ─────────────────────────┴────────────────┘
///
/// The job and the move to the next due time are committed together, under the schedule's lock, and the job table takes
/// one job for a due time: each due time has exactly one job, also when a process dies and when several services fire.
/// When several have passed because no service ran, the latest of them runs, once: its days are those that a reader
/// expects by now, and the earlier ones are not made up for. A tenant whose limits leave no room keeps the due time
/// until they do. The owner's right is looked at first: a schedule whose owner has lost it rests.
package final class ScheduleFiring {
    package enum Outcome: Sendable {
        /// The job, and how many due times before this one have passed without any.
        case fired(job: UUID, schedule: UUID)
        /// No job came of it; the schedule says why.
        case passed(schedule: UUID, reason: String)
        /// It rests from now on, because its owner may not export any more.
        case paused(schedule: UUID, reason: String)
        /// The tenant's limits leave no room; it stays due.
        case postponed(schedule: UUID)
        /// The database does not take it now; it stays due.
        case refused(schedule: UUID, PostgresError)
    }

    private let table: ScheduleTable
    private let catalogs: CatalogSet
    private let limits: JobLimits
    private let attempts: Int
    private let ownerDays: Int?
    private var zones: [String: (from: Int64, to: Int64, offsets: ZoneOffsets)] = [:]

    /// How long a schedule waits for which there was no room.
    private static let retrySeconds = 30
    /// How long one waits that the database refuses.
    private static let refusedSeconds = 60
    /// How long one waits whose next due time cannot be worked out.
    private static let faultSeconds = 3600
    private static let day: Int64 = 86_400

    /// - Parameters:
    ///   - attempts: how many a job has, at most.
    ///   - ownerDays: after how many days without a sign of its owner a schedule rests, where Penstock cannot look the
    ///     owner up; nil for never.
    package init(
        _ table: ScheduleTable, catalogs: CatalogSet, limits: JobLimits, attempts: Int, ownerDays: Int? = nil
    ) {
        self.table = table
        self.catalogs = catalogs
        self.limits = limits
        self.attempts = attempts
        self.ownerDays = ownerDays
    }

    /// Milliseconds until a schedule is due; nil when there is no active schedule.
    package func millisecondsUntilNext() throws -> Int64? {
        try table.connection.query("select next_firing() as wait", "look for due schedules", preparing: true)
            .first?.integer("wait")
    }

    /// Fires one schedule that is due.
    /// - Returns: nil when no schedule is due, or other services hold those that are.
    package func fireOne() throws -> Outcome? {
        try table.connection.transaction {
            let rows = try table.connection.query(
                """
                select (schedule).*, floor(extract(epoch from now))::bigint as now from due_schedule()
                """, "take due schedule", preparing: true)
            guard let row = rows.first, let now = row.integer("now") else { return nil }
            let schedule: Schedule
            do {
                schedule = try Schedule(row)
            } catch {
                // A row of another program's making must not stand before all others for ever.
                guard let id = row.string("id").flatMap({ UUID($0) }) else { throw error }
                return try pass(id, next: nil, "unreadable_schedule", "This version cannot read the schedule")
            }
            return try firing(schedule, now: now)
        }
    }

    /// Fires a schedule, or puts it off when the database refuses that: the next one is another.
    /// - Throws: `PostgresError` when the session cannot be used any more.
    private func firing(_ schedule: Schedule, now: Int64) throws -> Outcome {
        try table.connection.execute("SAVEPOINT firing")
        do {
            return try fire(schedule, now: now)
        } catch let error as PostgresError where error.sqlState != nil && !error.endsSession {
            try table.connection.execute("ROLLBACK TO SAVEPOINT firing")
            _ = try pass(
                schedule.id, next: nil, "refused", "The database did not take the export; it is tried again",
                retry: Self.refusedSeconds)
            return .refused(schedule: schedule.id, error)
        }
    }

    private func fire(_ schedule: Schedule, now: Int64) throws -> Outcome {
        if let obstacle = try obstacle(to: schedule) {
            return try pause(schedule.id, obstacle.code, obstacle.message)
        }
        let timing = schedule.draft.timing
        let first = schedule.nextDueAt?.seconds ?? now
        guard let offsets = try offsets(of: timing.timeZone, from: first, to: now + Timing.lookahead) else {
            return try pass(
                schedule.id, next: nil, "unknown_timezone",
                "The database does not know the time zone \(timing.timeZone)")
        }
        let (due, next) = timing.latest(from: first, to: now, offsets)
        let viewer = try viewer(of: schedule)
        let export: CheckedExport
        do throws(Unfit) {
            export = try checked(schedule, on: Timing.date(at: due, offsets), seenBy: viewer)
        } catch {
            return try pass(schedule.id, next: next, error.code, error.message)
        }
        let request = export.request.json.text
        let isGuarded =
            schedule.createdWith != nil
            && catalogs.report(module: export.report.module, key: export.report.key)?.isGuarded == true
        let fired = try table.connection.query(
            """
            select outcome, job_id from fire_schedule(schedule => \(bind: schedule.id.description),
                due => \(bind: text(due)),
                next_due => \(bind: next.map(text)), retry => make_interval(secs => \(bind: Self.retrySeconds)),
                new_id => \(bind: UUID.version7().description), job_category => \(bind: export.report.category),
                job_format => \(bind: export.request.format.rawValue), job_request => \(bind: request),
                hash => sha256(convert_to(\(bind: request), 'UTF8')), queued_limit => \(bind: limits.queued),
                attempts_limit => \(bind: attempts), stored_limit => \(bind: limits.stored.map(String.init)),
                owner_access => \(bind: isGuarded ? viewer.keeping(claims: catalogs.claimNames).json.text : nil))
            """, "fire schedule", preparing: true
        ).first
        switch (fired?.string("outcome"), fired?.string("job_id").flatMap({ UUID($0) })) {
        case ("created", let job?), ("replayed", let job?): return .fired(job: job, schedule: schedule.id)
        default: return .postponed(schedule: schedule.id)
        }
    }

    /// Why the schedule's owner may not have the export; nil when he may.
    private func obstacle(to schedule: Schedule) throws -> Unfit? {
        let code = try table.connection.query(
            """
            select schedule_obstacle(\(bind: schedule.id.description), \
            make_interval(days => \(bind: ownerDays.map(String.init)))) as code
            """, "look at owner's right", preparing: true
        ).first?.string("code")
        let way = "enable it again as the caller to whom it is to belong"
        return switch code {
        case nil: nil
        case "rights_unconfirmed"?:
            Unfit(
                code: "rights_unconfirmed",
                message: "\(schedule.createdBy) has not been seen for \(ownerDays ?? 0) days; \(way)")
        case let code?:
            Unfit(code: code, message: "\(schedule.createdBy) may not export for the tenant any more; \(way)")
        }
    }

    /// What the schedule's owner may see of the catalogs now.
    private func viewer(of schedule: Schedule) throws -> Viewer {
        guard schedule.createdWith != nil, catalogs.isGuarded else { return .unrestricted }
        let access = try table.connection.query(
            """
            select current_access(s.created_with, s.created_by, s.tenant_id, s.access) as access
            from report_export_schedules s where s.id = \(bind: schedule.id.description)
            """, "look at owner's access", preparing: true
        ).first?.string("access").flatMap { try? JSON.parse(Array($0.utf8), limits: .stored) }
        return access.map { Viewer($0) } ?? .nobody
    }

    private func pause(_ schedule: UUID, _ code: String, _ message: String) throws -> Outcome {
        try table.connection.query(
            "select pause_schedule(\(bind: schedule.description), \(bind: code), \(bind: message))", "pause schedule",
            preparing: true)
        return .paused(schedule: schedule, reason: "\(code): \(message)")
    }

    private struct Unfit: Error {
        let code: String
        let message: String
    }

    /// The request with the days that the due day sees, compared with the catalog as it is today.
    private func checked(
        _ schedule: Schedule, on day: CivilDate, seenBy viewer: Viewer
    ) throws(Unfit) -> CheckedExport {
        let draft = schedule.draft
        let days = draft.period?.range(seenFrom: day)
        guard draft.period == nil || days != nil else {
            throw Unfit(code: "invalid_period", message: "The period leaves the calendar")
        }
        let (module, key) = (draft.export.module, draft.export.catalog)
        guard let report = catalogs.report(module: module, key: key)?.seen(by: viewer) else {
            throw Unfit(code: "catalog_not_found", message: "There is no catalog \(module)/\(key) any more")
        }
        do {
            return try CheckedExport(
                stored: draft.export.body(days: days, timeZone: draft.timing.timeZone, notify: draft.notify),
                of: report, tenant: schedule.tenant, language: schedule.language)
        } catch .uncompilable(let error) {
            throw Unfit(code: "catalog_changed", message: error.description)
        } catch {
            throw Unfit(
                code: "catalog_changed", message: "The request does not fit its catalog any more: \(error)")
        }
    }

    /// - Parameter retry: after how many seconds it is looked at again, where there is no next due time.
    private func pass(
        _ schedule: UUID, next: Int64?, _ code: String, _ message: String, retry: Int = faultSeconds
    ) throws -> Outcome {
        try table.connection.query(
            """
            select pass_schedule(\(bind: schedule.description), \(bind: next.map(text)), \
            make_interval(secs => \(bind: retry)), \(bind: code), \(bind: message))
            """, "pass schedule", preparing: true)
        return .passed(schedule: schedule, reason: "\(code): \(message)")
    }

    private func text(_ instant: Int64) -> String { Timestamp(seconds: instant).rfc3339 }

    /// The zone's offsets over at least this span, kept for the next schedule of the zone; nil for a zone that the
    /// server does not know.
    private func offsets(of zone: String, from first: Int64, to last: Int64) throws -> ZoneOffsets? {
        if let kept = zones[zone], kept.from <= first - 2 * Self.day, last <= kept.to { return kept.offsets }
        let (from, to) = (first - 3 * Self.day, last + 30 * Self.day)
        // An unknown zone would end the transaction, and with it the chance to say so.
        try table.connection.execute("SAVEPOINT zone")
        do {
            let offsets = try table.offsets(of: zone, from: from, to: to)
            zones[zone] = (from, to, offsets)
            return offsets
        } catch let error as PostgresError where error.sqlState == "22023" {
            try table.connection.execute("ROLLBACK TO SAVEPOINT zone")
            return nil
        }
    }
}
