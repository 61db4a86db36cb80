import Catalog
import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Postgres
import Schedules

/// POST /report/schedules
enum CreateSchedule {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let body = try call.withPreset(try call.json(), isNew: true, for: caller)
        let draft = try call.draft(body, for: caller, language: caller.language)
        let (requestID, limit) = (call.request.requestID, call.configuration.tenantSchedules)
        let made = try call.refusingUnknownZone {
            try ScheduleTable(try call.queue.connection).create(
                draft,
                of: ScheduleTable.Owner(
                    tenant: caller.tenant, subject: caller.identity.subject, kind: caller.identity.kind.rawValue,
                    access: call.keptAccess(of: caller), language: caller.language,
                    requestID: requestID.isEmpty ? nil : requestID),
                limit: limit)
        }
        guard let made else {
            throw APIError.quotaExceeded(
                "schedules", quota: limit, retryAfter: 3600, "The tenant has \(limit) schedules; remove one first")
        }
        return .json(["success": true, "data": made.json], status: 201)
            .withHeader("Location", call.url("/report/schedules/\(made.id)"))
    }
}

extension Call {
    /// A schedule's body, its request checked as a create would check it.
    /// - Throws: `RequestError`; `PostgresError` when a time zone cannot be looked up.
    func draft(_ body: JSON, for caller: Caller, language: String) throws -> ScheduleDraft {
        let draft = try ScheduleDraft(
            body, in: catalogs(for: caller), tenant: caller.tenant, language: language,
            knowsTimeZone: context.backends.knows(timeZone:),
            comparing: context.backends.comparisons(of:))
        try refuseDelivery(of: draft.export)
        return draft
    }

    /// - Throws: 400 for a zone that the data's server knows and the queue's does not; the errors of `body`.
    func refusingUnknownZone<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState == "22023" {
            throw APIError.invalid("timezone", "timezone is not known to the database of the schedules")
        }
    }
}
