import Catalog
import JSON
import Jobs

/// The content of a schedule, checked: the body of `POST /report/schedules` with its defaults filled in.
package struct ScheduleDraft: Equatable, Sendable {
    package var name: String
    package var enabled: Bool
    /// Whether a webhook is to tell how each of its exports ended.
    package var notify: Bool
    package var timing: Timing
    /// Nil for a request without a date range.
    package var period: Period?
    package var export: ScheduledExport

    package init(
        name: String, enabled: Bool, notify: Bool, timing: Timing, period: Period?, export: ScheduledExport
    ) {
        self.name = name
        self.enabled = enabled
        self.notify = notify
        self.timing = timing
        self.period = period
        self.export = export
    }

    /// The members of a body that decodes to this draft.
    package var members: JSON.Object {
        var object = JSON.Object([
            ("name", .string(name)), ("enabled", .bool(enabled)), ("notify", .bool(notify)),
            ("interval", .string(timing.recurrence.interval.rawValue)), ("time", .string(timing.timeOfDay)),
        ])
        switch timing.recurrence {
        case .daily: break
        case .weekly(let weekday): object["weekday"] = .string(weekday.name)
        case .monthly(let day): object["dayOfMonth"] = .int(day)
        case .yearly(let month, let day):
            object["month"] = .int(month)
            object["dayOfMonth"] = .int(day)
        }
        object["timezone"] = .string(timing.timeZone)
        object["request"] = export.shown(with: period)
        return object
    }

    /// The members with those of a patch in their place (RFC 7396, one level deep: a request is replaced as a whole). A
    /// new interval does not keep the days of the old one.
    package func members(patchedBy patch: JSON.Object) -> JSON {
        var merged = members
        if let interval = patch["interval"], interval != merged["interval"] {
            for days in ["weekday", "dayOfMonth", "month"] { merged[days] = nil }
        }
        for (key, value) in patch.members { merged[key] = value.isNull ? nil : value }
        return .object(merged)
    }
}

/// A request for an export whose days are computed for each due time: the canonical members of a create's body without
/// `dateRange`, and without the members that the schedule sets.
package struct ScheduledExport: Equatable, Sendable {
    package let module: String
    package let catalog: String
    package let members: JSON.Object

    /// The members that the schedule sets, which its request may not have.
    static let saidBySchedule = ["timezone", "notifyOnCompletion", "dateRange", "filterFile"]

    init(_ request: ExportRequest) {
        var members = request.json.object ?? JSON.Object()
        for name in Self.saidBySchedule { members[name] = nil }
        self.init(module: request.module, catalog: request.catalog, members: members)
    }

    package init(module: String, catalog: String, members: JSON.Object) {
        self.module = module
        self.catalog = catalog
        self.members = members
    }

    func shown(with period: Period?) -> JSON {
        guard let period else { return .object(members) }
        var shown = JSON.Object()
        for (key, value) in members.members {
            shown[key] = value
            if key == "format" { shown["period"] = .string(period.text) }
        }
        return .object(shown)
    }

    /// The body of a create.
    package func body(days: DateRange?, timeZone: String, notify: Bool) -> JSON {
        var body = members
        if let days { body["dateRange"] = days.json }
        body["timezone"] = .string(timeZone)
        body["notifyOnCompletion"] = .bool(notify)
        return .object(body)
    }
}
