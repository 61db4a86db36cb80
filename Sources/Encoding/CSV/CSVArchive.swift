import Deflate

/// A ZIP archive of a CSV file and the tables that go with it.
///
///     begin(name) → write … → end(tables)
///
/// The CSV file's bytes come as they are and are deflated here, so that it makes no difference who made them.
package final class CSVArchive {
    private var zip: ZipWriter
    private var deflater: Deflater
    private var checksum = CRC32()
    private var packed = OutputBuffer(capacity: 128 * 1024)
    private static let packedBytes = 64 * 1024

    /// - Parameter sink: takes the archive's bytes in order; they are valid only inside the call.
    package init(
        level: Int32 = 6, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws(DeflateError) {
        zip = ZipWriter(sink: sink)
        deflater = try Deflater(level: level)
    }

    /// - Parameter name: of the CSV file; ASCII.
    package func begin(_ name: String) {
        zip.begin(name)
        checksum = CRC32()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        checksum.update(bytes)
        deflater.write(bytes, into: &packed)
        if packed.count >= Self.packedBytes { try handPacked() }
    }

    /// Ends the CSV file and writes the tables in the same format, always with a header of labels. The archive is complete.
    /// - Returns: texts of the tables that got a leading apostrophe.
    package func end(_ tables: [AnnexTable], format: CSVFormat) throws -> Int {
        try endMember()
        var neutralised = 0
        for table in tables {
            begin("\(table.fileName).csv")
            var writer = CSVWriter(columns: table.columns, format: format.withLabels)
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
        deflater.finish(into: &packed)
        deflater.reset()
        try handPacked()
        try zip.end(checksum)
    }

    private func handPacked() throws {
        try packed.withUnsafeBytes { try zip.write($0) }
        packed.removeAll()
    }
}
