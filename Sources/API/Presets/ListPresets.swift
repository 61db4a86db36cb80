import HTTP
import JSON
import Schedules

/// GET /report/presets
enum ListPresets {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let page = try PageRequest(caller.query)
        let (presets, total) = try call.presets(caller).presets(
            module: caller.query["module"], catalog: caller.query["catalog"], limit: page.limit, offset: page.offset)
        return .json([
            "success": true,
            "data": .array(
                presets.map { preset in
                    call.withoutHidden(
                        preset.json(mayChange: caller.mayChange(preset)), of: preset.draft.export, for: caller)
                }),
            "page": .int(page.page), "limit": .int(page.limit), "total": .int(total),
        ])
    }
}
