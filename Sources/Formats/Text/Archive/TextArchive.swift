import Deflate

/// A ZIP archive of a text file and the tables that go with it.
///
///     begin(name) → write … → end(tables)
///
/// The file's bytes come as they are and are deflated here, so that it makes no difference which process made them.
package final class TextArchive<Rows: TextRows & ~Copyable> {
    private let dialect: Rows.Dialect
    private var zip: ZipWriter
    private var deflater = PieceDeflater(.chained)
    private var checksum = CRC32()
    private var packed = OutputBuffer(capacity: 128 * 1024)
    private static var packedBytes: Int { 64 * 1024 }

    /// - Parameter sink: takes the archive's bytes in order; they are valid only inside the call.
    package init(dialect: Rows.Dialect, sink: @escaping ByteSink) {
        self.dialect = dialect
        zip = ZipWriter(sink: sink)
    }

    /// An archive whose file of rows has begun.
    convenience init(of table: FileTable, dialect: Rows.Dialect, sink: @escaping ByteSink) {
        self.init(dialect: dialect, sink: sink)
        begin("\(table.memberName).\(Rows.Dialect.kind.ending)")
    }

    /// - Parameter name: of the file of rows; ASCII.
    package func begin(_ name: String) {
        zip.begin(name)
        checksum = CRC32()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        checksum.update(bytes)
        deflater.write(bytes, into: &packed)
        if packed.count >= Self.packedBytes { try handPacked() }
    }

    /// Ends the file of rows and writes the tables in the same format. The archive is complete.
    /// - Returns: texts of the tables that got a leading apostrophe.
    /// - Throws: the sink's errors.
    package func end(_ tables: [AnnexTable]) throws -> Int {
        try endMember()
        var neutralised = 0
        for table in tables {
            begin("\(table.fileName).\(Rows.Dialect.kind.ending)")
            var writer = Rows(columns: table.columns, dialect: dialect.forAnnexes)
            var text = OutputBuffer(capacity: 16 * 1024)
            writer.writeHeader(into: &text)
            for row in table.rows {
                try CopyLine.row(row).withUnsafeBytes { try writer.writeRow($0, into: &text) }
            }
            try text.withUnsafeBytes { try write($0) }
            try endMember()
            neutralised += writer.formulasNeutralised
        }
        try zip.finish()
        return neutralised
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
