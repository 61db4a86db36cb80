/// COPY rows on their way into a workbook. The first ones are held back until its layout has been made of them.
final class XLSXFile: RowFile {
    private let columns: [CellColumn]
    private let title: String?
    private let isRightToLeft: Bool
    private let annexes: [AnnexTable]
    private let sink: ByteSink
    private var first = FirstRows()
    private var writer: WorkbookWriter?
    private(set) var rows = 0

    /// - Parameter sink: takes the file's bytes in order.
    init(_ table: FileTable, sink: @escaping ByteSink) {
        columns = table.columns
        title = table.title
        isRightToLeft = LanguageDirection.isRightToLeft(table.language)
        annexes = table.annexes
        self.sink = sink
    }

    var tally: FileTally {
        FileTally(writer?.counters ?? CellCounters(), sheets: writer?.sheetCount, of: columns, annexes)
    }

    func begin() throws {
        guard columns.count <= XLSXError.mostColumns else { throw XLSXError.tooManyColumns(columns.count) }
    }

    func append(_ line: UnsafeRawBufferPointer) throws {
        rows += 1
        if let writer { return try writer.append(line) }
        first.take(line)
        if first.isFull { try open() }
    }

    func end() throws {
        if writer == nil { try open() }
        guard let writer else { return }
        try writer.endTable()
        for annex in annexes { try writer.add(annex) }
        try writer.end()
    }

    private func open() throws {
        let layout = try first.layout(columns, name: title, isRightToLeft: isRightToLeft)
        let writer = WorkbookWriter(sharedStrings: layout.sharedStrings, sink: sink)
        try writer.begin()
        try writer.beginTable(layout)
        for line in first.lines { try line.withUnsafeBytes { try writer.append($0) } }
        first = FirstRows()
        self.writer = writer
    }
}
