/// What a table of rows looks like as worksheets: its columns, its name and where each row goes.
///
///     data row   0 … 8,191   8,192 … 16,383   …   1,040,384 … 1,048,574 │ 1,048,575 …
///     sheet      1                                                       │ 2
///     its row    2 …                                          1,048,576  │ 2 …
///                └── chunk ─┘└── chunk ─────┘   └── chunk, 8,191 rows ──┘│
///
/// A sheet's XML is deflated chunk by chunk, and a chunk's bytes depend on its rows alone. Chunks lie on a fixed grid,
/// so that whoever writes them, one process or many that begin wherever they like, the file is the same.
package struct SheetLayout {
    package static let mostColumns = 16_384
    /// Rows of a sheet, without its header.
    package static let rowsPerSheet = 1_048_575
    /// Rows of a chunk; about 4 MB of XML at eleven columns. Smaller ones would compress worse, larger ones make more
    /// work at the seam of two parts.
    package static let rowsPerChunk = 8_192

    package let columns: [CellColumn]
    package let sharedStrings: SharedStrings
    /// Where sheet names come from; nothing for "Sheet1", "Sheet2".
    package let name: String?

    package init(
        _ columns: [CellColumn], name: String? = nil, sharedStrings: SharedStrings = .none
    ) throws(XLSXError) {
        guard columns.count <= Self.mostColumns else { throw .tooManyColumns(columns.count) }
        self.columns = columns
        self.name = name
        self.sharedStrings = sharedStrings
    }

    /// The sheet, counted from 0, that holds a data row.
    static func sheet(of row: Int) -> Int { row / rowsPerSheet }

    /// The number that a data row has in its sheet.
    static func number(of row: Int) -> Int { row % rowsPerSheet + 2 }

    /// The first data row after `row` that begins a chunk.
    static func chunkEnd(after row: Int) -> Int {
        let sheetStart = row - row % rowsPerSheet
        return min(sheetStart + ((row - sheetStart) / rowsPerChunk + 1) * rowsPerChunk, sheetStart + rowsPerSheet)
    }

    static func beginsChunk(_ row: Int) -> Bool { row % rowsPerSheet % rowsPerChunk == 0 }

    static func beginsSheet(_ row: Int) -> Bool { row % rowsPerSheet == 0 }

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
}
