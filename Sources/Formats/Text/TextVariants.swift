/// The ways in which a text format writes a file.
struct TextVariants<Rows: TextRows & ~Copyable> {
    let dialect: Rows.Dialect

    /// All kinds of files that there are of it.
    static var kinds: [FileKind] { [Rows.Dialect.kind, Rows.Dialect.kind.compressed, .archive] }

    /// Annexes make an archive of a file, which is compressed by itself with any `compression`.
    func variant(_ request: FileRequest) -> any FileVariant {
        if request.includesAnnexes { return ArchivedText<Rows>(dialect: dialect) }
        if request.options.isCompressed { return GzipText<Rows>(dialect: dialect) }
        return PlainText<Rows>(dialect: dialect)
    }
}

/// The rows as they are.
struct PlainText<Rows: TextRows & ~Copyable>: FileVariant {
    let dialect: Rows.Dialect

    var kind: FileKind { Rows.Dialect.kind }
    var partKind: FileKind { kind }

    func file(of table: FileTable, sink: @escaping ByteSink) -> any RowFile {
        TextFile(Rows(columns: table.columns, dialect: dialect), sink: sink)
    }

    func parts(of table: FileTable, firstRows: () throws -> FirstRows) -> any PartFormat {
        TextParts<Rows>(columns: table.columns, dialect: dialect)
    }
}
