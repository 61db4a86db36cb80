import Deflate

/// One process's share of a compressed CSV file: rows in COPY's text format in, the frames of `PartFrame` out, which a
/// `GzipPartJoiner` takes. It must know before it starts which rows it will bring (see `StretchWriter`).
package struct GzipPartWriter: ~Copyable {
    private var writer: CSVWriter
    private var stretches: StretchWriter<Deflater>

    /// Rows written.
    package var rows: Int { stretches.rows }
    package var formulasNeutralised: Int { writer.formulasNeutralised }

    /// - Parameter rows: the file's data rows, counted from 0, that this part brings.
    package init(columns: [CellColumn], format: CSVFormat, rows range: Range<Int>) throws(DeflateError) {
        writer = CSVWriter(columns: columns, format: format)
        stretches = StretchWriter(GzipGrid.grid, rows: range, try Deflater(level: GzipWriter.standardLevel))
    }

    /// What stands before the first row: for the part that brings it.
    package mutating func writeHeader() { writer.writeHeader(into: &stretches.plain) }

    /// Takes one row, given as PQgetCopyData hands it out; frames are appended to `output` now and then.
    package mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws {
        try stretches.checkRoom()
        try writer.writeRow(line, into: &stretches.plain)
        stretches.endRow(into: &output)
    }

    /// Appends the last frame. All rows that were planned must have come.
    package mutating func end(into output: inout OutputBuffer) throws(XLSXError) {
        var counters = SheetCounters()
        counters.formulasNeutralised = writer.formulasNeutralised
        try stretches.end(counters, into: &output)
    }
}
