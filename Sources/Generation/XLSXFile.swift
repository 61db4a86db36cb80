import Catalog
import Encoding

/// COPY rows on their way into a workbook. The first ones are held back until its shared strings have been made of them.
final class XLSXFile: ExportFile {
    private let columns: [CellColumn]
    private let title: String?
    private let annexes: [AnnexTable]
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var sample = SharedStringSample()
    private var writer: XLSXWriter?

    /// - Parameters:
    ///   - title: what the sheets are called; nothing for "Sheet1".
    ///   - annexes: sheets to follow the rows'.
    ///   - sink: takes the file's bytes in order; they are valid only inside the call.
    init(
        _ columns: [OutputColumn], title: String?, annexes: [AnnexTable] = [],
        sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.annexes = annexes
        self.columns = columns.map(\.cell)
        self.title = title
        self.sink = sink
    }

    var rows: Int { writer?.rows ?? sample.lines.count }

    var tally: FileTally {
        FileTally(writer?.counters ?? SheetCounters(), sheets: writer?.sheetCount)
    }

    func begin() throws {
        guard columns.count <= SheetLayout.mostColumns else { throw XLSXError.tooManyColumns(columns.count) }
    }

    func append(_ line: UnsafeRawBufferPointer) throws {
        if let writer { return try writer.append(line) }
        sample.take(line)
        if sample.isFull { try open() }
    }

    func end() throws {
        if writer == nil { try open() }
        try writer?.end(annexes)
    }

    private func open() throws {
        let layout = try SheetLayout(columns, name: title, sharedStrings: try sample.sharedStrings(columns))
        let writer = XLSXWriter(layout, sink: sink)
        try writer.begin()
        for line in sample.lines { try line.withUnsafeBytes { try writer.append($0) } }
        sample = SharedStringSample()
        self.writer = writer
    }
}
