/// An error in the bytes of an export's part. It never comes from working processes: the export stops rather than join
/// parts that do not fit together.
package enum PartError: Error, Equatable, CustomStringConvertible {
    /// A part did not bring the rows that were planned for it, so that the rows after it would have wrong numbers.
    case rowCount(expected: Int, found: Int)
    /// The bytes are not those of a part, are cut off or were changed on their way.
    case notAPart
    /// Parts came out of order.
    case partOrder(expectedRow: Int, foundRow: Int)

    /// Safe to show.
    package var description: String {
        switch self {
        case .rowCount(let expected, let found): "a part has \(found) rows where \(expected) were planned"
        case .notAPart: "a part is cut off or damaged"
        case .partOrder(let expected, let found): "a part goes on with row \(found) where row \(expected) was due"
        }
    }
}
