import Deflate

/// Rows of COPY's text format on their way into a workbook of one table, in one process. The same bytes come from parts
/// of many processes (`SheetPartWriter`) that a `WorkbookWriter` joins.
///
/// Memory: two buffers, zlib's state and the first MiB of a sheet, about 2 MiB, however many rows there are.
package final class XLSXWriter {
    /// Rows written, without headers.
    package private(set) var rows = 0

    private let layout: SheetLayout
    private let workbook: WorkbookWriter
    private var encoder: SheetRowEncoder
    private var xml = OutputBuffer(capacity: XLSXWriter.spanBytes + 64 * 1024)
    private var rowsInBuffer = 0
    private var rowsUntilChunkEnd: Int

    /// XML is deflated in spans of this size: small enough for the cache.
    private static let spanBytes = 128 * 1024

    /// - Parameter sink: takes the file's bytes in order; they are valid only inside the call.
    package init(_ layout: SheetLayout, sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.layout = layout
        rowsUntilChunkEnd = layout.grid.chunkEnd(after: 0)
        encoder = SheetRowEncoder(layout)
        workbook = WorkbookWriter(sharedStrings: layout.sharedStrings, sink: sink)
    }

    package var sheetCount: Int { workbook.sheetCount }

    /// What the cells and headers so far amount to.
    package var counters: SheetCounters {
        var sum = workbook.counters
        if !isOver { sum += encoder.counters }
        return sum
    }
    private var isOver = false

    package func begin() throws {
        try workbook.begin()
        try workbook.beginTable(layout)
    }

    /// - Parameter line: one row, given as PQgetCopyData hands it out.
    package func append(_ line: UnsafeRawBufferPointer) throws {
        try encoder.encode(line, number: layout.grid.number(of: rows), into: &xml)
        rows += 1
        rowsInBuffer += 1
        rowsUntilChunkEnd -= 1
        if rowsUntilChunkEnd == 0 {
            try flush()
            rowsUntilChunkEnd = layout.grid.chunkEnd(after: rows) - rows
        } else if xml.count >= Self.spanBytes {
            try flush()
        }
    }

    /// - Parameter annexes: sheets to follow the rows'.
    package func end(_ annexes: [AnnexTable] = []) throws {
        try flush()
        workbook.count(encoder.counters)
        isOver = true
        try workbook.endTable()
        for annex in annexes { try workbook.add(annex) }
        try workbook.end()
    }

    private func flush() throws {
        guard rowsInBuffer > 0 else { return }
        try xml.withUnsafeBytes { try workbook.append(xml: $0, rows: rowsInBuffer) }
        xml.removeAll()
        rowsInBuffer = 0
    }
}
