import Catalog
import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Posix
import Postgres
import Schedules

/// POST /report/schedules; PATCH /report/schedules/:id
extension Application {
    func createSchedule(_ call: Call, _ caller: Caller) throws -> Response {
        let request = call.request
        let draft = try draft(try request.jsonBody(), tenant: caller.tenant, language: caller.language)
        let made = try refusingUnknownZone {
            try scheduleTable().create(
                draft,
                of: ScheduleTable.Owner(
                    tenant: caller.tenant, subject: caller.identity.subject, language: caller.language,
                    requestID: request.requestID.isEmpty ? nil : request.requestID),
                limit: configuration.tenantSchedules)
        }
        guard let made else {
            throw APIError.quotaExceeded(
                "schedules", quota: configuration.tenantSchedules, retryAfter: 3600,
                "The tenant has \(configuration.tenantSchedules) schedules; remove one first")
        }
        return .json(["success": true, "data": made.json], status: 201)
            .withHeader("Location", "\(configuration.publicURL)/report/schedules/\(made.id)")
    }

    /// The members of the body take the place of those that are there; null takes a default's.
    func changeSchedule(_ call: Call, _ caller: Caller) throws -> Response {
        let body = try call.json()
        guard let patch = body.object else { throw APIError.invalid("body", "the body must be a JSON object") }
        let changed = try refusingUnknownZone {
            try UUID(call["id"]).flatMap { id in
                try scheduleTable().change(tenant: caller.tenant, id: id) { schedule in
                    try draft(
                        schedule.draft.members(patchedBy: patch), tenant: caller.tenant, language: schedule.language)
                }
            }
        }
        guard let changed else { throw APIError.notFound }
        return .json(["success": true, "data": changed.json])
    }

    private func scheduleTable() throws -> ScheduleTable { ScheduleTable(try backends.queue().connection) }

    /// The body, checked as a create would check it.
    private func draft(_ body: JSON, tenant: String, language: String) throws -> ScheduleDraft {
        // The closure cannot throw; a database that is away while a zone is looked up is told after the decoding.
        var failure: (any Error)?
        let decoded = withoutActuallyEscaping(
            { (zone: String) -> Bool in
                do {
                    return try self.backends.knows(timeZone: zone)
                } catch {
                    failure = error
                    return true
                }
            },
            do: { ScheduleDraft.decode(body, in: catalogs, knowsTimeZone: $0) })
        if let failure { throw failure }
        switch decoded {
        case .draft(let draft, let request, let report):
            try checkCompiles(request, of: report, tenant: tenant, language: language)
            return draft
        case .unknownCatalog(let module, let catalog):
            throw APIError(
                404, "catalog_not_found", "There is no such catalog",
                details: [("module", .string(module)), ("catalog", .string(catalog))])
        case .faults(let faults): throw APIError.invalid(faults)
        }
    }

    /// The data's server has a zone that the queue's does not.
    private func refusingUnknownZone<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState == "22023" {
            throw APIError.invalid("timezone", "timezone is not known to the database of the schedules")
        }
    }
}
