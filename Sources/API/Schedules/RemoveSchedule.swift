import HTTP
import Posix
import Schedules

/// DELETE /report/schedules/:id
enum RemoveSchedule {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]),
            try call.schedules.remove(tenant: caller.tenant, id: id, request: call.requestID)
        else {
            throw APIError.unknownID()
        }
        return Response(status: 204)
    }
}
