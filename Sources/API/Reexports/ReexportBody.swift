import Catalog
import Formats
import JSON
import Jobs

/// The body of POST: the report, and the changes. Parameters that are left out stay as they were.
struct ReexportBody {
    let reportID: String?
    let notify: Bool
    private var format: ExportFormat?
    private var includeAnnexes: Bool?
    private var locale: String?
    private var timezone: String?
    private var columns: [String]?
    /// The errors so far; others can only be found when the report is known.
    private(set) var faults: [RequestFault]

    init(_ body: JSON) {
        var reader = FieldReader(body)
        reportID = reader.requiredString("report_id")
        notify = reader.flag("notify_on_completion") ?? false
        var params = reader.reader("export_params")
        let inner = ["format", "include_annexes", "locale", "timezone", "columns"]
        reader.refuseUnknown { inner.contains($0) ? "export_params.\($0)" : nil }
        faults = reader.faults
        guard params != nil else { return }
        format = params?.choice("format", of: ExportFormat.allCases)
        includeAnnexes = params?.flag("include_annexes")
        if let tag = params?.string("locale") {
            locale = LocaleConvention.canonicalTag(tag)
            if locale == nil { params?.fault("locale", that: "is no known locale: \(RequestFault.shown(tag))") }
        }
        timezone = params?.string("timezone")
        if let value = params?.take("columns") {
            columns = value.array?.compactMap(\.string)
            if columns == nil || columns?.count != value.array?.count || columns?.isEmpty == true {
                params?.fault("columns", that: "must be a list of column keys, at least one")
                columns = nil
            }
        }
        params?.refuseUnknown()
        faults += params?.faults ?? []
    }

    /// The report's request with the changes, which are checked against the report here.
    /// - Parameters:
    ///   - original: the report's own request as it is stored.
    ///   - formats: the formats that the report may be made in.
    ///   - knowsTimeZone: whether a zone of this name exists.
    /// - Throws: the errors of `knowsTimeZone`; an error of the body goes into `faults`.
    mutating func request(
        of original: JSON, formats: [ExportFormat], knowsTimeZone: (String) throws -> Bool
    ) throws -> JSON.Object {
        var request = original.object ?? JSON.Object()
        if let timezone, let fault = try TimeZoneName.fault(timezone, isKnown: knowsTimeZone) {
            self.fault("timezone", fault)
        }
        if let format, !formats.contains(format) {
            fault("format", "must be one of \(formats.map(\.rawValue).joined(separator: ", "))")
        }
        if let columns {
            let kept = request["columns"]?.array?.compactMap(\.string) ?? []
            for key in columns where !kept.contains(key) {
                fault("columns", "has a column that the report does not have: \(RequestFault.shown(key))")
            }
            if Set(columns).count < columns.count { fault("columns", "names a column twice") }
            request["columns"] = .array(columns.map { .string($0) })
            request["relationFields"] = request["relationFields"]?.array.map { fields in
                .array(fields.filter { field in columns.contains { .string($0) == field["field"] } })
            }
            request["headings"] = request["headings"]?.object.map { headings in
                .object(JSON.Object(headings.members.filter { columns.contains($0.key) }.map { ($0.key, $0.value) }))
            }
        }
        if let format {
            request["format"] = .string(format.rawValue)
            for option in ExportFormat.options where !format.has(option) { request[option.name] = nil }
        }
        if let timezone { request["timezone"] = .string(timezone) }
        if let locale { request["locale"] = .string(locale) }
        if let includeAnnexes { request["includeAnnexes"] = .bool(includeAnnexes) }
        request["notifyOnCompletion"] = .bool(notify)
        // Whom the report went to does not get it again.
        request["deliver"] = nil
        return request
    }

    private mutating func fault(_ name: String, _ rest: String) {
        let field = "export_params.\(name)"
        faults.append(RequestFault(field: field, message: "\(field) \(rest)"))
    }

    /// The parameters of the re-export in one form: the three of the document as they take effect, the others where
    /// given.
    func params(of request: JSON.Object) -> JSON {
        var params = JSON.Object([
            ("format", request["format"] ?? nil), ("include_annexes", request["includeAnnexes"] ?? false),
            ("locale", request["locale"] ?? nil),
        ])
        params["timezone"] = timezone.map { .string($0) }
        params["columns"] = columns.map { .array($0.map { .string($0) }) }
        return .object(params)
    }

    /// Labels are in the language of the locale that is asked for, unless the report had that locale already.
    func language(of report: Job, asked: String?) -> String {
        if let asked { return asked }
        guard let locale, .string(locale) != report.request["locale"] else { return report.language }
        return locale
    }
}
