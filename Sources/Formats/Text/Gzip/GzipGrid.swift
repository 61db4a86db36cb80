/// Where the pieces of a compressed CSV file begin and end: after every so many rows, wherever parts do, so that the
/// file is the same whoever wrote it. The header is in the first piece.
package enum GzipGrid {
    /// About 1 MB of eleven columns: its own dictionary costs a piece less than a percent, and what is compressed again
    /// at the seam of two parts is little.
    package static let rowsPerPiece = 8_192

    static var grid: RowGrid { RowGrid(rowsPerSheet: .max, rowsPerChunk: rowsPerPiece) }
}
