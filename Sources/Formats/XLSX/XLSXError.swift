/// Why a workbook cannot be written.
package enum XLSXError: FormatLimit, Equatable {
    /// The table has more columns than a worksheet can have.
    case tooManyColumns(Int)

    package static let mostColumns = 16_384

    package var code: String { "xlsx_limit" }

    /// Safe to show.
    package var description: String {
        switch self {
        case .tooManyColumns(let count):
            "a worksheet has at most \(Self.mostColumns) columns, the export has \(count)"
        }
    }
}
