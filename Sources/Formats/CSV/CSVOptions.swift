import JSON

/// The options of a CSV file, in a request's member `csv`.
package struct CSVOptions {
    /// The delimiters that a request may choose from.
    package static let delimiters = [",", ";", "\t", "|"]

    /// One of `delimiters`; nil leaves it to the locale.
    var delimiter: String?
    var bom = false
    var header = CSVHeader.label
    /// Whether texts that a spreadsheet would take for a formula get a leading `'`.
    var formulaGuard = true

    static let option = FormatOption(
        "csv",
        .object([
            FormatOption(
                "delimiter",
                .text(delimiters, complaint: "must be a comma, a semicolon, a tab or a vertical bar")),
            FormatOption("bom", .flag(default: false)),
            FormatOption("header", .choice(CSVHeader.allCases.map(\.rawValue), default: "label")),
            FormatOption("formulaGuard", .flag(default: true)),
        ]))
}

extension CSVOptions {
    /// Reads the member `csv`, which has been checked; a member of it that is left out has its default.
    init(_ options: FormatOptions) {
        let json = options.members["csv"]
        delimiter = json?["delimiter"]?.string
        bom = json?["bom"]?.bool ?? bom
        header = json?["header"]?.string.flatMap { CSVHeader(rawValue: $0) } ?? header
        formulaGuard = json?["formulaGuard"]?.bool ?? formulaGuard
    }
}
