import Deflate

/// One process's share of a table: rows in COPY's text format in, the frames of `PartFrame` out, which
/// `WorkbookWriter.append(part:)` takes. It must know before it starts which rows it will bring, because cells carry
/// their row's number (and see `StretchWriter`).
///
/// Memory: two buffers and the deflater's, about 1.2 MiB, however many rows there are.
package struct SheetPartWriter: ~Copyable {
    package var counters: SheetCounters { encoder.counters }
    /// Rows written.
    package var rows: Int { stretches.rows }

    private let grid: SheetGrid
    private var encoder: SheetRowEncoder
    private var stretches: StretchWriter<PieceDeflater>

    /// - Parameter rows: the table's data rows, counted from 0, that this part brings.
    package init(_ layout: SheetLayout, rows range: Range<Int>) {
        grid = layout.grid
        encoder = SheetRowEncoder(layout)
        stretches = StretchWriter(layout.grid, rows: range, PieceDeflater())
    }

    /// Takes one row, given as PQgetCopyData hands it out; frames are appended to `output` now and then.
    package mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws {
        try stretches.checkRoom()
        try encoder.encode(line, number: grid.number(of: stretches.next), into: &stretches.plain)
        stretches.endRow(into: &output)
    }

    /// Appends the last frame. All rows that were planned must have come.
    package mutating func end(into output: inout OutputBuffer) throws(XLSXError) {
        try stretches.end(counters, into: &output)
    }
}
