import Catalog
import Formats
import Posix
import Storage

/// A report made again from the rows that were kept of it.
struct Rerendering {
    /// How to render: the report's own request with the changes of the re-export.
    let rendering: Rendering
    /// The rows that were kept.
    let rows: StoredObject
    /// Hexadecimal.
    let sha256: String
    let observer: any ExportObserver

    /// - Parameter sink: takes the file's bytes in order.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func run(sink: @escaping ByteSink) throws -> ExportSummary {
        let began = Clock.monotonicMilliseconds
        let kept = try KeptRows(rows, sha256: sha256)
        let provenance = kept.provenance
        observer.counted(provenance.summary.rows)
        let request = rendering.request
        guard
            let columns = provenance.description.outputColumns(
                request.columns, headings: request.headings, language: rendering.language)
        else { throw ExportFailure("column_not_kept", "A column was not among those of the report") }
        let table = rendering.table(columns, title: provenance.description.label, provenance)
        let made = try rendering.file(of: table, from: KeptSource(kept, request, observer: observer), sink: sink)
        observer.progress(made.rows)
        return ExportSummary(
            rows: made.rows, parts: 1, tally: made.tally, filter: nil, snapshotAt: provenance.snapshotAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }
}
