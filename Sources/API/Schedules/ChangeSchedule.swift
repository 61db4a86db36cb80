import HTTP
import Identity
import JSON
import Jobs
import Posix
import Schedules

/// PATCH /report/schedules/:id: the members of the body take the place of those that are there; null takes a default's.
enum ChangeSchedule {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let body = try call.withPreset(try call.json(), isNew: false, for: caller)
        guard let patch = body.object else { throw APIError.invalid("body", "the body must be a JSON object") }
        let changed = try call.refusingUnknownZone {
            try UUID(call["id"]).flatMap { id in
                try ScheduleTable(try call.queue.connection).change(
                    tenant: caller.tenant, id: id,
                    by: (caller.identity.subject, caller.identity.kind.rawValue, call.keptAccess(of: caller))
                ) { schedule in
                    guard call.isShown(schedule.draft.export, to: caller) else { throw APIError.unknownID() }
                    return try call.draft(
                        schedule.draft.members(patchedBy: patch), for: caller, language: schedule.language)
                }
            }
        }
        guard let changed else { throw APIError.unknownID() }
        return .json(["success": true, "data": call.json(changed, for: caller)])
    }
}
