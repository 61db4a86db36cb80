import Deflate

/// One process's share of a table: rows in COPY's text format in, the frames of `PartFrame` out, which
/// `WorkbookWriter.append(part:)` takes. It must know before it starts which rows it will bring, because cells carry
/// their row's number (and see `StretchWriter`).
///
/// Rows of a chunk that is not wholly its own go on as they came: the joiner encodes them with the neighbour's, so that
/// one encoder sees all rows of a chunk.
///
/// Memory: two buffers and the deflater's, about 1.2 MiB for any number of rows.
package struct SheetPartWriter: ~Copyable {
    /// Of the rows that are encoded here.
    package var counters: CellCounters { encoder.counters }
    /// Rows written.
    package var rows: Int { stretches.rows }

    private let layout: SheetLayout
    private var encoder: SheetRowEncoder
    private var stretches: StretchWriter

    /// - Parameter rows: the table's data rows, counted from 0, that this part brings.
    package init(_ layout: SheetLayout, rows range: Range<Int>) {
        self.layout = layout
        encoder = SheetRowEncoder(layout)
        stretches = StretchWriter(layout.grid, rows: range, PieceDeflater())
    }

    /// Takes one row, given as PQgetCopyData hands it out; frames are appended to `output` now and then.
    /// - Throws: `PartError` for more rows than were planned, and `CopyTextError`.
    package mutating func append(_ line: UnsafeRawBufferPointer, into output: inout OutputBuffer) throws {
        try stretches.checkRoom()
        let row = stretches.next
        if !stretches.isPacked {
            stretches.plain.append(line)
            if line.last != UInt8(ascii: "\n") { stretches.plain.append("\n") }
        } else {
            if stretches.isAtStart {
                encoder.beginChunk(at: layout.sharedStrings.place(ofChunk: layout.grid.chunk(of: row)))
            }
            try encoder.encode(line, number: layout.grid.number(of: row), into: &stretches.plain, &stretches.hints)
            if stretches.isAtLastRow {
                encoder.withStrings { xml, count in
                    PartFrame.strings(xml.count, count: count).write(into: &output)
                    output.append(xml)
                }
            }
        }
        stretches.endRow(into: &output)
    }

    /// Appends the last frame. All rows that were planned must have come.
    /// - Throws: `PartError` for fewer rows than were planned.
    package mutating func end(into output: inout OutputBuffer) throws(PartError) {
        try stretches.end(counters, into: &output)
    }
}
