/// A workbook's one table: whole chunks of rows are deflated by the parts, those that two parts share where they are
/// joined.
struct SheetParts: PartFormat {
    /// With the shared strings, which all processes must number alike.
    let layout: SheetLayout
    /// Sheets to follow the table's in the whole.
    let annexes: [AnnexTable]

    var needsRowNumbers: Bool { true }
    var partsAreFiles: Bool { false }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) -> any RowFile {
        FramedPart(SheetPartWriter(layout, rows: rows), isFirst: isFirst, sink)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner {
        let workbook = WorkbookWriter(sharedStrings: layout.sharedStrings, sink: sink)
        try workbook.begin()
        try workbook.beginTable(layout, firstRow: firstRow ?? 0)
        return Joiner(workbook, layout.columns, firstRow == nil ? annexes : [])
    }

    private final class Joiner: PartJoiner {
        private let workbook: WorkbookWriter
        private let columns: [CellColumn]
        private let annexes: [AnnexTable]

        init(_ workbook: WorkbookWriter, _ columns: [CellColumn], _ annexes: [AnnexTable]) {
            self.workbook = workbook
            self.columns = columns
            self.annexes = annexes
        }

        func append(_ bytes: UnsafeRawBufferPointer) throws { try workbook.append(part: bytes) }

        /// The workbook has added up the parts' counters from their bytes, and those of the cells that it wrote itself.
        func end(_ parts: FileTally) throws -> FileTally {
            try workbook.endTable()
            for annex in annexes { try workbook.add(annex) }
            try workbook.end()
            var tally = FileTally(workbook.counters, sheets: workbook.sheetCount, of: columns, annexes)
            // Bytes that were repaired before they came to a worksheet are counted in no part's frames.
            tally.bytesRepaired = max(tally.bytesRepaired, parts.bytesRepaired)
            return tally
        }
    }
}

extension SheetPartWriter: FrameWriter {
    /// The part's counts go to the joiner with its bytes.
    var tally: FileTally { FileTally() }
    var copiesOfRow: Int { 3 }
    /// Sheets get their heads when parts are joined.
    mutating func begin(isFirst: Bool) {}
}
