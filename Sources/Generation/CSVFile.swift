import Catalog
import Deflate
import Encoding
import Storage

/// COPY rows on their way into a CSV file: encoded, compressed where asked for, and handed on in large pieces.
final class CSVFile: ExportFile {
    private var writer: CSVWriter
    private var plain = OutputBuffer(capacity: CSVFile.pieceBytes + 64 * 1024)
    private var gzip: GzipWriter?
    private var rowsUntilPieceEnd = GzipGrid.rowsPerPiece
    private var compressed = OutputBuffer(capacity: 64 * 1024)
    private let sink: (UnsafeRawBufferPointer) throws -> Void

    /// The size of a write(2): large enough that the system call does not count, small enough to stay in the cache.
    private static let pieceBytes = 256 * 1024

    /// - Parameter sink: takes the file's bytes in order; they are valid only inside the call.
    init(
        _ columns: [OutputColumn], _ request: ExportRequest, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        writer = CSVWriter(columns: columns.map(\.cell), format: try CSVFormat(request.csvOptions))
        gzip = request.storedContent == .csvGzip ? try GzipWriter() : nil
        self.sink = sink
    }

    var rows: Int { writer.rows }
    var tally: FileTally { FileTally(formulasNeutralised: writer.formulasNeutralised) }

    func begin() throws {
        writer.writeHeader(into: &plain)
    }

    /// - Parameter line: one row in COPY's text format.
    func append(_ line: UnsafeRawBufferPointer) throws {
        try writer.writeRow(line, into: &plain)
        rowsUntilPieceEnd -= 1
        if rowsUntilPieceEnd == 0, gzip != nil {
            try flush()
            gzip?.endPiece(into: &compressed)
            rowsUntilPieceEnd = GzipGrid.rowsPerPiece
        } else if plain.count >= Self.pieceBytes {
            try flush()
        }
    }

    func end() throws {
        try flush()
        if gzip != nil {
            gzip?.endMember(into: &compressed)
            try flushCompressed()
        }
    }

    private func flush() throws {
        if gzip == nil {
            try plain.withUnsafeBytes { try sink($0) }
        } else if plain.count > 0 {
            plain.withUnsafeBytes { gzip?.write($0, into: &compressed) }
            if compressed.count >= 48 * 1024 { try flushCompressed() }
        }
        plain.removeAll()
    }

    private func flushCompressed() throws {
        try compressed.withUnsafeBytes { try sink($0) }
        compressed.removeAll()
    }
}

extension OutputColumn {
    /// As the encoders see it. Enums and what relations resolve to are few texts that come again and again.
    var cell: CellColumn {
        let kind: CellKind =
            switch self.kind {
            case .text: .text
            case .number: .number
            case .boolean: .boolean
            case .timestamp: .timestamp
            case .date: .date
            }
        let repeats = type == .enum || relationOutput == "reference_value"
        return CellColumn(
            key: key, label: label, kind: kind, sharesStrings: repeats && kind == .text,
            mayHoldFormulas: mayHoldFormulas)
    }
}

extension CSVFormat {
    init(_ options: CSVOptions) throws(ExportFailure) {
        let header: Header =
            switch options.header {
            case .label: .label
            case .key: .key
            case .none: .none
            }
        guard
            let format = CSVFormat(
                delimiter: options.delimiter, byteOrderMark: options.bom, header: header,
                formulaGuard: options.formulaGuard, decimalMark: options.decimalMark)
        else { throw ExportFailure("internal_error", "The CSV options do not fit") }
        self = format
    }
}
