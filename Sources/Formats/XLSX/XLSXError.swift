/// Why a workbook cannot be written.
package enum XLSXError: FormatLimit, Equatable {
    /// A worksheet has 16,384 columns.
    case tooManyColumns(Int)

    package var code: String { "xlsx_limit" }

    /// Safe to show.
    package var description: String {
        switch self {
        case .tooManyColumns(let count):
            "a worksheet has at most \(SheetLayout.mostColumns) columns, the export has \(count)"
        }
    }
}
