/// The rows compressed with gzip (RFC 1952), in one member.
struct GzipText<Rows: TextRows & ~Copyable>: FileVariant {
    let dialect: Rows.Dialect

    var kind: FileKind { Rows.Dialect.kind.compressed }
    var partKind: FileKind { kind }

    func file(of table: FileTable, sink: @escaping ByteSink) -> any RowFile {
        GzipFile(Rows(columns: table.columns, dialect: dialect), sink: sink)
    }

    func parts(of table: FileTable, firstRows: () throws -> FirstRows) -> any PartFormat {
        GzipParts<Rows>(columns: table.columns, dialect: dialect)
    }
}
