import JSON

/// What a request says about its CSV file, in the member `csv`.
package struct CSVOptions: Equatable, Sendable {
    /// The delimiters that a request may choose from.
    package static let delimiters = [",", ";", "\t", "|"]

    /// One of `delimiters`; nil leaves it to the locale.
    package var delimiter: String?
    package var bom = false
    package var header = CSVDialect.Header.label
    /// Whether texts that a spreadsheet would take for a formula get a leading `'`.
    package var formulaGuard = true

    package init() {}

    static let option = FormatOption(
        "csv",
        .object([
            FormatOption(
                "delimiter",
                .text(delimiters, complaint: "must be a comma, a semicolon, a tab or a vertical bar")),
            FormatOption("bom", .flag(default: false)),
            FormatOption("header", .choice(CSVDialect.Header.allCases.map(\.rawValue), default: "label")),
            FormatOption("formulaGuard", .flag(default: true)),
        ]))
}

extension CSVOptions {
    /// - Parameter json: the member `csv`, checked; what is left out has its default.
    fileprivate init(_ json: JSON?) {
        delimiter = json?["delimiter"]?.string
        bom = json?["bom"]?.bool ?? bom
        header = json?["header"]?.string.flatMap { CSVDialect.Header(rawValue: $0) } ?? header
        formulaGuard = json?["formulaGuard"]?.bool ?? formulaGuard
    }

    fileprivate var json: JSON {
        var object = JSONObject()
        object["delimiter"] = delimiter.map { .string($0) }
        object["bom"] = .bool(bom)
        object["header"] = .string(header.rawValue)
        object["formulaGuard"] = .bool(formulaGuard)
        return .object(object)
    }
}

extension FormatOptions {
    package var csv: CSVOptions {
        get { CSVOptions(members["csv"]) }
        set { members["csv"] = newValue.json }
    }
}
