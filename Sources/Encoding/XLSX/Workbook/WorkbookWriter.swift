import Deflate

/// Writes a workbook front to back: tables of rows, given as XML or as parts, each table on as many
/// sheets as it needs.
///
///     begin → (beginTable → append … → endTable) × n → end
///
/// A sheet's deflate stream is a head (declaration to header row), chunks of rows on a fixed grid (`SheetGrid`), and a
/// foot that holds the final block. Each was made as a piece of its own (see `PieceDeflater`), and the sheet's CRC is
/// combined from theirs. The members whose contents depend on the sheets come after them.
package final class WorkbookWriter {
    /// Sheets so far.
    package var sheetCount: Int { sheets.count + (isSheetOpen ? 1 : 0) }
    /// Of headers, and of what was added with `count`.
    package private(set) var counters = SheetCounters()

    private let sharedStrings: SharedStrings
    private var zip: ZipWriter
    private var deflater = PieceDeflater()
    private var packed = OutputBuffer(capacity: WorkbookWriter.packedBytes + 64 * 1024)
    private var text = OutputBuffer(capacity: 16 * 1024)
    private var checksum = CRC32()
    private var sheets: [WorkbookParts.Sheet] = []
    private var names = SheetNames()
    private var layout: SheetLayout?
    private var grid = SheetGrid.standard
    private var isSheetOpen = false
    /// The table's next data row.
    private var nextRow = 0
    private var reader = PartReader()
    /// Of the stretch of a part that is coming in, when it comes as XML.
    private var stretch = CRC32()
    private var isStretchPacked = false
    /// Which sheet of its table the last one is, counted from 0.
    private var sheetOfTable = 0

    /// The size of what is handed to the archive at once.
    private static let packedBytes = 128 * 1024

    /// - Parameters:
    ///   - sharedStrings: the table that all layouts of this workbook name their strings from.
    ///   - sink: takes the file's bytes in order; they are valid only inside the call.
    package init(
        sharedStrings: SharedStrings = .none, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.sharedStrings = sharedStrings
        zip = ZipWriter(sink: sink)
    }

    /// Adds what the encoders of rows counted.
    package func count(_ more: SheetCounters) { counters += more }

    /// Writes the members that are the same in every workbook. The relationships come first: by that, programs that look
    /// at a file's beginning tell it from other archives.
    package func begin() throws {
        try addMember("_rels/.rels", WorkbookParts.packageRelationships)
        try addMember("docProps/app.xml", WorkbookParts.extendedProperties)
        try addMember("docProps/core.xml", WorkbookParts.coreProperties)
        try addMember("xl/styles.xml", WorkbookParts.styles)
    }

    /// - Parameter firstRow: the data row that comes first; another one than 0 makes a workbook of its own of some parts,
    ///   in which every row stands where it stands in the whole.
    package func beginTable(_ layout: SheetLayout, firstRow: Int = 0) throws {
        self.layout = layout
        grid = layout.grid
        nextRow = firstRow
        try beginSheet(layout)
    }

    /// Takes rows as XML, in order. They may not go beyond the end of the chunk that the table is in.
    package func append(xml: UnsafeRawBufferPointer, rows: Int) throws {
        try beginRows()
        checksum.update(xml)
        deflater.write(xml, into: &packed)
        nextRow += rows
        if grid.beginsChunk(nextRow) { deflater.endPiece(into: &packed) }
        if packed.count >= Self.packedBytes { try handPacked() }
    }

    /// Takes bytes of the table's parts, in the order of their rows, in stretches of any length: what a
    /// `SheetPartWriter` wrote. What it counted is added up here.
    package func append(part bytes: UnsafeRawBufferPointer) throws {
        try reader.read(bytes) { try take($0) }
    }

    private func take(_ event: PartReader.Event) throws {
        switch event {
        case .plain(let xml):
            try beginRows()
            stretch.update(xml)
            deflater.write(xml, into: &packed)
            if packed.count >= Self.packedBytes { try handPacked() }
        case .packed(let bytes):
            try beginRows()
            isStretchPacked = true
            // What stands before it: the sheet's head, or a chunk that was deflated here.
            try handPacked()
            try zip.write(bytes)
        case .stretchEnd(let firstRow, let rows, let sum):
            guard firstRow == nextRow else { throw XLSXError.partOrder(expectedRow: nextRow, foundRow: firstRow) }
            guard isStretchPacked || sum == stretch else { throw XLSXError.notAPart }
            checksum.append(sum)
            nextRow += rows
            if !isStretchPacked && grid.beginsChunk(nextRow) { deflater.endPiece(into: &packed) }
            isStretchPacked = false
            stretch = CRC32()
        case .partEnd(let counters): count(counters)
        }
    }

    package func endTable() throws {
        guard reader.isBetweenParts else { throw XLSXError.notAPart }
        try endSheet()
        layout = nil
    }

    /// Writes what is left. The file is complete.
    package func end() throws {
        let hasSharedStrings = !sharedStrings.texts.isEmpty
        if hasSharedStrings {
            sharedStrings.writeXML(uses: counters.sharedStringUses, into: &text)
            try addMember("xl/sharedStrings.xml", "")
        }
        try addMember(
            "xl/_rels/workbook.xml.rels",
            WorkbookParts.workbookRelationships(sheets: sheets.count, hasSharedStrings: hasSharedStrings))
        try addMember("xl/workbook.xml", WorkbookParts.workbook(sheets))
        try addMember(
            "[Content_Types].xml",
            WorkbookParts.contentTypes(sheets: sheets.count, hasSharedStrings: hasSharedStrings))
        try zip.finish()
    }

    // MARK: - Sheets

    /// Goes on to a next sheet when the one before is full.
    private func beginRows() throws {
        guard let layout, grid.sheet(of: nextRow) > sheetOfTable else { return }
        try endSheet()
        try beginSheet(layout)
    }

    private func beginSheet(_ layout: SheetLayout) throws {
        sheetOfTable = grid.sheet(of: nextRow)
        zip.begin(WorkbookParts.sheetPath(sheets.count + 1))
        isSheetOpen = true
        checksum = CRC32()
        SheetFrame.writeHead(layout.columns, isFirst: sheets.isEmpty, counters: &counters, into: &text)
        deflateText()
        deflater.endPiece(into: &packed)
    }

    private func endSheet() throws {
        guard isSheetOpen, let layout else { return }
        let rowsInSheet = nextRow - sheetOfTable * grid.rowsPerSheet
        if !grid.beginsChunk(nextRow) { deflater.endPiece(into: &packed) }
        SheetFrame.writeFoot(layout.columns, lastRow: rowsInSheet + 1, into: &text)
        deflateText()
        try endMember()
        isSheetOpen = false
        sheets.append(
            WorkbookParts.Sheet(
                name: names.add(layout.name, number: sheetOfTable), columnCount: layout.columns.count,
                lastRow: rowsInSheet + 1))
    }

    // MARK: - Members

    /// Writes a whole member: what is in `text` already, and `more`.
    private func addMember(_ name: String, _ more: String) throws {
        text.append(more)
        zip.begin(name)
        checksum = CRC32()
        deflateText()
        try endMember()
    }

    private func deflateText() {
        text.withUnsafeBytes { bytes in
            checksum.update(bytes)
            deflater.write(bytes, into: &packed)
        }
        text.removeAll()
    }

    private func endMember() throws {
        deflater.endStream(into: &packed)
        try handPacked()
        try zip.end(checksum)
    }

    private func handPacked() throws {
        try packed.withUnsafeBytes { try zip.write($0) }
        packed.removeAll()
    }
}
