import HTTP
import JSON
import Posix
import Schedules

/// GET /report/presets/:id
enum GetPreset {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let preset = try call.preset(call["id"], for: caller)
        return .json(["success": true, "data": preset.json(mayChange: caller.mayChange(preset))])
    }
}

extension Call {
    /// - Throws: 404 for one that the caller does not see, or whose columns he does not.
    func preset(_ id: String, for caller: Caller) throws -> Preset {
        guard let id = UUID(id), let preset = try presets(caller).preset(id), isShown(preset.draft.export, to: caller)
        else { throw APIError.unknownID() }
        return preset
    }

    /// A schedule's body, the request of a saved one in place of its name. The schedule has a copy: what its owner has
    /// seen goes on, whatever becomes of the saved one.
    /// - Throws: 404 for one that the caller does not see; 400 for a body with both.
    func withPreset(_ body: JSON, isNew: Bool, for caller: Caller) throws -> JSON {
        guard var members = body.object, let name = members["preset"], !name.isNull else { return body }
        members["preset"] = nil
        if let request = members["request"], !request.isNull {
            throw APIError.invalid("preset", "preset stands in place of a request")
        }
        guard var request = try preset(name.string ?? "", for: caller).request.object else { return body }
        if isNew, members["timezone"] == nil { members["timezone"] = request["timezone"] }
        for name in ["timezone", "notifyOnCompletion"] { request[name] = nil }
        members["request"] = .object(request)
        return .object(members)
    }
}
