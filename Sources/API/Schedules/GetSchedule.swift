import HTTP
import JSON
import Posix
import Schedules
import Time

/// GET /report/schedules/:id
enum GetSchedule {
    private enum Include: String, CaseIterable { case upcoming }

    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]), let schedule = try call.schedules.schedule(tenant: caller.tenant, id: id)
        else {
            throw APIError.unknownID()
        }
        guard try caller.query.choice("include", of: Include.allCases) != nil,
            case .object(var json) = call.json(schedule, for: caller)
        else { return .json(["success": true, "data": call.json(schedule, for: caller)]) }
        json["upcoming"] = .array(
            try call.schedules.upcoming(schedule, count: 5).map { .string(Timestamp(seconds: $0.due).rfc3339) })
        return .json(["success": true, "data": .object(json)])
    }
}
