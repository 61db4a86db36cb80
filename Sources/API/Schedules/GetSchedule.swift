import HTTP
import JSON
import Posix
import Schedules

/// GET /report/schedules/:id
enum GetSchedule {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]), let schedule = try call.schedules.schedule(tenant: caller.tenant, id: id)
        else {
            throw APIError.unknownID()
        }
        return .json(["success": true, "data": schedule.json])
    }
}
