import Deflate

/// Writes a workbook front to back: tables of rows, given in COPY's text format or as parts, each table on as many
/// sheets as it needs.
///
///     begin → (beginTable → append … → endTable) × n → end
///
/// A sheet's deflate stream is a head (declaration to header row), chunks of rows on a fixed grid (`RowGrid`), and a
/// foot that holds the final block. Each was made as a piece of its own (see `PieceDeflater`), and the sheet's CRC is
/// combined from theirs. A chunk that no part brings whole is encoded here, all of it. The members whose contents
/// depend on the sheets come after them.
///
/// Memory: some buffers, two deflaters' and the first MiB of a sheet, about 3 MiB, however many rows there are.
package final class WorkbookWriter {
    /// Sheets so far.
    package var sheetCount: Int { sheets.count + (isSheetOpen ? 1 : 0) }
    /// Of headers and cells. The columns of each table are counted on from those of the tables before it.
    package var counters: CellCounters {
        guard let more = encoder?.counters else { return counted }
        var sum = counted
        sum += more.shifted(by: columnsBefore)
        return sum
    }

    private var member: MemberWriter
    private var strings: SharedStringStream
    private var counted = CellCounters()
    private var sheets: [WorkbookParts.Sheet] = []
    private var names = SheetNames()

    /// Whether the tables so far have their first columns on the right.
    private(set) var isRightToLeft = false

    private var layout: SheetLayout?
    private var grid = RowGrid.standard
    private var encoder: SheetRowEncoder?
    /// Of the tables before.
    private var columnsBefore = 0
    private var isFirstTable = true
    private var isSheetOpen = false
    /// Which sheet of its table the last one is, counted from 0.
    private var sheetOfTable = 0
    /// The table's next data row.
    private var nextRow = 0

    /// Rows of the chunk that is being encoded here, if one is.
    private var xml = OutputBuffer(capacity: WorkbookWriter.spanBytes + 64 * 1024)
    private var hints = MatchHints()
    private var isChunkOpen = false
    private var chunkEnd = 0

    private var reader = PartReader()
    private var lines = CopyLines()
    /// Of the stretch of a part that is coming in as rows.
    private var stretch = CRC32()
    private var isStretchPacked = false

    /// XML is deflated in spans of this size: small enough for the cache.
    private static let spanBytes = 128 * 1024

    /// - Parameters:
    ///   - sharedStrings: the table that all layouts of this workbook name their strings from.
    ///   - sink: takes the file's bytes in order; they are valid only inside the call.
    package init(
        sharedStrings: SharedStrings = .none, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        strings = SharedStringStream(sharedStrings)
        member = MemberWriter(sink: sink)
    }

    /// Writes the members that are the same in every workbook. The relationships come first: by that, programs that
    /// look at a file's beginning tell it from other archives.
    /// - Throws: the sink's errors.
    package func begin() throws {
        try member.add("_rels/.rels", WorkbookParts.packageRelationships)
        try member.add("docProps/app.xml", WorkbookParts.extendedProperties)
        try member.add("docProps/core.xml", WorkbookParts.coreProperties)
        try member.add("xl/styles.xml", WorkbookParts.styles)
    }

    /// - Parameter firstRow: the data row that comes first; another one than 0 makes a workbook of its own of some
    ///   parts, in which every row stands where it stands in the whole.
    /// - Throws: the sink's errors.
    package func beginTable(_ layout: SheetLayout, firstRow: Int = 0) throws {
        self.layout = layout
        isRightToLeft = layout.isRightToLeft
        grid = layout.grid
        nextRow = firstRow
        encoder = SheetRowEncoder(layout)
        try beginSheet(layout)
    }

    /// - Parameter line: one row, given as PQgetCopyData hands it out.
    /// - Throws: `CopyTextError`, and the sink's errors.
    package func append(_ line: UnsafeRawBufferPointer) throws {
        if !isChunkOpen { try openChunk() }
        try encoder?.encode(line, number: grid.number(of: nextRow), into: &xml, &hints)
        nextRow += 1
        if nextRow == chunkEnd {
            try closeChunk()
        } else if xml.count >= Self.spanBytes {
            try flush()
        }
    }

    /// Takes bytes of the table's parts, in the order of their rows, in stretches of any length, as a `SheetPartWriter`
    /// wrote them. Its counts are added up here.
    /// - Throws: `PartError` for bytes that are not the next part's, and the sink's errors.
    package func append(part bytes: UnsafeRawBufferPointer) throws {
        try reader.read(bytes) { try take($0) }
    }

    package func endTable() throws {
        guard reader.isBetweenParts else { throw PartError.notAPart }
        try endSheet()
        counted = counters
        encoder = nil
        columnsBefore += layout?.columns.count ?? 0
        isFirstTable = false
        layout = nil
    }

    /// Writes the rest of the file, which is then complete.
    /// - Throws: the sink's errors.
    package func end() throws {
        let hasSharedStrings = !strings.isEmpty
        if hasSharedStrings {
            member.begin("xl/sharedStrings.xml")
            try strings.finish(uses: counters.sharedStringUses, into: &member)
            try member.end()
        }
        try member.add(
            "xl/_rels/workbook.xml.rels",
            WorkbookParts.workbookRelationships(sheets: sheets.count, hasSharedStrings: hasSharedStrings))
        try member.add("xl/workbook.xml", WorkbookParts.workbook(sheets))
        try member.add(
            "[Content_Types].xml",
            WorkbookParts.contentTypes(sheets: sheets.count, hasSharedStrings: hasSharedStrings))
        try member.finish()
    }

    // MARK: - Parts

    private func take(_ event: PartReader.Event) throws {
        switch event {
        case .plain(let bytes):
            stretch.update(bytes)
            try lines.take(bytes) { try append($0) }
        case .packed(let bytes):
            guard !isChunkOpen else { throw PartError.notAPart }
            try beginRows()
            isStretchPacked = true
            try member.write(packed: bytes)
        case .strings(let xml, let count):
            guard let place = place(ofChunk: grid.chunk(of: nextRow)) else { throw PartError.notAPart }
            try strings.add(xml, count: count, at: place)
        case .stretchEnd(let firstRow, let rows, let sum):
            let expected = isStretchPacked ? nextRow : nextRow - rows
            guard firstRow == expected else { throw PartError.partOrder(expectedRow: expected, foundRow: firstRow) }
            if isStretchPacked {
                member.add(sum)
                nextRow += rows
            } else {
                guard sum == stretch, lines.isBetweenLines else { throw PartError.notAPart }
            }
            isStretchPacked = false
            stretch = CRC32()
        case .partEnd(let more): counted += more.shifted(by: columnsBefore)
        }
    }

    // MARK: - Chunks

    private func openChunk() throws {
        try beginRows()
        let place = place(ofChunk: grid.chunk(of: nextRow))
        encoder?.beginChunk(at: place)
        chunkEnd = grid.chunkEnd(after: nextRow)
        isChunkOpen = true
    }

    private func closeChunk() throws {
        try flush()
        member.endPiece()
        hints.restart()
        let place = place(ofChunk: grid.chunk(of: nextRow - 1))
        try encoder?.withStrings { xml, count in
            if let place { try strings.add(xml, count: count, at: place) }
        }
        isChunkOpen = false
    }

    /// Where the texts of a chunk go that its cells name by number.
    private func place(ofChunk chunk: Int) -> Int? {
        isFirstTable ? strings.table.place(ofChunk: chunk) : strings.end
    }

    private func flush() throws {
        try xml.withUnsafeBytes { try member.write($0, knowing: hints) }
        hints.removeAll(moving: xml.count)
        xml.removeAll()
    }

    // MARK: - Sheets

    /// Goes on to a next sheet when the one before is full.
    /// - Throws: the sink's errors.
    private func beginRows() throws {
        guard let layout, grid.sheet(of: nextRow) > sheetOfTable else { return }
        try endSheet()
        try beginSheet(layout)
    }

    private func beginSheet(_ layout: SheetLayout) throws {
        sheetOfTable = grid.sheet(of: nextRow)
        member.begin(WorkbookParts.sheetPath(sheets.count + 1))
        isSheetOpen = true
        SheetFrame.writeHead(layout, isFirst: sheets.isEmpty, counters: &counted, into: &member.text)
        try member.flushText()
        member.endPiece()
    }

    private func endSheet() throws {
        guard isSheetOpen, let layout else { return }
        if isChunkOpen { try closeChunk() }
        let rowsInSheet = nextRow - sheetOfTable * grid.rowsPerSheet
        SheetFrame.writeFoot(layout, lastRow: rowsInSheet + 1, into: &member.text)
        try member.end()
        isSheetOpen = false
        sheets.append(
            WorkbookParts.Sheet(
                name: names.add(layout.name, number: sheetOfTable), columnCount: layout.columns.count,
                lastRow: rowsInSheet + 1))
    }
}
