import JSON
import Time

/// Which rows a request wants.
extension RequestDecoding {
    mutating func dateRange() -> DateRange? {
        guard var reader = body.reader("dateRange") else { return nil }
        let from = Self.date("from", &reader)
        let to = Self.date("to", &reader)
        var range: DateRange?
        if let from, let to {
            range = DateRange(from: from, to: to)
            if range == nil { reader.fault("from", that: "must not be after dateRange.to") }
        }
        body.absorb(reader)
        if let range, range.days > DateRange.maximumDays {
            body.fault("dateRange", that: "must span at most \(DateRange.maximumDays) days")
        }
        if let report, report.dateField == nil {
            body.fault("dateRange", "the catalog \(report.key) has no date field")
        }
        return range
    }

    static func date(_ field: String, _ reader: inout FieldReader) -> CivilDate? {
        guard let text = reader.requiredString(field) else { return nil }
        if let date = CivilDate(text) { return date }
        reader.fault(field, that: "must be a date such as 2026-05-01")
        return nil
    }

    mutating func statuses() -> [String] {
        guard let values = body.strings("statuses"), let report else { return [] }
        guard let statuses = report.statuses else {
            body.fault("statuses", "the catalog \(report.key) has no statuses")
            return []
        }
        refuseDuplicates(in: values, field: "statuses", what: "status")
        refuseUnknown(values, field: "statuses", what: "status", among: statuses.values.map(\.value))
        return values
    }

    mutating func scope() -> ExportRequest.ScopeSelection? {
        guard var reader = body.reader("scope") else { return nil }
        let type = reader.requiredString("type")
        if reader.take("values") == nil { reader.fault("values", that: "is required") }
        let scope = type.flatMap { report?.scope($0) }
        let values = reader.strings("values", orIntegers: scope?.valueType == .integer)
        if let report, type != nil {
            if let scope {
                Self.check(values ?? [], of: scope, &reader)
            } else if report.scopes.isEmpty {
                reader.fault("type", "the catalog \(report.key) has no scopes")
            } else {
                reader.fault("type", that: "must be one of \(report.scopes.map(\.type).joined(separator: ", "))")
            }
        }
        body.absorb(reader)
        guard let type, let values else { return nil }
        return ExportRequest.ScopeSelection(type: type, values: values)
    }

    static func check(_ values: [String], of scope: Scope, _ reader: inout FieldReader) {
        if !scope.multi, values.count > 1 {
            reader.fault("values", that: "must have exactly one item for the scope \(scope.type)")
        }
        for (index, value) in values.enumerated() where !scope.valueType.accepts(value) {
            let expected =
                switch scope.valueType {
                case .uuid: "a UUID"
                case .integer: "an integer from \(Int64.min) to \(Int64.max)"
                case .text: "a text without U+0000"
                }
            reader.fault("values.\(index)", that: "must be \(expected)")
        }
        for value in duplicates(in: values) {
            reader.fault("values", "duplicate value: \(RequestFault.shown(value))")
        }
    }
}
