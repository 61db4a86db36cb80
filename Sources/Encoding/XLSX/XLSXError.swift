/// Why a workbook cannot be written.
package enum XLSXError: Error, Equatable, CustomStringConvertible {
    /// A worksheet has 16,384 columns.
    case tooManyColumns(Int)
    /// A part did not bring the rows that were planned for it, so that the rows after it would have wrong numbers.
    case rowCount(expected: Int, found: Int)
    /// What came as a part's bytes is none, is cut off or was changed on its way.
    case notAPart
    /// Parts came out of order.
    case partOrder(expectedRow: Int, foundRow: Int)

    /// Safe to show.
    package var description: String {
        switch self {
        case .tooManyColumns(let count):
            "a worksheet has at most \(SheetLayout.mostColumns) columns, the export has \(count)"
        case .rowCount(let expected, let found): "a part has \(found) rows where \(expected) were planned"
        case .notAPart: "a part is cut off or damaged"
        case .partOrder(let expected, let found): "a part goes on with row \(found) where row \(expected) was due"
        }
    }
}
