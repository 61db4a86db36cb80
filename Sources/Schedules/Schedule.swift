import JSON
import Jobs
import Posix
import Postgres
import Time

/// A stored schedule, as its row says.
package struct Schedule: Sendable {
    package let id: UUID
    package let tenant: String
    package let draft: ScheduleDraft
    /// Of the labels in its files.
    package let language: String
    /// The user who made it, and to whom its exports belong.
    package let createdBy: String
    /// How the owner has proved who he is, as `Identity.Kind` has it; nil for an operator.
    package let createdWith: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    /// Nil while the schedule is disabled.
    package let nextDueAt: Timestamp?
    /// The due time of the last export that came of it.
    package let lastDueAt: Timestamp?
    package let lastJob: UUID?
    package let lastError: Failure?

    /// Why the last due time came to nothing, or not yet to an export.
    package struct Failure: Sendable {
        package let code: String
        package let message: String
        package let at: Timestamp
    }

    /// - Throws: `JobsError.unreadableRow` when the row is not of this program's schema.
    init(_ row: Rows.Row) throws(JobsError) {
        func required(_ column: String) throws(JobsError) -> String {
            guard let value = row.string(column) else { throw .unreadableRow(column) }
            return value
        }
        func time(_ column: String) throws(JobsError) -> Timestamp? {
            guard let text = row.string(column) else { return nil }
            guard let time = Timestamp(postgres: text) else { throw .unreadableRow(column) }
            return time
        }
        guard let id = UUID(try required("id")), let created = try time("created_at"),
            let updated = try time("updated_at")
        else { throw .unreadableRow("id") }
        guard let object = try? JSON.parse(Array(try required("request").utf8), limits: .stored).object else {
            throw .unreadableRow("request")
        }
        var members = object
        members["period"] = nil
        self.id = id
        tenant = try required("tenant_id")
        language = try required("language")
        createdBy = try required("created_by")
        createdWith = row.string("created_with")
        createdAt = created
        updatedAt = updated
        nextDueAt = try time("next_due_at")
        lastDueAt = try time("last_due_at")
        lastJob = row.string("last_job_id").flatMap { UUID($0) }
        if let code = row.string("error_code"), let at = try time("error_at") {
            lastError = Failure(code: code, message: try required("error_message"), at: at)
        } else {
            lastError = nil
        }
        draft = ScheduleDraft(
            name: try required("name"), enabled: nextDueAt != nil, notify: row.boolean("notify") ?? false,
            timing: Timing(
                try Self.recurrence(row), minute: Int(row.integer("minute") ?? 0), timeZone: try required("time_zone")),
            period: object["period"]?.string.flatMap(Period.init),
            export: ScheduledExport(
                module: try required("module"), catalog: try required("catalog"), members: members))
    }

    private static func recurrence(_ row: Rows.Row) throws(JobsError) -> Recurrence {
        func number(_ column: String) throws(JobsError) -> Int {
            guard let value = row.integer(column) else { throw .unreadableRow(column) }
            return Int(value)
        }
        switch row.string("interval").flatMap(Job.Interval.init(rawValue:)) {
        case .daily: return .daily
        case .weekly:
            guard let weekday = Weekday(rawValue: try number("weekday")) else { throw .unreadableRow("weekday") }
            return .weekly(weekday)
        case .monthly: return .monthly(day: try number("month_day"))
        case .yearly: return .yearly(month: try number("month"), day: try number("month_day"))
        case nil: throw .unreadableRow("interval")
        }
    }

    /// Everything, as callers and programs see it.
    package var json: JSON {
        var object = JSON.Object([("id", .string(id.description))])
        for (key, value) in draft.members.members { object[key] = value }
        object["nextDueAt"] = .string(orNull: nextDueAt?.rfc3339)
        object["lastDueAt"] = .string(orNull: lastDueAt?.rfc3339)
        object["lastExportId"] = .string(orNull: lastJob?.description)
        object["lastError"] =
            lastError.map {
                ["code": .string($0.code), "message": .string($0.message), "at": .string($0.at.exactRFC3339)]
            } ?? .null
        object["createdBy"] = .string(createdBy)
        object["createdAt"] = .string(createdAt.rfc3339)
        object["updatedAt"] = .string(updatedAt.rfc3339)
        return .object(object)
    }
}
