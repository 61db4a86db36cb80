import Catalog
import Formats

/// The rows that were kept of a report, as they are wanted now: without its tables and without its catalog.
///
///     kept rows ─inflate─▶ row ─recast─▶ RowFile
///
/// Rendered as the report was, the bytes are the report's: the encoders are the same and so is all they are given.
struct KeptSource: RowSource {
    private let kept: KeptRows
    private let request: ExportRequest
    private let observer: any ExportObserver

    /// Rows between two signs of life.
    private static let rowsPerLook: Int64 = 1024

    init(_ kept: KeptRows, _ request: ExportRequest, observer: any ExportObserver) {
        self.kept = kept
        self.request = request
        self.observer = observer
    }

    func write(into file: any RowFile) throws -> Int64 {
        var rows: Int64 = 0
        func count() {
            rows += 1
            if rows % Self.rowsPerLook == 0 { observer.progress(rows) }
        }
        let provenance = kept.provenance
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
        try file.end()
        return rows
    }
}
