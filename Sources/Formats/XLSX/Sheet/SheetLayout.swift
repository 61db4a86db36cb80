/// The layout of a table of rows as worksheets: its columns, its name and where each row goes.
package struct SheetLayout {
    package let columns: [CellColumn]
    /// Of each column, in digits of the default font.
    let widths: [Int]
    /// Whether the first column stands on the right.
    let isRightToLeft: Bool
    package let sharedStrings: SharedStrings
    /// Where sheet names come from; nil for "Sheet1", "Sheet2".
    package let name: String?
    package let grid: RowGrid

    /// - Parameters:
    ///   - widths: of the columns' values, as far as they are known (see `FirstRows`).
    ///   - name: where sheet names come from; nil for "Sheet1", "Sheet2".
    /// - Throws: `XLSXError` for more columns than a worksheet has.
    package init(
        _ columns: [CellColumn], widths: [Int] = [], name: String? = nil, isRightToLeft: Bool = false,
        sharedStrings: SharedStrings = .none, grid: RowGrid = .standard
    ) throws(XLSXError) {
        guard columns.count <= XLSXError.mostColumns else { throw .tooManyColumns(columns.count) }
        self.columns = columns
        self.widths = columns.enumerated().map { index, column in
            ColumnWidth.width(of: column, values: index < widths.count ? widths[index] : 0)
        }
        self.isRightToLeft = isRightToLeft
        self.name = name
        self.sharedStrings = sharedStrings
        self.grid = grid
    }

    /// `A`, `Z`, `AA`, … `XFD` for 0, 25, 26, … 16,383.
    static func letters(ofColumn index: Int) -> String {
        var letters = ""
        var rest = index
        repeat {
            letters = String(UnicodeScalar(UInt8(65 + rest % 26))) + letters
            rest = rest / 26 - 1
        } while rest >= 0
        return letters
    }
}

/// The cell formats of xl/styles.xml, by their number there.
enum SheetStyle: Int {
    case plain
    case header
    case quotedHeader
    case date
    case timestamp
    /// Text that begins like a formula; quotePrefix keeps it text when someone edits the cell.
    case quoted
    /// Texts of more than one line.
    case wrapped
    case quotedWrapped
    case wrappedHeader
    case quotedWrappedHeader

    static func header(isQuoted: Bool, wraps: Bool) -> SheetStyle {
        switch (isQuoted, wraps) {
        case (false, false): .header
        case (true, false): .quotedHeader
        case (false, true): .wrappedHeader
        case (true, true): .quotedWrappedHeader
        }
    }
}
