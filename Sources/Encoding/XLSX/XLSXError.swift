/// Why a workbook cannot be written.
package enum XLSXError: Error, Equatable, CustomStringConvertible {
    /// A worksheet has 16,384 columns.
    case tooManyColumns(Int)
    /// A part did not bring the rows that were planned for it, so that the rows after it would have wrong numbers.
    case rowCount(expected: Int, found: Int)
    /// A part's bytes are not those that its segment describes.
    case segmentBytes(expected: Int, found: Int)
    /// Segments came out of order.
    case segmentOrder(expectedRow: Int, foundRow: Int)

    /// Safe to show.
    package var description: String {
        switch self {
        case .tooManyColumns(let count):
            "a worksheet has at most \(SheetLayout.mostColumns) columns, the export has \(count)"
        case .rowCount(let expected, let found): "a part has \(found) rows where \(expected) were planned"
        case .segmentBytes(let expected, let found): "a part has \(found) bytes where \(expected) were written"
        case .segmentOrder(let expected, let found): "a part begins with row \(found) where row \(expected) was due"
        }
    }
}
