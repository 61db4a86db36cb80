import Catalog
import Configuration
import HTTP
import Identity
import JSON
import Jobs
import Schedules

/// POST /report/presets
enum CreatePreset {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let draft = try call.presetDraft(try call.json(), for: caller)
        try caller.mayHave(draft)
        let settings = call.configuration
        let made = try call.presets(caller).create(
            draft, requestID: call.requestID, limits: (settings.callerPresets, settings.tenantPresets))
        switch made {
        case .preset(let preset):
            return .json(["success": true, "data": preset.json(mayChange: true)], status: 201)
                .withHeader("Location", call.url("/report/presets/\(preset.id)"))
        case .callerFull:
            throw APIError.quotaExceeded(
                "presets", quota: settings.callerPresets, retryAfter: 3600,
                "The caller has \(settings.callerPresets) saved requests; remove one first")
        case .tenantFull:
            throw APIError.quotaExceeded(
                "presets", quota: settings.tenantPresets, retryAfter: 3600,
                "The tenant has \(settings.tenantPresets) saved requests; remove one first")
        }
    }
}

extension Call {
    /// A saved request's body, its request checked as a create would check it.
    /// - Throws: `RequestError`; `PostgresError` when a time zone cannot be looked up.
    func presetDraft(_ body: JSON, for caller: Caller) throws -> PresetDraft {
        let draft = try PresetDraft(
            body, in: catalogs(for: caller), tenant: caller.tenant, language: caller.language,
            knowsTimeZone: context.backends.knows(timeZone:), comparing: context.backends.comparisons(of:))
        try refuseDelivery(of: draft.export)
        return draft
    }

    /// The saved requests that the caller sees.
    /// - Throws: `PostgresError` when the queue's database is out of reach.
    func presets(_ caller: Caller) throws -> PresetTable {
        PresetTable(try queue.connection, tenant: caller.tenant, seenBy: caller.identity.subject)
    }
}

extension Caller {
    /// Whoever sees a saved request may open it; its owner, and of a shared one a superuser, may change and remove it.
    func mayChange(_ preset: Preset) -> Bool {
        preset.createdBy == identity.subject || (preset.draft.shared && identity.isSuperuser)
    }

    /// What all of the tenant find is left by those only who may export.
    /// - Throws: 403.
    func mayHave(_ draft: PresetDraft) throws(APIError) {
        guard !draft.shared || identity.has(.exportReports) else { throw .insufficientPermissions }
    }
}
