import HTTP
import JSON
import Posix
import Schedules

/// PATCH /report/presets/:id: the members of the body take the place of those that are there.
enum ChangePreset {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        guard let patch = try call.json().object else {
            throw APIError.invalid("body", "the body must be a JSON object")
        }
        let changed = try UUID(call["id"]).flatMap { id in
            try call.presets(caller).change(id) { preset in
                guard call.isShown(preset.draft.export, to: caller) else { throw APIError.unknownID() }
                guard caller.mayChange(preset) else { throw APIError.insufficientPermissions }
                let draft = try call.presetDraft(preset.draft.members(patchedBy: patch), for: caller)
                try caller.mayHave(draft)
                return draft
            }
        }
        guard let changed else { throw APIError.unknownID() }
        return .json(["success": true, "data": changed.json(mayChange: caller.mayChange(changed))])
    }
}
