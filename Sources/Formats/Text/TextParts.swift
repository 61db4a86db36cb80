/// The parts of a text file end to end are the file.
struct TextParts<Rows: TextRows & ~Copyable>: PartFormat {
    let columns: [CellColumn]
    let dialect: Rows.Dialect

    var needsRowNumbers: Bool { false }
    var partsAreFiles: Bool { true }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) -> any RowFile {
        TextFile(Rows(columns: columns, dialect: dialect), hasHeader: isFirst, sink: sink)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) -> any PartJoiner { TextJoiner(sink) }
}

/// Passes the bytes of parts on as they are.
private final class TextJoiner: PartJoiner {
    private let sink: ByteSink
    init(_ sink: @escaping ByteSink) { self.sink = sink }

    func append(_ bytes: UnsafeRawBufferPointer) throws { try sink(bytes) }
    func end(_ parts: FileTally) -> FileTally { parts }
}
