import Catalog
import Formats
import Posix

/// A report made again from the rows that were kept of it, without its tables and without its catalog.
///
///     kept rows ─inflate─▶ row ─recast─▶ RowFile ─▶ sink
///
/// Rendered as the report was, the bytes are the report's: the encoders are the same and so is all they are given.
struct Rerendering {
    /// How to render: the report's own request with what is to be different.
    let request: ExportRequest
    let language: String
    /// Where the rows are on this host.
    let path: String
    /// Hexadecimal.
    let sha256: String

    /// Rows between two signs of life.
    private static let rowsPerLook: Int64 = 1024

    func run(
        observer: CopyExport.Observer, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> CopyExport.Summary {
        let began = Clock.monotonicMilliseconds
        let kept = try KeptRows(path: path, sha256: sha256)
        let provenance = kept.provenance
        observer.total(provenance.summary.rows)
        guard let columns = provenance.description.outputColumns(request.columns, language: language) else {
            throw ExportFailure("column_not_kept", "A column was not among those of the report")
        }
        let annexes = request.includeAnnexes ? Annexes.tables(provenance, request, language: language) : []
        let table = FileTable(
            columns.map(\.cell), title: provenance.description.label.label(language), language: language,
            annexes: annexes, memberName: request.memberName(day: provenance.day))
        let file = try request.variant.file(of: table, sink: sink)

        try file.begin()
        let rows = try copy(kept, provenance, into: file, observer: observer)
        try file.end()
        observer.progress(rows)
        return CopyExport.Summary(
            rows: rows, parts: 1, tally: file.tally, filter: nil, snapshotAt: provenance.snapshotAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }

    private func copy(
        _ kept: KeptRows, _ provenance: Provenance, into file: any RowFile, observer: CopyExport.Observer
    ) throws -> Int64 {
        var rows: Int64 = 0
        func count() {
            rows += 1
            if rows % Self.rowsPerLook == 0 { observer.progress(rows) }
        }
        if RowRecast.isNeeded(provenance, columns: request.columns, zone: request.timezone) {
            var recast = try RowRecast(provenance, columns: request.columns, zone: request.timezone)
            try kept.forEach { line in
                try recast.recast(line) { try file.append($0) }
                count()
            }
        } else {
            try kept.forEach { line in
                try file.append(line)
                count()
            }
        }
        guard rows == provenance.summary.rows else {
            throw ExportFailure(
                "rows_damaged", "The rows that were kept of the report were changed on the storage",
                detail: "\(rows) rows, not \(provenance.summary.rows)")
        }
        return rows
    }
}
