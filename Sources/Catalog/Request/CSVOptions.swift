/// What a request says about its CSV file.
package struct CSVRequest: Equatable, Sendable {
    package enum Header: String, CaseIterable, Sendable {
        /// The columns' labels.
        case label
        /// The columns' keys.
        case key
        /// No header line.
        case none
    }

    /// The delimiters there are.
    package static let delimiters = [",", ";", "\t", "|"]

    /// One of `delimiters`; nil leaves it to the locale.
    package var delimiter: String?
    package var bom = false
    package var header = Header.label
    /// Whether texts that a spreadsheet would take for a formula get a leading `'`.
    package var formulaGuard = true

    package init() {}
}

/// How a CSV file is written: a request's wishes and its locale's conventions resolved.
package struct CSVOptions: Equatable, Sendable {
    package let delimiter: UInt8
    package let bom: Bool
    package let header: CSVRequest.Header
    package let formulaGuard: Bool
    /// May equal `delimiter` when the request asks for it; a number that holds the delimiter is then quoted, as any
    /// field is.
    package let decimalMark: UInt8

    package init(delimiter: UInt8, bom: Bool, header: CSVRequest.Header, formulaGuard: Bool, decimalMark: UInt8) {
        self.delimiter = delimiter
        self.bom = bom
        self.header = header
        self.formulaGuard = formulaGuard
        self.decimalMark = decimalMark
    }
}

extension ExportRequest {
    /// The request's own delimiter, else the locale's, else a comma; the locale's decimal mark, else a point.
    package var csvOptions: CSVOptions {
        let convention = locale.flatMap { LocaleConvention.of($0) } ?? .default
        return CSVOptions(
            delimiter: csv.delimiter?.utf8.first ?? convention.delimiter, bom: csv.bom, header: csv.header,
            formulaGuard: csv.formulaGuard, decimalMark: convention.decimalMark)
    }
}
