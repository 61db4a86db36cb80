/// A compressed text file is one gzip member. Whole pieces of it are made by the parts, those that two parts share
/// where they are joined. A part that is given away by itself is a member of its own.
struct GzipParts<Rows: TextRows & ~Copyable>: PartFormat {
    let columns: [CellColumn]
    let dialect: Rows.Dialect

    var needsRowNumbers: Bool { true }
    var partsAreFiles: Bool { false }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) -> any RowFile {
        FramedPart(GzipPartWriter(Rows(columns: columns, dialect: dialect), rows: rows), isFirst: isFirst, sink)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) -> any PartJoiner {
        GzipPartJoiner(firstRow: firstRow ?? 0, sink: sink)
    }
}

extension GzipPartJoiner: PartJoiner {
    package func append(_ bytes: UnsafeRawBufferPointer) throws { try append(part: bytes) }

    package func end(_ parts: FileTally) throws -> FileTally {
        try end()
        return parts
    }
}

extension GzipPartWriter: FrameWriter where Rows: ~Copyable {
    var tally: FileTally { FileTally(formulasNeutralised: formulasNeutralised) }
    /// As `GzipFile` has them.
    var copiesOfRow: Int { 4 }
    mutating func begin(isFirst: Bool) { if isFirst { writeHeader() } }
}
