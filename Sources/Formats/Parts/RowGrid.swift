/// Where the rows of a table go.
///
///     data row   0 … 8,191   8,192 … 16,383   …   1,040,384 … 1,048,574 │ 1,048,575 …
///     sheet      1                                                       │ 2
///     its row    2 …                                          1,048,576  │ 2 …
///                └── chunk ─┘└── chunk ─────┘   └── chunk, 8,191 rows ──┘│
///
/// A sheet's XML is deflated chunk by chunk, and a chunk's bytes depend on its rows alone. Chunks lie on a fixed grid,
/// so that the file is the same whether one process writes them or many that begin at any row.
package struct RowGrid: Sendable, Equatable {
    /// Without the header.
    package let rowsPerSheet: Int
    package let rowsPerChunk: Int

    /// Excel's 1,048,576 rows a sheet. A chunk is about 4 MB of XML at eleven columns: smaller ones would compress
    /// worse, larger ones make more work at the seam of two parts.
    package static let standard = RowGrid(rowsPerSheet: 1_048_575, rowsPerChunk: 8_192)

    /// Other grids than the standard one are for tests.
    package init(rowsPerSheet: Int, rowsPerChunk: Int) {
        self.rowsPerSheet = rowsPerSheet
        self.rowsPerChunk = rowsPerChunk
    }

    /// The sheet, counted from 0, that holds a data row.
    func sheet(of row: Int) -> Int { row / rowsPerSheet }

    /// The number that a data row has in its sheet.
    func number(of row: Int) -> Int { row % rowsPerSheet + 2 }

    /// The first data row after `row` that begins a chunk.
    func chunkEnd(after row: Int) -> Int {
        let inSheet = row % rowsPerSheet
        return row - inSheet + min((inSheet / rowsPerChunk + 1) * rowsPerChunk, rowsPerSheet)
    }

    /// The chunk, counted from 0 through all sheets, that holds a data row.
    func chunk(of row: Int) -> Int {
        let chunksPerSheet = (rowsPerSheet + rowsPerChunk - 1) / rowsPerChunk
        return row / rowsPerSheet * chunksPerSheet + row % rowsPerSheet / rowsPerChunk
    }

    func beginsChunk(_ row: Int) -> Bool { row % rowsPerSheet % rowsPerChunk == 0 }
}
