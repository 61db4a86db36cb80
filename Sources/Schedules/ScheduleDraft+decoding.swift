import Catalog
import JSON
import Jobs
import Time

/// The body of create and change, checked.
extension ScheduleDraft {
    /// - Parameters:
    ///   - knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    ///   - comparing: asked for the columns that the export sorts by whose types may have no order, if any.
    /// - Throws: `RequestError`; what the closures throw.
    package init(
        _ body: JSON, in catalogs: CatalogSet, tenant: String, language: String,
        knowsTimeZone: (String) throws -> Bool, comparing: CheckedExport.Comparing = { _ in .assumed }
    ) throws {
        guard let object = body.object else {
            throw RequestError.faults([RequestFault(field: "body", message: "the body must be a JSON object")])
        }
        var reader = FieldReader(object)
        let name = Self.name(&reader)
        let enabled = reader.flag("enabled", default: true)
        let notify = reader.flag("notify", default: false)
        let timing = try Self.timing(&reader, knowsTimeZone: knowsTimeZone)
        guard let requested = reader.reader("request") else {
            if reader.take("request") == nil { reader.fault("request", that: "is required") }
            reader.refuseUnknown()
            throw RequestError.faults(reader.faults)
        }
        let (period, faults) = Self.period(requested)
        reader.add(Self.misplaced(requested))
        var export: (request: ExportRequest, report: Report)?
        do {
            export = try Self.export(
                requested.object, hasPeriod: period != nil || !faults.isEmpty, without: ScheduledExport.saidBySchedule,
                in: catalogs)
        } catch RequestError.faults(let found) {
            reader.add(found)
        }
        reader.add(faults)
        reader.refuseUnknown()
        guard reader.faults.isEmpty, let name, let timing, let export else { throw RequestError.faults(reader.faults) }
        _ = try CheckedExport(
            export.request, of: export.report, tenant: tenant, language: language, comparing: comparing)
        self.init(
            name: name, enabled: enabled, notify: notify, timing: timing, period: period,
            export: ScheduledExport(export.request))
    }

    static func name(_ reader: inout FieldReader) -> String? {
        guard let name = reader.requiredString("name") else { return nil }
        if (1...255).contains(name.unicodeScalars.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) {
            return name
        }
        reader.fault("name", that: "must be 1 to 255 printable characters")
        return nil
    }

    // MARK: When

    private static func timing(
        _ reader: inout FieldReader, knowsTimeZone: (String) throws -> Bool
    ) rethrows -> Timing? {
        let interval = reader.requiredChoice("interval", of: Job.Interval.allCases)
        let time = reader.requiredString("time")
        let minute = time.flatMap(Timing.minute)
        if time != nil, minute == nil { reader.fault("time", that: "must be a time of day such as 06:30") }
        let zone = reader.string("timezone") ?? "UTC"
        if let fault = try TimeZoneName.fault(zone, isKnown: knowsTimeZone) { reader.fault("timezone", that: fault) }
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

    static func period(_ requested: FieldReader) -> (Period?, [RequestFault]) {
        var reader = requested
        guard let text = reader.string("period") else { return (nil, reader.faults) }
        if let period = Period(text) { return (period, []) }
        reader.fault(
            "period",
            that: "must be previous_, current_ or next_ with day, week, month, quarter or year, or last_N_days")
        return (nil, reader.faults)
    }

    /// Members that the schedule itself has.
    private static func misplaced(_ requested: FieldReader) -> [RequestFault] {
        var reader = requested
        for name in ScheduledExport.saidBySchedule where reader.take(name) != nil {
            let place = name == "dateRange" ? "; a schedule has a period" : ""
            reader.fault(name, that: "is not part of a schedule's request\(place)")
        }
        return reader.faults
    }

    /// The request as a create would take it on some day; its faults are named by their place in the body.
    /// - Parameters:
    ///   - hasPeriod: whether a period says the days, right or wrong.
    ///   - names: members that are not part of it, or are no create's.
    ///   - knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    /// - Throws: `RequestError`; the errors of `knowsTimeZone`.
    static func export(
        _ object: JSON.Object, hasPeriod: Bool, without names: [String], in catalogs: CatalogSet,
        knowsTimeZone: (String) throws -> Bool = { _ in true }
    ) throws -> (request: ExportRequest, report: Report) {
        var members = object
        for name in names + ["period"] { members[name] = nil }
        let someDay = hasPeriod ? Period.last(days: 1).range(seenFrom: CivilDate(daysWithinYear2000: 100)) : nil
        let days = FieldNames.Place("dateRange", "request.period", value: someDay?.json)
        let places = FieldNames([FieldNames.Place("", "request")] + (names.contains("dateRange") ? [days] : []))
        return try CheckedExport.decode(
            FieldReader(members, names: places), in: catalogs, knowsTimeZone: knowsTimeZone)
    }
}

extension CivilDate {
    /// A day that exists.
    fileprivate init(daysWithinYear2000 days: Int) {
        self = Timestamp(seconds: Int64(10_957 + days) * 86_400).date
    }
}
