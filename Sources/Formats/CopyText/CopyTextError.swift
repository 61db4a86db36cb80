/// A row with another number of fields than COPY was asked for. It never comes from a working server; it means that the
/// query and the column list went apart, so the export stops rather than shift values into neighbouring columns.
package enum CopyTextError: Error, Equatable, CustomStringConvertible {
    case fieldCount(expected: Int, found: Int)

    package var description: String {
        switch self {
        case .fieldCount(let expected, let found): "a row has \(found) fields where \(expected) were asked for"
        }
    }
}
