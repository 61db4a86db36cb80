import Formats
import JSON

/// One reading of a request's body. Without a report (the body names none) only what needs no report is checked.
struct RequestDecoding {
    var body: FieldReader
    let report: Report?
    let knowsTimeZone: (String) -> Bool

    init(_ object: JSONObject, report: Report?, knowsTimeZone: @escaping (String) -> Bool) {
        body = FieldReader(object)
        self.report = report
        self.knowsTimeZone = knowsTimeZone
    }

    var faults: [RequestFault] { body.faults }

    /// The request, whole only when `faults` is empty afterwards.
    mutating func request() -> ExportRequest? {
        let module = body.requiredString("module")
        let catalog = body.requiredString("catalog")
        let format = body.choice("format", of: report?.formats ?? ExportFormat.allCases)
        let dateRange = dateRange()
        let statuses = statuses()
        let scope = scope()
        let columns = columns()
        let relationFields = relationFields(selected: columns)
        let timezone = timezone()
        let locale = locale()
        let options = options(format)
        let sort = sort()
        let includeAnnexes = body.flag("includeAnnexes", default: false)
        let notifyOnCompletion = body.flag("notifyOnCompletion", default: false)
        let filterFile = filterFile()
        body.refuseUnknown()
        guard let module, let catalog, let format else { return nil }
        return ExportRequest(
            module: module, catalog: catalog, format: format, dateRange: dateRange, statuses: statuses, scope: scope,
            columns: columns, relationFields: relationFields, timezone: timezone, locale: locale,
            options: options, sort: sort, includeAnnexes: includeAnnexes, notifyOnCompletion: notifyOnCompletion,
            filterFile: filterFile)
    }

    mutating func refuseDuplicates(in values: [String], field: String, what: String) {
        for value in Self.duplicates(in: values) {
            body.fault(field, "duplicate \(what): \(RequestFault.shown(value))")
        }
    }

    /// The values that stand there more than once, each once.
    static func duplicates(in values: [String]) -> [String] {
        var counts: [String: Int] = [:]
        return values.filter { value in
            counts[value, default: 0] += 1
            return counts[value] == 2
        }
    }
}
