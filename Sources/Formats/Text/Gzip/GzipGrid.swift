/// Where the pieces of a compressed text file begin and end: after every so many rows, independent of where parts do,
/// so that one process and many make the same file. The header is in the first piece.
package enum GzipGrid {
    /// About 1 MB of eleven columns: its own dictionary costs a piece less than a percent, and few rows are compressed
    /// again at the seam of two parts.
    package static let rowsPerPiece = 8_192

    static var grid: RowGrid { RowGrid(rowsPerSheet: .max, rowsPerChunk: rowsPerPiece) }
}
