import HTTP
import Posix
import Schedules

/// DELETE /report/presets/:id
enum RemovePreset {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let id = UUID(call["id"]),
            try call.presets(caller).remove(
                id, requestID: call.requestID,
                { preset in
                    guard caller.mayChange(preset) else { throw APIError.insufficientPermissions }
                })
        else { throw APIError.unknownID() }
        return Response(status: 204)
    }
}
