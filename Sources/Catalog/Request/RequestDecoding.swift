import Coding
import Formats
import JSON

/// One reading of a request's body. Without a report (the body names none) only the fields that need no report are
/// checked.
package struct RequestDecoding {
    var body: FieldReader
    let report: Report?

    init(_ body: FieldReader, report: Report?) {
        self.body = body
        self.report = report
    }

    /// Under the names that the surface has for the fields.
    var faults: [RequestFault] { body.faults.map(body.names.named) }

    /// The request, whole only when `faults` is empty afterwards.
    /// - Parameter knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    /// - Throws: the errors of `knowsTimeZone`.
    mutating func request(knowsTimeZone: (String) throws -> Bool) rethrows -> ExportRequest? {
        let module = body.requiredString("module")
        let catalog = body.requiredString("catalog")
        let format = body.requiredChoice("format", of: report?.formats ?? ExportFormat.allCases)
        let dateRange = dateRange()
        let statuses = statuses()
        let scope = scope()
        let columns = columns()
        let relationFields = relationFields(selected: columns)
        let headings = headings(selected: columns)
        let values = body.choice("values", of: ExportRequest.Values.allCases, default: .key)
        let timezone = try timezone(knowsTimeZone)
        let locale = locale()
        let options = options(format)
        let sort = sort()
        let includeAnnexes = body.flag("includeAnnexes", default: false)
        let notifyOnCompletion = body.flag("notifyOnCompletion", default: false)
        let deliver = deliver()
        let filterFile = filterFile()
        body.refuseUnknown()
        guard let module, let catalog, let format else { return nil }
        return ExportRequest(
            module: module, catalog: catalog, format: format, dateRange: dateRange, statuses: statuses, scope: scope,
            columns: columns, relationFields: relationFields, headings: headings, values: values ?? .key,
            timezone: timezone, locale: locale, options: options, sort: sort, includeAnnexes: includeAnnexes,
            notifyOnCompletion: notifyOnCompletion, deliver: deliver, filterFile: filterFile)
    }

    mutating func refuseDuplicates(in values: [String], field: String, what: String) {
        for value in Self.duplicates(in: values) {
            body.fault(field, "duplicate \(what): \(RequestFault.shown(value))")
        }
    }

    /// How many unknown names of a list are compared with the known ones; a body may have a thousand.
    static let hinted = 10

    mutating func refuseUnknown(_ names: [String], field: String, what: String, among known: [String]) {
        for (index, name) in names.filter({ !known.contains($0) }).enumerated() {
            let hint = index < Self.hinted ? Spelling.suggestion(for: name, among: known) : ""
            body.fault(field, "unknown \(what): \(RequestFault.shown(name))\(hint)")
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
