/// The rows and the tables that explain them, in a ZIP archive. Parts of it are plain files: the rows that they bring.
struct ArchivedText<Rows: TextRows & ~Copyable>: FileVariant {
    let dialect: Rows.Dialect

    var kind: FileKind { .archive }
    var partKind: FileKind { Rows.Dialect.kind }

    func file(of table: FileTable, sink: @escaping ByteSink) -> any RowFile {
        let archive = TextArchive<Rows>(of: table, dialect: dialect, sink: sink)
        let rows = Rows(columns: table.columns, dialect: dialect)
        return ArchivedFile(TextFile(rows) { try archive.write($0) }, archive, table.annexes)
    }

    func parts(of table: FileTable, firstRows: () throws -> FirstRows) -> any PartFormat {
        ArchivedParts<Rows>(table: table, dialect: dialect)
    }
}

/// A text file whose bytes go into an archive.
private final class ArchivedFile<Rows: TextRows & ~Copyable>: RowFile {
    private let file: TextFile<Rows>
    private let archive: TextArchive<Rows>
    private let annexes: [AnnexTable]
    private var annexTally = FileTally()

    init(_ file: TextFile<Rows>, _ archive: TextArchive<Rows>, _ annexes: [AnnexTable]) {
        self.file = file
        self.archive = archive
        self.annexes = annexes
    }

    var rows: Int { file.rows }

    var tally: FileTally {
        var tally = file.tally
        tally += annexTally
        return tally
    }

    func begin() { file.begin() }
    func append(_ line: UnsafeRawBufferPointer) throws { try file.append(line) }

    func end() throws {
        try file.end()
        annexTally.formulasNeutralised = try archive.end(annexes)
    }
}

/// The parts are those of the text file; the archive is made where they are joined.
private struct ArchivedParts<Rows: TextRows & ~Copyable>: PartFormat {
    let table: FileTable
    let dialect: Rows.Dialect

    private var plain: TextParts<Rows> { TextParts(columns: table.columns, dialect: dialect) }
    var needsRowNumbers: Bool { plain.needsRowNumbers }
    var partsAreFiles: Bool { plain.partsAreFiles }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) -> any RowFile {
        plain.part(rows: rows, isFirst: isFirst, sink: sink)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) -> any PartJoiner {
        guard firstRow == nil else { return plain.joiner(firstRow: firstRow, sink: sink) }
        return ArchiveJoiner(TextArchive<Rows>(of: table, dialect: dialect, sink: sink), table.annexes)
    }
}

private final class ArchiveJoiner<Rows: TextRows & ~Copyable>: PartJoiner {
    private let archive: TextArchive<Rows>
    private let annexes: [AnnexTable]

    init(_ archive: TextArchive<Rows>, _ annexes: [AnnexTable]) {
        self.archive = archive
        self.annexes = annexes
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws { try archive.write(bytes) }

    func end(_ parts: FileTally) throws -> FileTally {
        var tally = parts
        tally.formulasNeutralised += try archive.end(annexes)
        return tally
    }
}
