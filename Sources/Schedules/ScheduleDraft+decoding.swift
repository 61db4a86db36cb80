import Catalog
import HTTP
import JSON
import Jobs

/// The body of create and change, checked.
extension ScheduleDraft {
    package enum Decoded {
        case draft(ScheduleDraft, ExportRequest, Report)
        case unknownCatalog(module: String, catalog: String)
        /// All of them, never empty.
        case faults([RequestFault])
    }

    /// - Parameter knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    package static func decode(_ body: JSON, in catalogs: CatalogSet, knowsTimeZone: (String) -> Bool) -> Decoded {
        guard let object = body.object else {
            return .faults([RequestFault(field: "body", message: "the body must be a JSON object")])
        }
        var reader = FieldReader(object)
        let name = name(&reader)
        let enabled = reader.flag("enabled", default: true)
        let notify = reader.flag("notify", default: false)
        let timing = timing(&reader, knowsTimeZone: knowsTimeZone)
        guard let requested = reader.reader("request") else {
            if reader.take("request") == nil { reader.fault("request", that: "is required") }
            reader.refuseUnknown()
            return .faults(reader.faults)
        }
        let (period, faults) = period(requested)
        var export: (request: ExportRequest, report: Report)?
        switch decode(export: requested.object, hasPeriod: period != nil || !faults.isEmpty, in: catalogs) {
        case .request(let request, let report): export = (request, report)
        case .unknownCatalog(let module, let catalog): return .unknownCatalog(module: module, catalog: catalog)
        case .faults(let found): for fault in found { reader.fault(fault.field, fault.message) }
        }
        for fault in faults { reader.fault(fault.field, fault.message) }
        reader.refuseUnknown()
        guard reader.faults.isEmpty, let name, let timing, let export else { return .faults(reader.faults) }
        let draft = ScheduleDraft(
            name: name, enabled: enabled, notify: notify, timing: timing, period: period,
            export: ScheduledExport(export.request))
        return .draft(draft, export.request, export.report)
    }

    private static func name(_ reader: inout FieldReader) -> String? {
        guard let name = reader.requiredString("name") else { return nil }
        if (1...255).contains(name.unicodeScalars.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) {
            return name
        }
        reader.fault("name", that: "must be 1 to 255 printable characters")
        return nil
    }

    // MARK: When

    private static func timing(_ reader: inout FieldReader, knowsTimeZone: (String) -> Bool) -> Timing? {
        let interval = reader.choice("interval", of: Job.Interval.allCases)
        let time = reader.requiredString("time")
        let minute = time.flatMap(Timing.minute)
        if time != nil, minute == nil { reader.fault("time", that: "must be a time of day such as 06:30") }
        let zone = reader.string("timezone") ?? "UTC"
        if let fault = TimeZoneName.fault(zone, isKnown: knowsTimeZone) { reader.fault("timezone", that: fault) }
        let recurrence = recurrence(interval, &reader)
        guard let recurrence, let minute else { return nil }
        return Timing(recurrence, minute: minute, timeZone: zone)
    }

    private static func recurrence(_ interval: Job.Interval?, _ reader: inout FieldReader) -> Recurrence? {
        let weekday = weekday(&reader)
        let day = day(&reader)
        let month = month(&reader)
        // A field that the interval does not have is refused.
        func belongs(_ field: String, _ given: Bool, to intervals: [Job.Interval]) {
            guard let interval else { return }
            if given, !intervals.contains(interval) {
                reader.fault(field, that: "belongs to interval \(intervals.map(\.rawValue).joined(separator: " and "))")
            } else if !given, intervals.contains(interval) {
                reader.fault(field, that: "is required for interval \(interval.rawValue)")
            }
        }
        belongs("weekday", reader.take("weekday") != nil, to: [.weekly])
        belongs("dayOfMonth", reader.take("dayOfMonth") != nil, to: [.monthly, .yearly])
        belongs("month", reader.take("month") != nil, to: [.yearly])
        switch interval {
        case .daily: return .daily
        case .weekly: return weekday.map { .weekly($0) }
        case .monthly: return day.map { .monthly(day: $0) }
        case .yearly: return month.flatMap { month in day.map { .yearly(month: month, day: $0) } }
        case nil: return nil
        }
    }

    private static func weekday(_ reader: inout FieldReader) -> Weekday? {
        guard let text = reader.string("weekday") else { return nil }
        if let weekday = Weekday(name: text) { return weekday }
        reader.fault("weekday", that: "must be one of \(Weekday.allCases.map(\.name).joined(separator: ", "))")
        return nil
    }

    /// 1 to 31, or `last`, which is the 31st of any month.
    private static func day(_ reader: inout FieldReader) -> Int? {
        guard let value = reader.take("dayOfMonth") else { return nil }
        if value.string == "last" { return 31 }
        if let day = value.int, (1...31).contains(day) { return day }
        reader.fault("dayOfMonth", that: "must be a whole number from 1 to 31, or last")
        return nil
    }

    private static func month(_ reader: inout FieldReader) -> Int? {
        guard let value = reader.take("month") else { return nil }
        if let month = value.int, (1...12).contains(month) { return month }
        reader.fault("month", that: "must be a whole number from 1 to 12")
        return nil
    }

    // MARK: The export

    private static func period(_ requested: FieldReader) -> (Period?, [RequestFault]) {
        var reader = requested
        guard let text = reader.string("period") else { return (nil, reader.faults) }
        if let period = Period(text) { return (period, []) }
        reader.fault(
            "period",
            that: "must be previous_, current_ or next_ with day, week, month, quarter or year, or last_N_days")
        return (nil, reader.faults)
    }

    /// The request as a create would take it on some day; its faults are named by their place in the schedule.
    private static func decode(
        export object: JSONObject, hasPeriod: Bool, in catalogs: CatalogSet
    ) -> ExportRequest.Decoded {
        var reader = FieldReader(object, path: "request")
        for name in ScheduledExport.saidBySchedule where reader.take(name) != nil {
            let place = name == "dateRange" ? "; a schedule has a period" : ""
            reader.fault(name, that: "is not part of a schedule's request\(place)")
        }
        var members = object
        for name in ScheduledExport.saidBySchedule + ["period"] { members[name] = nil }
        let someDay = Period.last(days: 1).range(seenFrom: CivilDate(daysWithinYear2000: 100))
        let export = ScheduledExport(module: "", catalog: "", members: members)
        let body = export.body(days: hasPeriod ? someDay : nil, timeZone: "UTC", notify: false)
        switch ExportRequest.decode(body, in: catalogs, knowsTimeZone: { _ in true }) {
        case .request(let request, let report):
            return reader.faults.isEmpty ? .request(request, report) : .faults(reader.faults)
        case .unknownCatalog(let module, let catalog): return .unknownCatalog(module: module, catalog: catalog)
        case .faults(let faults): return .faults(reader.faults + faults.map(placed))
        }
    }

    private static func placed(_ fault: RequestFault) -> RequestFault {
        let isDays = fault.field.hasPrefix("dateRange")
        let field = isDays ? "request.period" : fault.field == "body" ? "request" : "request.\(fault.field)"
        // Many messages begin with the field's name.
        let named = fault.message.hasPrefix("\(fault.field) ")
        return RequestFault(
            field: field,
            message: named ? field + fault.message.dropFirst(fault.field.count) : fault.message)
    }
}

extension CivilDate {
    /// A day that exists.
    fileprivate init(daysWithinYear2000 days: Int) {
        self = Timestamp(seconds: Int64(10_957 + days) * 86_400).date
    }
}
