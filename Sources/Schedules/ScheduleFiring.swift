import Catalog
import Formats
import HTTP
import JSON
import Jobs
import Posix
import Postgres

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
/// until they do.
package final class ScheduleFiring {
    /// The limits of new jobs.
    package struct Limits: Sendable {
        package var queued: Int
        package var attempts: Int
        /// Bytes.
        package var stored: Int?

        package init(queued: Int, attempts: Int, stored: Int?) {
            self.queued = queued
            self.attempts = attempts
            self.stored = stored
        }
    }

    package enum Outcome: Sendable {
        /// The job, and how many due times before this one have passed without any.
        case fired(job: UUID, schedule: UUID)
        /// No job came of it; the schedule says why.
        case passed(schedule: UUID, reason: String)
        /// The tenant's limits leave no room; it stays due.
        case postponed(schedule: UUID)
    }

    private let table: ScheduleTable
    private let catalogs: CatalogSet
    private let limits: Limits
    private var zones: [String: (from: Int64, to: Int64, offsets: ZoneOffsets)] = [:]

    /// How long a schedule waits for which there was no room.
    private static let retrySeconds = 30
    /// How long one waits whose next due time cannot be worked out.
    private static let faultSeconds = 3600
    private static let day: Int64 = 86_400

    package init(_ table: ScheduleTable, catalogs: CatalogSet, limits: Limits) {
        self.table = table
        self.catalogs = catalogs
        self.limits = limits
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
            return try fire(schedule, now: now)
        }
    }

    private func fire(_ schedule: Schedule, now: Int64) throws -> Outcome {
        let timing = schedule.draft.timing
        let first = schedule.nextDueAt?.seconds ?? now
        guard let offsets = try offsets(of: timing.timeZone, from: first, to: now + Timing.lookahead) else {
            return try pass(
                schedule.id, next: nil, "unknown_timezone",
                "The database does not know the time zone \(timing.timeZone)")
        }
        let (due, next) = timing.latest(from: first, to: now, offsets)
        let request: ExportRequest
        let report: Report
        switch wanted(schedule, on: Timing.date(at: due, offsets)) {
        case .success(let wanted): (request, report) = wanted
        case .failure(let failure): return try pass(schedule.id, next: next, failure.code, failure.message)
        }
        let job = UUID.version7()
        let outcome = try table.connection.query(
            """
            select fire_schedule(\(bind: schedule.id.description), \(bind: text(due)), \(bind: next.map(text)), \
            make_interval(secs => \(bind: Self.retrySeconds)), \(bind: job.description), \(bind: report.category), \
            \(bind: request.format.rawValue), \(bind: request.json.text), \
            sha256(convert_to(\(bind: request.json.text), 'UTF8')), \(bind: limits.queued), \(bind: limits.attempts), \
            \(bind: limits.stored.map(String.init))) as outcome
            """, "fire schedule", preparing: true
        ).first?.string("outcome")
        switch outcome {
        case "created", "replayed": return .fired(job: job, schedule: schedule.id)
        default: return .postponed(schedule: schedule.id)
        }
    }

    private struct Unfit: Error {
        let code: String
        let message: String
    }

    /// The request with the days that the due day sees, compared with the catalog as it is today.
    private func wanted(_ schedule: Schedule, on day: CivilDate) -> Result<(ExportRequest, Report), Unfit> {
        let draft = schedule.draft
        let days = draft.period?.range(seenFrom: day)
        guard draft.period == nil || days != nil else {
            return .failure(Unfit(code: "invalid_period", message: "The period leaves the calendar"))
        }
        let body = draft.export.body(days: days, timeZone: draft.timing.timeZone, notify: draft.notify)
        switch ExportRequest.decode(body, in: catalogs, knowsTimeZone: { _ in true }) {
        case .request(let request, let report):
            do throws(CompileError) {
                _ = try Compiler.compile(request, of: report, tenant: schedule.tenant, language: schedule.language)
                return .success((request, report))
            } catch {
                return .failure(Unfit(code: "catalog_changed", message: error.description))
            }
        case .unknownCatalog(let module, let catalog):
            return .failure(
                Unfit(code: "catalog_not_found", message: "There is no catalog \(module)/\(catalog) any more"))
        case .faults(let faults):
            return .failure(
                Unfit(
                    code: "catalog_changed",
                    message: "The request does not fit its catalog any more: "
                        + faults.map { "\($0.field): \($0.message)" }.joined(separator: "; ")))
        }
    }

    private func pass(_ schedule: UUID, next: Int64?, _ code: String, _ message: String) throws -> Outcome {
        try table.connection.query(
            """
            select pass_schedule(\(bind: schedule.description), \(bind: next.map(text)), \
            make_interval(secs => \(bind: Self.faultSeconds)), \(bind: code), \(bind: message))
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
