import Deflate

/// One process's share of a compressed text file: rows in COPY's text format in, the frames of `PartFrame` out, which a
/// `GzipPartJoiner` takes. It must know before it starts which rows it will bring (see `StretchWriter`).
package struct GzipPartWriter<Rows: TextRows & ~Copyable>: ~Copyable {
    private var stretches: StretchWriter
    private var writer: Rows

    /// Rows written.
    package var rows: Int { stretches.rows }
    package var formulasNeutralised: Int { writer.formulasNeutralised }

    /// - Parameter rows: the file's data rows, counted from 0, that this part brings.
    package init(_ writer: consuming Rows, rows range: Range<Int>) {
        stretches = StretchWriter(GzipGrid.grid, rows: range, PieceDeflater(.chained))
        self.writer = writer
    }

    /// Writes the file's header, for the part that begins with it.
    package mutating func writeHeader() { writer.writeHeader(into: &stretches.plain) }

    /// Takes one row, given as PQgetCopyData hands it out; frames are appended to `output` now and then.
    /// - Throws: `PartError` for more rows than were planned, and `CopyTextError`.
    package mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws {
        try stretches.checkRoom()
        try writer.writeRow(line, into: &stretches.plain)
        stretches.endRow(into: &output)
    }

    /// Appends the last frame. All rows that were planned must have come.
    /// - Throws: `PartError` for fewer rows than were planned.
    package mutating func end(into output: inout OutputBuffer) throws(PartError) {
        var counters = CellCounters()
        counters.formulasNeutralised = writer.formulasNeutralised
        try stretches.end(counters, into: &output)
    }
}
