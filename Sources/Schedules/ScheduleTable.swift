import Catalog
import JSON
import Jobs
import Posix
import Postgres
import SQLText
import Time

/// The schedules as stored: one method a named function of `sql/functions`.
package struct ScheduleTable {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// The owner of a new schedule.
    package struct Owner: Sendable {
        package var tenant: String
        package var subject: String
        /// How the owner has proved who he is, as `Identity.Kind` has it; nil for an operator.
        package var kind: String?
        /// What the owner may see of the catalogs; nil for an operator.
        package var access: JSON?
        package var language: String
        /// nginx's request id: the same request makes one schedule.
        package var requestID: String?

        package init(
            tenant: String, subject: String, kind: String?, access: JSON? = nil, language: String, requestID: String?
        ) {
            self.tenant = tenant
            self.subject = subject
            self.kind = kind
            self.access = access
            self.language = language
            self.requestID = requestID
        }
    }

    /// - Returns: the schedule, also when the same request has made it before; nil when the tenant has `limit` of them.
    package func create(_ draft: ScheduleDraft, of owner: Owner, limit: Int) throws -> Schedule? {
        let days = draft.timing.recurrence.columns
        let due = draft.enabled ? try nextDue(draft.timing) : nil
        let rows = try connection.query(
            """
            select id, outcome from create_schedule(schedule_id => \(bind: UUID.version7().description), \
            tenant => \(bind: owner.tenant), title => \(bind: draft.name), wants_notice => \(bind: draft.notify), \
            of_module => \(bind: draft.export.module), of_catalog => \(bind: draft.export.catalog), \
            wanted => \(bind: draft.stored), labels => \(bind: owner.language), \
            every => \(bind: draft.timing.recurrence.interval.rawValue), at_minute => \(bind: draft.timing.minute), \
            on_weekday => \(bind: days.weekday), in_month => \(bind: days.month), on_day => \(bind: days.day), \
            zone => \(bind: draft.timing.timeZone), subject => \(bind: owner.subject), \
            gateway_request_id => \(bind: owner.requestID), due => \(bind: due), at_most => \(bind: limit), \
            owned_with => \(bind: owner.kind), caller_access => \(bind: owner.access?.text))
            """, "create schedule", preparing: true)
        guard rows.first?.string("outcome") != "quota_exceeded" else { return nil }
        guard let id = rows.first?.string("id").flatMap({ UUID($0) }),
            let schedule = try schedule(tenant: owner.tenant, id: id)
        else { throw JobsError.unreadableRow("id") }
        return schedule
    }

    package func schedule(tenant: String, id: UUID, locking: Bool = false) throws -> Schedule? {
        try connection.query(
            "select * from get_schedule(\(bind: tenant), \(bind: id.description), \(bind: locking))", "get schedule",
            preparing: true
        ).first.map { try Schedule($0) }
    }

    /// A page, newest first, and how many match in all.
    package func schedules(
        tenant: String, module: String?, catalog: String?, limit: Int, offset: Int64
    ) throws -> (schedules: [Schedule], total: Int64) {
        let rows = try connection.query(
            """
            select * from list_schedules(tenant => \(bind: tenant), only_module => \(bind: module), \
            only_catalog => \(bind: catalog), page_limit => \(bind: limit), page_offset => \(bind: offset))
            """, "list schedules", preparing: true)
        let count = try connection.query(
            """
            select count_schedules(tenant => \(bind: tenant), only_module => \(bind: module), \
            only_catalog => \(bind: catalog)) as total
            """, "count schedules", preparing: true)
        return (try rows.all.map { try Schedule($0) }, count.first?.integer("total") ?? 0)
    }

    /// Reads a schedule, makes a draft of it and stores that, so that nothing is fired or changed in between. The due
    /// time is worked out anew only when the timing changed or a resting schedule is enabled.
    /// - Parameter caller: the caller who changes it, how he has proved who he is, and what he may see of the catalogs;
    ///   nil for an operator.
    /// - Returns: the schedule as changed; nil when it is not the tenant's.
    package func change(
        tenant: String, id: UUID, by caller: (subject: String, kind: String, access: JSON)?,
        _ edit: (Schedule) throws -> ScheduleDraft
    ) throws -> Schedule? {
        try connection.transaction {
            guard let before = try schedule(tenant: tenant, id: id, locking: true) else { return nil }
            let draft = try edit(before)
            let keepsDue = draft.timing == before.draft.timing && before.draft.enabled
            let due = draft.enabled ? keepsDue ? before.nextDueAt?.exactRFC3339 : try nextDue(draft.timing) : nil
            let days = draft.timing.recurrence.columns
            return try connection.query(
                """
                select * from change_schedule(tenant => \(bind: tenant), schedule => \(bind: id.description), \
                title => \(bind: draft.name), wants_notice => \(bind: draft.notify), \
                of_module => \(bind: draft.export.module), of_catalog => \(bind: draft.export.catalog), \
                wanted => \(bind: draft.stored), every => \(bind: draft.timing.recurrence.interval.rawValue), \
                at_minute => \(bind: draft.timing.minute), on_weekday => \(bind: days.weekday), \
                in_month => \(bind: days.month), on_day => \(bind: days.day), \
                zone => \(bind: draft.timing.timeZone), due => \(bind: due), \
                changed_by => \(bind: caller?.subject), changed_with => \(bind: caller?.kind), \
                caller_access => \(bind: caller?.access.text))
                """, "change schedule", preparing: true
            ).first.map { try Schedule($0) }
        }
    }

    /// - Parameter request: nginx's id; the same request sent again gets the same answer.
    /// - Returns: whether there was such a schedule of the tenant's.
    package func remove(tenant: String, id: UUID, request: String? = nil) throws -> Bool {
        try connection.query(
            "select remove_schedule(\(bind: tenant), \(bind: id.description), \(bind: request)) as removed",
            "remove schedule", preparing: true
        ).first?.boolean("removed") ?? false
    }

    /// The next due times of a schedule that is enabled, with the days that its exports will cover.
    package func upcoming(_ schedule: Schedule, count: Int) throws -> [(due: Int64, days: DateRange?)] {
        guard var due = schedule.nextDueAt?.seconds else { return [] }
        let timing = schedule.draft.timing
        var offsets = try offsets(of: timing.timeZone, from: due - 2 * 86_400, to: due + 2 * Timing.lookahead)
        var covered = due + Timing.lookahead
        var result: [(due: Int64, days: DateRange?)] = []
        while result.count < count {
            result.append((due, schedule.draft.period?.range(seenFrom: Timing.date(at: due, offsets))))
            if due > covered {
                offsets = try self.offsets(of: timing.timeZone, from: due - 2 * 86_400, to: due + 2 * Timing.lookahead)
                covered = due + Timing.lookahead
            }
            guard let next = timing.next(after: due, offsets) else { break }
            due = next
        }
        return result
    }

    /// The first due time after now, by the database's clock.
    private func nextDue(_ timing: Timing) throws -> String? {
        let row = try connection.query(
            "select floor(extract(epoch from schedule_clock()))::bigint as now", "read clock", preparing: true)
        let now = row.first?.integer("now") ?? 0
        let offsets = try offsets(of: timing.timeZone, from: now - 2 * 86_400, to: now + Timing.lookahead)
        return timing.next(after: now, offsets).map { Timestamp(seconds: $0).rfc3339 }
    }

    /// The offsets of a zone's clocks between two instants, which are seconds since the Unix epoch.
    /// - Throws: `PostgresError` 22023 for a zone that the server does not know.
    package func offsets(of zone: String, from first: Int64, to last: Int64) throws -> ZoneOffsets {
        let rows = try connection.query(
            "select at, utc_offset from zone_offsets(\(bind: zone), \(bind: first), \(bind: last))", "read time zone",
            preparing: true)
        let changes = rows.all.compactMap { row in
            row.integer("at").flatMap { at in
                row.integer("utc_offset").map { ZoneOffsets.Change(at: at, offset: $0) }
            }
        }
        guard let offsets = ZoneOffsets(changes) else { throw JobsError.unreadableRow("utc_offset") }
        return offsets
    }
}

extension Recurrence {
    /// As the columns of its row have them.
    var columns: (weekday: String?, month: String?, day: String?) {
        switch self {
        case .daily: (nil, nil, nil)
        case .weekly(let weekday): ("\(weekday.rawValue)", nil, nil)
        case .monthly(let day): (nil, nil, "\(day)")
        case .yearly(let month, let day): (nil, "\(month)", "\(day)")
        }
    }
}

extension ScheduleDraft {
    /// The request's text as its row has it.
    var stored: String { export.shown(with: period).text }
}
