/// How wide a worksheet's columns are: as wide as their contents, between bounds.
enum ColumnWidth {
    /// Beyond this a text is read in the cell, not in the table.
    static let most = 60

    /// In digits of the default font: the label with room for the filter's arrow, the values that are known, and at
    /// least the usual width of the kind.
    /// - Parameter values: the widest value that is known, 0 when no value is known.
    static func width(of column: CellColumn, values: Int) -> Int {
        let usual =
            switch column.kind {
            case .text: 18
            case .number: 11
            case .boolean: 7
            case .timestamp: 19
            case .date: 11
            }
        let label = DisplayWidth.widestLine(of: column.label) + 3
        return min(max(usual, label, values > 0 ? values + 2 : 0), most)
    }

    /// Whether values of a kind differ in width, so that it is worth looking at them.
    static func varies(_ kind: CellKind) -> Bool { kind == .text || kind == .number }
}
